import { asOfPage } from "./archive/as-of.ts";
import { exportsPage } from "./archive/exports.ts";
import { stagingSetsPage } from "./archive/staging-sets.ts";
import { statisticsPage } from "./archive/statistics.ts";
import { correctionsPage } from "./content/corrections.ts";
import { editPage } from "./content/edit.ts";
import { inboxPage } from "./content/inbox.ts";
import { provenancePage } from "./content/provenance.ts";
import { revisionsPage } from "./content/revisions.ts";
import { storiesPage } from "./content/stories.ts";
import { alarmsPage } from "./overview/alarms.ts";
import { overviewPage } from "./overview/overview.ts";
import type { AdminPage } from "./page.ts";
import { clicksPage } from "./publishing/clicks.ts";
import { viewsPage } from "./publishing/views.ts";
import { webhooksPage } from "./publishing/webhooks.ts";
import { addPage } from "./sources/add.ts";
import { coveragePage } from "./sources/coverage.ts";
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
import { aboutPage } from "./system/about.ts";
import { accountPage } from "./system/account.ts";
import { auditPage } from "./system/audit.ts";
import { deadLettersPage } from "./system/dead-letters.ts";
import { hostsPage } from "./system/hosts.ts";
import { queuesPage } from "./system/queues.ts";
import { settingsPage } from "./system/settings.ts";
import { usersPage } from "./system/users.ts";

/** Every page of the admin, within a section in the order of the navigation. */
export const PAGES: readonly AdminPage[] = [
  overviewPage,
  alarmsPage,
  sourcesPage,
  addPage,
  sourcePage,
  previewPage,
  selectorPickerPage,
  schedulePage,
  runsPage,
  runPage,
  coveragePage,
  whyPage,
  planPage,
  versionsPage,
  importExportPage,
  inboxPage,
  editPage,
  correctionsPage,
  storiesPage,
  revisionsPage,
  provenancePage,
  viewsPage,
  clicksPage,
  webhooksPage,
  statisticsPage,
  exportsPage,
  asOfPage,
  stagingSetsPage,
  deadLettersPage,
  hostsPage,
  queuesPage,
  auditPage,
  usersPage,
  accountPage,
  settingsPage,
  aboutPage,
];
