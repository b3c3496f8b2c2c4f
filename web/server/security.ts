import { SESSION_COOKIE } from "../auth/actor.ts";
import { neededFor } from "../auth/routes.ts";

export const SECURITY_SCHEMES = {
  key: {
    type: "http",
    scheme: "bearer",
    description: "A key from `newsgather keys add`; its scopes decide what it can do",
  },
  keyHeader: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same key in a separate header",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
    description:
      "A browser session after /admin/login; a session can only read, and writes need a key",
  },
} as const;

/** Alternative ways to authenticate, each with the rights that it needs. */
export type Security = Partial<Record<keyof typeof SECURITY_SCHEMES, string[]>>[];

/** Returns ways to authenticate: none if never needed, one that is `{}` if reading is public. */
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
