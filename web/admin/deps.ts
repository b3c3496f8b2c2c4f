import type { Translator } from "../../articles/editorial/translate.ts";
import type { Producer } from "../../queues/producer.ts";
import type { PickerDeps } from "../../sources/selectors/picker.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Check, SearchActions, WebhookActions } from "../server/config.ts";
import type { Watch } from "../server/watch.ts";

/** What an installation is made of and set to. */
export interface Installation {
  settings(): Promise<{ name: string; value: string | null; from: string; about: string }[]>;
  about(): Promise<{ versions: Record<string, string>; licence: string; attribution: string }>;
}

/** What the admin works with; `bin/roles` builds it. */
export interface AdminDeps extends PickerDeps {
  /** Public address without a trailing slash. */
  baseUrl: string;
  /** IANA zone that times are shown in. */
  timezone: string;
  producer: Pick<Producer, "add" | "counts" | "queues">;
  /** Jobs that fetch from a site outside of its runs. */
  sites: SiteJobs;
  webhooks: Pick<WebhookActions, "test">;
  /** Missing: search is off. */
  search?: SearchActions | undefined;
  /** null: none is set. */
  translator: Translator | null;
  installation: Installation;
  /** Why work doesn't go on, such as a full disk, in words. */
  findUrgentProblems: () => Promise<readonly string[]>;
  /** What must be fine for the service to be ready. */
  checks: () => Promise<Check[]>;
}

/** What a page is shown with. */
export interface PageDeps extends AdminDeps {
  /** How many things need somebody, by path of the page; counted now and then. */
  countAttention(): Promise<ReadonlyMap<string, number>>;
  /** Takes a place for who watches a page; throws where there is none. */
  admit: Watch["admit"];
  /** Fires when the server closes. */
  closing: AbortSignal;
}
