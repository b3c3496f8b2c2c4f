import type { FastifyPluginAsync } from "fastify";
import { type Html, html } from "../lib/html.ts";
import { readOverview } from "../store/overview.ts";
import type { Store } from "../store/store.ts";
import { readUnlisted } from "../store/unlisted.ts";
import { ADMIN_STYLE } from "./style.ts";
import { deadTable, hostsTable, runsTable, sourcesTable } from "./tables.ts";
import { unlistedTable } from "./unlisted.ts";
import { at } from "./words.ts";

/** What the operators' pages need. */
export interface AdminDeps {
  store: Store;
  /** IANA zone that times are shown in. */
  timezone: string;
  now?: () => Date;
}

/** The operators' pages as a Fastify plugin: `/admin`, read-only, its style in `/admin/style.css`. */
export function adminRoutes(deps: AdminDeps): FastifyPluginAsync {
  const { store, timezone, now = () => new Date() } = deps;
  return async (app) => {
    const schema = { hide: true } as object;
    app.get("/admin/style.css", { schema }, async (_, reply) =>
      reply
        .header("content-type", "text/css; charset=utf-8")
        .header("cache-control", "max-age=3600")
        .send(ADMIN_STYLE),
    );
    app.get("/admin", { schema }, async (_, reply) => {
      const [overview, unlisted] = await Promise.all([
        readOverview(store, now()),
        readUnlisted(store, now()),
      ]);
      const tables = [sourcesTable, runsTable, hostsTable, deadTable];
      const page = frame(
        [
          ...tables.map((table) => table(overview, timezone)),
          unlistedTable(unlisted, overview.sources, timezone),
        ],
        at(timezone, now()),
        timezone,
      );
      return reply
        .header("content-type", "text/html; charset=utf-8")
        .header("cache-control", "no-store")
        .send(page.markup);
    });
  };
}

function frame(tables: Html[], time: Html, timezone: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Operations</title>
<link rel="stylesheet" href="/assets/portal.css">
<link rel="stylesheet" href="/admin/style.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
</head>
<body>
<nav class="sections" aria-label="Pages"><div class="wrap"><ul>
<li><a href="/admin" aria-current="page">Operations</a></li>
<li><a href="/">Portal</a></li><li><a href="/readyz">Readiness</a></li>
<li><a href="/metrics">Metrics</a></li><li><a href="/docs">API</a></li>
</ul></div></nav>
<main class="wrap operators">
<div class="heading"><h1>Operations</h1><p>As of ${time} in ${timezone}. Reload for newer numbers.</p></div>
${tables}
</main>
</body>
</html>
`;
}
