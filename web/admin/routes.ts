import type { FastifyPluginAsync } from "fastify";
import { aboutPage } from "./about.ts";
import { addPage } from "./add.ts";
import { alarmsPage } from "./alarms.ts";
import { auditPage } from "./audit.ts";
import { clicksPage } from "./clicks.ts";
import { correctionsPage } from "./corrections-page.ts";
import { deadPage } from "./dead.ts";
import type { AdminDeps } from "./deps.ts";
import { editPage } from "./edit.ts";
import { exchangePage } from "./exchange.ts";
import { exportsPage } from "./exports.ts";
import { hostsPage } from "./hosts.ts";
import { inboxPage } from "./inbox.ts";
import { overviewPage } from "./overview.ts";
import { planPage } from "./plan.ts";
import { pointPage } from "./point.ts";
import { previewPage } from "./preview.ts";
import { provenancePage } from "./provenance.ts";
import { queuesPage } from "./queues.ts";
import { recallPage } from "./recall.ts";
import { revisionsPage } from "./revisions.ts";
import { runsPage } from "./runs.ts";
import { schedulePage } from "./schedule.ts";
import { settingsPage } from "./settings.ts";
import { sourcePage } from "./source.ts";
import { sourcesPage } from "./sources.ts";
import { stagingSetsPage } from "./staging-sets.ts";
import { statisticsPage } from "./statistics.ts";
import { storiesPage } from "./stories.ts";
import { thenPage } from "./then.ts";
import { versionsPage } from "./versions.ts";
import { viewsPage } from "./views.ts";
import { webhooksPage } from "./webhooks.ts";
import { whyPage } from "./why.ts";

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
    | "replay"
    | "shownAt"
    | "queues"
    | "pointing"
    | "installation"
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
    replay: null,
    shownAt: null,
    queues: null,
    pointing: null,
    installation: null,
    alarms: () => Promise.resolve([]),
    ...given,
  };
  return async (app) => {
    for (const page of [
      overviewPage,
      alarmsPage,
      recallPage,
      addPage,
      previewPage,
      pointPage,
      runsPage,
      whyPage,
      auditPage,
      sourcesPage,
      sourcePage,
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
      provenancePage,
      stagingSetsPage,
      hostsPage,
      viewsPage,
      clicksPage,
      webhooksPage,
      queuesPage,
      settingsPage,
      aboutPage,
      exportsPage,
      statisticsPage,
      thenPage,
    ])
      await app.register(page(deps));
  };
}
