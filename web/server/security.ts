import { COOKIE } from "../auth/actor.ts";
import { neededFor } from "../auth/routes.ts";

/** How programs and browsers say who they are, as the API's description tells it. */
export const SECURITY_SCHEMES = {
  key: {
    type: "http",
    scheme: "bearer",
    description: "A key of `newsgather keys add`; its scopes decide what it may do",
  },
  keyHeader: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same key in a header of its own",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: COOKIE,
    description: "The session of a browser after /admin/login; it can read, writes need a key",
  },
} as const;

/** Ways to ask, one of which is enough; each with the right that it has to give. */
export type Security = Partial<Record<keyof typeof SECURITY_SCHEMES, string[]>>[];

/** What an operation asks of those who call it; `{}` needs nothing. */
export function securityOf(
  method: string,
  path: string,
  { publicReading }: { publicReading: boolean },
): Security {
  const needed = neededFor(method, path);
  if (needed === "anyone") return [];
  const rights = [needed === "reader" ? "read" : needed];
  const keys = [{ key: rights }, { keyHeader: rights }];
  if (method !== "GET") return keys;
  const ways = [...keys, { session: rights }];
  return needed === "reader" && publicReading ? [{}, ...ways] : ways;
}
