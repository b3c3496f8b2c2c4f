import type { FastifyPluginAsync } from "fastify";
import { html } from "../lib/html.ts";
import { readCorrections } from "../store/corrections.ts";
import { readOverview } from "../store/overview.ts";
import { readParts } from "../store/parts.ts";
import { readUnlisted } from "../store/unlisted.ts";
import { addPage } from "./add.ts";
import { alarmsPage } from "./alarms.ts";
import { auditPage } from "./audit.ts";
import { correctionsTable } from "./corrections.ts";
import { correctionsPage } from "./corrections-page.ts";
import { deadPage } from "./dead.ts";
import type { AdminDeps } from "./deps.ts";
import { editPage } from "./edit.ts";
import { exchangePage } from "./exchange.ts";
import { frame, sendPage } from "./frame.ts";
import { hostsPage } from "./hosts.ts";
import { inboxPage } from "./inbox.ts";
import { partsTable } from "./parts.ts";
import { planPage } from "./plan.ts";
import { previewPage } from "./preview.ts";
import { recallPage } from "./recall.ts";
import { revisionsPage } from "./revisions.ts";
import { runsPage } from "./runs.ts";
import { schedulePage } from "./schedule.ts";
import { sourcesPage } from "./sources.ts";
import { storiesPage } from "./stories.ts";
import { ADMIN_STYLE } from "./style.ts";
import { deadTable, hostsTable, runsTable, sourcesTable } from "./tables.ts";
import { unlistedTable } from "./unlisted.ts";
import { versionsPage } from "./versions.ts";
import { viewsPage } from "./views.ts";
import { webhooksPage } from "./webhooks.ts";
import { whyPage } from "./why.ts";
import { at } from "./words.ts";

/** Corrections that are shown. */
const CORRECTIONS = 20;

/** The operators' pages as a Fastify plugin: `/admin` and what is below it. */
export function adminRoutes(
  given: Omit<
    AdminDeps,
    | "now"
    | "alarms"
    | "topics"
    | "actions"
    | "whyFirst"
    | "why"
    | "diff"
    | "declarations"
    | "forecast"
  > &
    Partial<AdminDeps>,
): FastifyPluginAsync {
  const deps: AdminDeps = {
    now: () => new Date(),
    topics: [],
    actions: null,
    whyFirst: () => "",
    why: null,
    diff: null,
    declarations: null,
    forecast: null,
    alarms: () => Promise.resolve([]),
    ...given,
  };
  const { store, timezone, now, alarms } = deps;
  return async (app) => {
    const schema = { hide: true } as object;
    app.get("/admin/style.css", { schema }, async (_, reply) =>
      reply
        .header("content-type", "text/css; charset=utf-8")
        .header("cache-control", "max-age=3600")
        .send(ADMIN_STYLE),
    );
    for (const page of [
      alarmsPage,
      recallPage,
      addPage,
      previewPage,
      runsPage,
      whyPage,
      auditPage,
      sourcesPage,
      schedulePage,
      planPage,
      exchangePage,
      versionsPage,
      deadPage,
      inboxPage,
      editPage,
      correctionsPage,
      storiesPage,
      revisionsPage,
      hostsPage,
      viewsPage,
      webhooksPage,
    ])
      await app.register(page(deps));
    app.get("/admin", { schema }, async (request, reply) => {
      const [overview, parts, unlisted, corrections, urgent] = await Promise.all([
        readOverview(store, now()),
        readParts(store, now()),
        readUnlisted(store, now()),
        readCorrections(store, now(), CORRECTIONS),
        alarms(),
      ]);
      const tables = [sourcesTable, runsTable, hostsTable, deadTable];
      const body = html`<div class="heading"><h1>Operations</h1><p>As of ${at(timezone, now())} in ${timezone}. Reload for newer numbers.</p></div>
${urgent.map((words) => html`<p class="alarm" role="alert">${words}</p>`)}
${partsTable(parts, timezone)}
${tables.map((table) => table(overview, timezone, now()))}
${unlistedTable(unlisted, overview.sources, timezone)}
${correctionsTable(corrections, timezone)}`;
      return sendPage(reply, frame("Operations", body, request));
    });
  };
}
