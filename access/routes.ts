import type { Right } from "../model/user.ts";

/** What a route asks for; `anyone` needs neither key nor session, not even where reading is closed. */
export type Needed = Right | "reader" | "anyone";

/**
 * The right that each route below `/admin` and each route that writes asks for. One that is missing
 * here asks for `admin`, and a test names it.
 */
export const ROUTES: Readonly<Record<string, Needed>> = {
  "GET /healthz": "anyone",
  "GET /readyz": "anyone",
  "GET /assets/portal.css": "anyone",
  "GET /assets/icon.svg": "anyone",
  "GET /robots.txt": "anyone",
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
  "GET /v1/figures": "read",
  "GET /v1/figures/:name": "read",
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
  "GET /admin": "read",
  "GET /admin/audit": "admin",
  "GET /admin/dead": "read",
  "POST /admin/dead/replay": "operate",
  "GET /admin/alarms": "read",
  "GET /admin/recall": "read",
  "POST /admin/recall": "operate",
  "GET /admin/hosts": "read",
  "GET /admin/queues": "read",
  "GET /admin/settings": "admin",
  "GET /admin/about": "read",
  "GET /admin/sources": "read",
  "GET /admin/source": "read",
  "GET /admin/add": "read",
  "POST /admin/add": "operate",
  "GET /admin/preview": "read",
  "GET /admin/preview/page": "read",
  "GET /admin/point": "operate",
  "GET /admin/point/page": "operate",
  "GET /admin/point.js": "anyone",
  "POST /admin/point": "operate",
  "POST /admin/preview/activate": "operate",
  "GET /admin/runs": "read",
  "GET /admin/run": "read",
  "GET /admin/why": "read",
  "POST /admin/sources/hold": "operate",
  "GET /admin/schedule": "read",
  "POST /admin/schedule/run": "operate",
  "GET /admin/plan": "read",
  "POST /admin/plan": "operate",
  "GET /admin/exchange": "read",
  "GET /admin/sources.opml": "read",
  "POST /admin/exchange/import": "operate",
  "POST /admin/exchange/edit": "operate",
  "GET /admin/versions": "read",
  "POST /admin/versions/rollback": "operate",
  "POST /admin/versions/retire": "operate",
  "POST /admin/sources/resume": "operate",
  "POST /admin/sources/accept": "operate",
  "GET /admin/inbox": "read",
  "POST /admin/inbox": "edit",
  "GET /admin/inbox.js": "anyone",
  "GET /admin/edit": "read",
  "POST /admin/edit/wording": "edit",
  "POST /admin/edit/times": "edit",
  "POST /admin/edit/translate": "edit",
  "POST /admin/sources/repair": "operate",
  "POST /admin/sources/find": "operate",
  "GET /admin/corrections": "read",
  "POST /admin/corrections": "edit",
  "POST /admin/corrections/undo": "edit",
  "GET /admin/stories": "read",
  "GET /admin/revisions": "read",
  "GET /admin/provenance": "read",
  "GET /admin/provenance/page": "read",
  "POST /admin/stories/split": "edit",
  "POST /admin/stories/join": "edit",
  "GET /admin/views": "read",
  "POST /admin/views": "edit",
  "POST /admin/views/remove": "edit",
  "GET /admin/sides": "read",
  "GET /admin/figures": "read",
  "GET /admin/then": "read",
  "GET /admin/clicks": "read",
  "GET /admin/exports": "read",
  "POST /admin/exports": "read",
  "POST /admin/exports/remove": "read",
  "GET /admin/webhooks": "read",
  "POST /admin/webhooks": "operate",
  "GET /admin/style.css": "anyone",
  "GET /admin/login": "anyone",
  "POST /admin/login": "anyone",
  "GET /admin/login/link": "anyone",
  "POST /admin/logout": "anyone",
};

/** An application over the queues, whose routes are its own. */
const BOARD = "/admin/queues/board";

/** What a route asks for. Reading outside of `/admin` is what readers do. */
export function neededFor(method: string, path: string): Needed {
  const reads = method === "GET" || method === "HEAD";
  const listed = ROUTES[`${reads ? "GET" : method} ${path}`];
  if (listed) return listed;
  if (reads && (path === BOARD || path.startsWith(`${BOARD}/`))) return "operate";
  return reads && !isBelowAdmin(path) ? "reader" : "admin";
}

/** Whether an address belongs to the operators' pages. */
export function isBelowAdmin(path: string): boolean {
  return path === "/admin" || path.startsWith("/admin/");
}
