import type { Translator } from "../../articles/editorial/translate.ts";
import type { Producer } from "../../queues/producer.ts";
import type { PickerDeps } from "../../sources/selectors/picker.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Check, SearchActions, WebhookActions } from "../server/config.ts";
import type { Watch } from "../server/watch.ts";

/** What the pages `/admin/settings` and `/admin/about` show. */
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
  /** Starts jobs, such as previews, that fetch from a site but aren't part of a source's run. */
  sites: SiteJobs;
  webhooks: Pick<WebhookActions, "test">;
  /** The search; missing if search is off. */
  search?: SearchActions | undefined;
  /** The translator; null if none is configured. */
  translator: Translator | null;
  installation: Installation;
  /** Returns what stops the work, such as a full disk, in words; empty if nothing does. */
  findUrgentProblems: () => Promise<readonly string[]>;
  /** Checks what the service needs in order to be ready, and returns the results. */
  checks: () => Promise<Check[]>;
}

/** The dependencies of a page. */
export interface PageDeps extends AdminDeps {
  /** Returns the number of items that need attention, by page path; cached for a while. */
  countAttention(): Promise<ReadonlyMap<string, number>>;
  /**
   * Counts a connection of a user who watches a page. The connection counts until the signal passed
   * to this function fires. Throws a 429 or 503 problem if there are too many connections.
   */
  admit: Watch["admit"];
  /** Fires when the server closes. */
  closing: AbortSignal;
}
