import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from "fastify";
import {
  type IndexState,
  type Miss,
  type Piece,
  type SearchAnswer,
  type SearchRequest,
} from "../../model/publish/search.ts";
import { type Delivery, type Subscriber } from "../../model/publish/subscriber.ts";
import type { Producer } from "../../queues/producer.ts";
import type { ManageDeps } from "../../sources/files/manage.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Store } from "../../store/store.ts";
import { type Language } from "./messages.ts";

/** What the portal is called, where it is, and how it shows time and topics. */
export interface PortalConfig {
  portalTitle: string;
  /** Public address without a trailing slash, e.g. `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** IANA zone in which a day is a day. */
  timezone: string;
  /** Topic names by id; an id without a name is shown as it is. */
  topicNames: Record<string, string>;
  /** The same in other languages, by language. */
  topicNamesIn?: Readonly<Record<string, Record<string, string>>>;
  /** The portal's first language; missing: English. */
  language?: Language;
  /** Topics of the navigation in its order; without it, those with most articles. */
  shownTopics?: readonly string[];
  version: string;
  /** Articles that the site counted before; missing: none. */
  countedBefore?: number;
  /** Whether the portal shows how often `Read more` was followed today; missing: no. */
  showClicks?: boolean;
  /** Whether the portal shows how its sources fare; missing: no. */
  showStatus?: boolean;
  /** Picture beside the title; missing: none. */
  logo?: Asset;
  /** Style sheet that is loaded after the portal's own; missing: none. */
  style?: Asset;
  /** Page that says who publishes the portal; missing: none is linked. */
  imprint?: string | null;
  /** WebSub hub that gets notice of news; missing: feeds name none. */
  hub?: string | null;
}

/** A file that pages load. Its path holds a hash of its content, so browsers may keep it permanently. */
export interface Asset {
  path: string;
  type: string;
  body: string | Buffer;
}

/** One thing that must be fine for the service to be ready, e.g. `store` or `redis`. */
export interface Check {
  name: string;
  ok: boolean;
  /** What is wrong and what to do, or a number such as the sequencer's lag. */
  detail: string;
}

/** Metrics as Prometheus reads them; a prom-client `Registry` is one. */
interface Metrics {
  contentType: string;
  metrics(): Promise<string>;
}

/** What the API needs to write and serve exports. */
export interface ExportDeps {
  /** Where their files lie, in a folder of their id. */
  folder: string;
  producer: Pick<Producer, "add">;
}

/** What the API and the portal do with the search index. */
export interface SearchActions {
  /** Throws `QueryProblem`. */
  find(request: SearchRequest): Promise<SearchAnswer>;
  /** Words of a query that no article has. Throws `QueryProblem`. */
  misses(request: { query: string; all: boolean }): Promise<Miss[]>;
  state(): Promise<IndexState>;
  /** Splits a text into hits and the text between them. */
  highlight(text: string, language: string | null, highlights: readonly string[]): Piece[];
}

/** What webhooks need of the egress guard; made in `bin`. */
export interface WebhookActions {
  /** Why an address is refused, in words; null when it may be tried. */
  refusal(url: string): string | null;
  /** Sends a message that only asks whether somebody is there. */
  test(subscriber: Subscriber): Promise<Delivery>;
  /** Returns the sent message again; null when its change isn't stored any more. */
  body(delivery: Delivery): Promise<{ body: string; same: boolean } | null>;
}

/** Everything the HTTP server needs from outside. */
export interface ServerDeps {
  store: Store;
  config: PortalConfig;
  checks: () => Promise<Check[]>;
  metrics: Metrics;
  logger?: FastifyBaseLogger;
  now?: () => Date;
  /** Pages and feeds may be those that were the newest up to so many ms ago, answers of the stream up to 250 ms; missing: 0. */
  staleness?: number;
  /** Checks rights. Registered before every route. */
  gate?: (app: FastifyInstance) => Promise<void>;
  /** Whether readers need neither key nor session, for the API's description; missing: yes. */
  publicReading?: boolean;
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers count. */
  trustProxy?: string[];
  /** Missing: there are no webhooks. */
  webhooks?: WebhookActions;
  /** Missing: exports are not written. */
  exports?: ExportDeps;
  /** Missing: sources are not shown, and nothing is done with them. */
  sources?: ManageDeps & { sites: Pick<SiteJobs, "preview"> };
  /** Missing: search is off. */
  search?: SearchActions;
  /** Further routes, e.g. the operators' pages. */
  plugins?: FastifyPluginAsync[];
}
