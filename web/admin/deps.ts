import type { Translator } from "../../articles/editorial/translate.ts";
import type { Producer } from "../../queues/producer.ts";
import type { PickerDeps } from "../../sources/selectors/picker.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Check, SearchActions, WebhookActions } from "../server/config.ts";
import type { Watch } from "../server/watch.ts";

export interface Installation {
  settings(): Promise<{ name: string; value: string | null; from: string; about: string }[]>;
  about(): Promise<{ versions: Record<string, string>; licence: string; attribution: string }>;
}

/** The dependencies of the admin, from `bin/roles`. */
export interface AdminDeps extends PickerDeps {
  /** Public URL without a trailing slash. */
  baseUrl: string;
  /** IANA time zone of the admin's pages. */
  timezone: string;
  producer: Pick<Producer, "add" | "counts" | "queues">;
  sites: SiteJobs;
  webhooks: Pick<WebhookActions, "test">;
  search?: SearchActions | undefined;
  translator: Translator | null;
  installation: Installation;
  /** Returns what stops all work, such as a full disk, in words. */
  findUrgentProblems: () => Promise<readonly string[]>;
  checks: () => Promise<Check[]>;
}

export interface PageDeps extends AdminDeps {
  /** Returns the number of items that need attention, by page path; cached for a while. */
  countAttention(): Promise<ReadonlyMap<string, number>>;
  /**
   * Admits a watching user until the signal fires. Throws a 429 or 503 problem if there are too
   * many connections.
   */
  admit: Watch["admit"];
  closing: AbortSignal;
}
