import { asOfPage } from "./archive/as-of.ts";
import { exportsPage } from "./archive/exports.ts";
import { archiveSearchPage } from "./archive/search.ts";
import { stagingSetsPage } from "./archive/staging-sets.ts";
import { statisticsPage } from "./archive/statistics.ts";
import { articlePage } from "./content/article.ts";
import { articlesPage } from "./content/articles.ts";
import { correctionsPage } from "./content/corrections.ts";
import { editPage } from "./content/edit.ts";
import { inboxPage } from "./content/inbox.ts";
import { provenancePage } from "./content/provenance.ts";
import { revisionsPage } from "./content/revisions.ts";
import { storiesPage } from "./content/stories.ts";
import { alarmsPage } from "./overview/alarms.ts";
import { makeFindPage } from "./overview/find.ts";
import { overviewPage } from "./overview/overview.ts";
import type { AdminPage } from "./page.ts";
import { clicksPage } from "./publishing/clicks.ts";
import { consumersPage } from "./publishing/consumers.ts";
import { feedsPage } from "./publishing/feeds.ts";
import { portalPage } from "./publishing/portal.ts";
import { viewsPage } from "./publishing/views.ts";
import { webhooksPage } from "./publishing/webhooks.ts";
import { addPage } from "./sources/add.ts";
import { coveragePage } from "./sources/coverage.ts";
import { editSourcePage } from "./sources/edit-source.ts";
import { importExportPage } from "./sources/import-export.ts";
import { planPage } from "./sources/plan.ts";
import { previewPage } from "./sources/preview.ts";
import { runPage, runsPage } from "./sources/runs.ts";
import { schedulePage } from "./sources/schedule.ts";
import { selectorPickerPage } from "./sources/selector-picker.ts";
import { sourcePage } from "./sources/source.ts";
import { sourcesPage } from "./sources/sources.ts";
import { versionsPage } from "./sources/versions.ts";
import { whyPage } from "./sources/why.ts";
import { accountPage } from "./system/account.ts";
import { auditPage } from "./system/audit.ts";
import { deadLettersPage } from "./system/dead-letters.ts";
import { healthPage } from "./system/health.ts";
import { hostsPage } from "./system/hosts.ts";
import { aboutPage, settingsPage } from "./system/installation.ts";
import { queuesPage } from "./system/queues.ts";
import { usersPage } from "./system/users.ts";

export const PAGES: readonly AdminPage[] = [
  overviewPage,
  alarmsPage,
  makeFindPage(() => PAGES),
  sourcesPage,
  addPage,
  sourcePage,
  editSourcePage,
  previewPage,
  selectorPickerPage,
  versionsPage,
  schedulePage,
  runsPage,
  runPage,
  coveragePage,
  importExportPage,
  planPage,
  inboxPage,
  articlesPage,
  articlePage,
  editPage,
  revisionsPage,
  provenancePage,
  whyPage,
  storiesPage,
  correctionsPage,
  viewsPage,
  feedsPage,
  consumersPage,
  webhooksPage,
  clicksPage,
  portalPage,
  archiveSearchPage,
  statisticsPage,
  asOfPage,
  exportsPage,
  stagingSetsPage,
  healthPage,
  queuesPage,
  hostsPage,
  deadLettersPage,
  auditPage,
  usersPage,
  accountPage,
  settingsPage,
  aboutPage,
];
