import type { Right } from "../../model/operations/account.ts";
import { SESSION_COOKIE } from "./actor.ts";

/** The right that a route needs. `reader`: `read`, or none if reading is public; `anyone`: none. */
export type Needed = Right | "reader" | "anyone";

/** Rights by route, except admin pages. Unlisted routes that change something need `admin`. */
export const ROUTES: Readonly<Record<string, Needed>> = {
  "GET /healthz": "anyone",
  "GET /readyz": "anyone",
  "GET /assets/:file": "anyone",
  "GET /robots.txt": "anyone",
  "GET /.well-known/http-message-signatures-directory": "anyone",
  "GET /.well-known/signature-agent-card": "anyone",
  "GET /websub/:id": "anyone",
  "POST /websub/:id": "anyone",
  "GET /metrics": "read",
  "GET /v1/consumers": "read",
  "POST /v1/consumers": "operate",
  "GET /v1/consumers/:name": "read",
  "DELETE /v1/consumers/:name": "operate",
  "POST /v1/consumers/:name/lease": "consume",
  "POST /v1/consumers/:name/ack": "consume",
  "POST /v1/consumers/:name/replay": "consume",
  "GET /v1/clicks": "read",
  "GET /v1/captures": "read",
  "GET /v1/captures/:id": "read",
  "GET /v1/captures/:id/body": "read",
  "GET /v1/exports": "read",
  "POST /v1/exports": "read",
  "GET /v1/exports/:id": "read",
  "DELETE /v1/exports/:id": "read",
  "GET /v1/exports/:id/files/:name": "read",
  "GET /v1/sources": "read",
  "POST /v1/sources": "operate",
  "GET /v1/sources/:id": "read",
  "PATCH /v1/sources/:id": "operate",
  "POST /v1/sources/:id/pause": "operate",
  "POST /v1/sources/:id/resume": "operate",
  "GET /v1/coverage": "read",
  "GET /v1/coverage/:source": "read",
  "POST /v1/previews": "operate",
  "GET /v1/previews/:id": "read",
  "GET /v1/statistics": "read",
  "GET /v1/statistics/:name": "read",
  "GET /v1/webhooks": "read",
  "POST /v1/webhooks": "operate",
  "GET /v1/webhooks/:id": "read",
  "DELETE /v1/webhooks/:id": "operate",
  "POST /v1/webhooks/:id/test": "operate",
  "POST /v1/webhooks/:id/rotate": "operate",
  "POST /v1/webhooks/:id/pause": "operate",
  "POST /v1/webhooks/:id/resume": "operate",
  "POST /v1/webhooks/:id/replay": "operate",
  "GET /v1/webhooks/:id/deliveries": "read",
  "GET /v1/webhooks/:id/deliveries/:delivery": "read",
  "PUT /v1/views/:id": "edit",
  "DELETE /v1/views/:id": "edit",
  "PUT /v1/searches/:name": "edit",
  "DELETE /v1/searches/:name": "edit",
  "GET /admin/login": "anyone",
  "POST /admin/login": "anyone",
  "GET /admin/login/link": "anyone",
  "GET /admin/login/provider": "anyone",
  "GET /admin/login/provider/callback": "anyone",
  "POST /admin/logout": "anyone",
  "POST /admin/theme": "anyone",
};

export const QUEUES_UI_PATH = "/admin/queues/board";

export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

export function neededFor(method: string, path: string): Needed {
  const reads = isRead(method);
  const listed = ROUTES[`${reads ? "GET" : method} ${path}`];
  if (listed) return listed;
  if (reads && (path === QUEUES_UI_PATH || path.startsWith(`${QUEUES_UI_PATH}/`))) return "operate";
  return reads && !isBelowAdmin(path) ? "reader" : "admin";
}

export function isBelowAdmin(path: string): boolean {
  return path === "/admin" || path.startsWith("/admin/");
}

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

/**
 * Returns the ways to authenticate; empty if a route is open to anyone. For a route that reads,
 * the first way is `{}` (no authentication) if reading is public.
 */
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
