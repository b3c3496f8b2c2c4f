import type { Translator } from "../../articles/editorial/translate.ts";
import type { Producer } from "../../queues/producer.ts";
import type { PickerDeps } from "../../sources/selectors/picker.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Check, SearchActions, WebhookActions } from "../server/config.ts";
import type { Watch } from "../server/watch.ts";

/** The parts and settings of an installation. */
export interface Installation {
  settings(): Promise<{ name: string; value: string | null; from: string; about: string }[]>;
  about(): Promise<{ versions: Record<string, string>; licence: string; attribution: string }>;
}

/** The dependencies of the admin; `bin/roles` supplies them. */
export interface AdminDeps extends PickerDeps {
  /** Public URL without a trailing slash. */
  baseUrl: string;
  /** IANA time zone for the times on the admin's pages. */
  timezone: string;
  producer: Pick<Producer, "add" | "counts" | "queues">;
  /** Jobs that fetch from a source's site outside of its runs. */
  sites: SiteJobs;
  webhooks: Pick<WebhookActions, "test">;
  /** The search; missing if search is off. */
  search?: SearchActions | undefined;
  /** The translator; null if none is configured. */
  translator: Translator | null;
  installation: Installation;
  /** Returns explanations of what stops the work, such as a full disk; empty if nothing does. */
  findUrgentProblems: () => Promise<readonly string[]>;
  /** Returns the checks of what the service needs in order to be ready. */
  checks: () => Promise<Check[]>;
}

/** What a page can use. */
export interface PageDeps extends AdminDeps {
  /** Returns the number of items that need attention, by page path; cached for a while. */
  countAttention(): Promise<ReadonlyMap<string, number>>;
  /** Reserves a connection for a user who watches a page. Throws if no connection is free. */
  admit: Watch["admit"];
  /** Fires when the server closes. */
  closing: AbortSignal;
}
