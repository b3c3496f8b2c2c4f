import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Registry } from "prom-client";
import type { Config } from "../../config/env.ts";
import type {
  IndexState,
  Miss,
  Piece,
  SearchAnswer,
  SearchRequest,
} from "../../model/publish/search.ts";
import type { Delivery, Subscriber } from "../../model/publish/subscriber.ts";
import type { Producer } from "../../queues/producer.ts";
import type { ManageDeps } from "../../sources/files/manage.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Store } from "../../store/store.ts";

/** The languages of the portal. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Settings that the pages, feeds and API of the portal use. */
export interface PortalConfig
  extends Pick<Config, "portalTitle" | "timezone">,
    Partial<Pick<Config, "countedBefore" | "showClicks" | "showStatus">> {
  /** Public URL without a trailing slash, such as `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** Topic names by id; a topic without a name shows its id. */
  topicNames: Record<string, string>;
  /** Topic names in other languages, by language. */
  topicNamesIn?: Readonly<Record<string, Record<string, string>>>;
  /** The portal's main language; English if missing. */
  language?: Language;
  /** Ids of the topics to show, in order; if missing, all topics with articles, largest first. */
  shownTopics?: readonly string[];
  version: string;
  logo?: Asset;
  /** Style sheet loaded after the portal's own; missing if there is none. */
  style?: Asset;
  /** URL of the page that says who publishes the portal; if missing, there is no such link. */
  imprint?: string | null;
  /** WebSub hub that is notified of new articles; without it, feeds name no hub. */
  hub?: string | null;
}

/**
 * A file that pages load. Its path contains a hash of its content, so browsers can cache it
 * permanently.
 */
export interface Asset {
  path: string;
  type: string;
  body: string | Buffer;
}

/** The result of checking one thing that the service needs, such as `store` or `redis`. */
export interface Check {
  name: string;
  ok: boolean;
  /** Describes the state: what is wrong or, for example, how long a change has waited. */
  detail: string;
}

export interface ExportDeps {
  /** Folder with a subfolder for each export, named after its id. */
  folder: string;
  producer: Pick<Producer, "add">;
}

/** What the API and the portal need from the search index. */
export interface SearchActions {
  /** Returns a page of results. Throws `QueryProblem` for an invalid query. */
  find(request: SearchRequest): Promise<SearchAnswer>;
  /** Returns the words of a query that no article contains. Throws `QueryProblem` like `find`. */
  misses(request: { query: string; all: boolean }): Promise<Miss[]>;
  state(): Promise<IndexState>;
  highlight(text: string, language: string | null, highlights: readonly string[]): Piece[];
}

export interface WebhookActions {
  /** Returns the reason why a webhook must not have this URL; null if it is allowed. */
  refusal(url: string): string | null;
  test(subscriber: Subscriber): Promise<Delivery>;
  /**
   * Builds a delivery's message again; null if it was a test or the change is no longer stored.
   * `same` says whether the result equals the message that was sent.
   */
  body(delivery: Delivery): Promise<{ body: string; same: boolean } | null>;
}

export interface ServerDeps {
  store: Store;
  config: PortalConfig;
  checks: () => Promise<Check[]>;
  metrics: Pick<Registry, "contentType" | "metrics">;
  logger?: FastifyBaseLogger;
  now?: () => Date;
  /**
   * Maximum age of cached pages and feeds, ms; 0 if missing. Cached responses of the stream are
   * never older than 250 ms.
   */
  staleness?: number;
  /** Adds access control before any route is registered; if missing, nothing is checked. */
  gate?: (app: FastifyInstance) => Promise<void>;
  /** Whether the API's description says that reading needs no key or session. True if missing. */
  publicReading?: boolean;
  /**
   * IP addresses and networks of proxies whose `X-Forwarded-*` headers are trusted; none if
   * missing.
   */
  trustProxy?: string[];
  webhooks: WebhookActions;
  exports: ExportDeps;
  sources: ManageDeps & { sites: Pick<SiteJobs, "preview"> };
  /** Missing if search is off. */
  search?: SearchActions;
  plugins?: FastifyPluginAsync[];
}
