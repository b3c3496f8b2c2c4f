import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Store } from "../../store/store.ts";
import type {
  CaptureActions,
  ExportActions,
  SearchActions,
  SourceActions,
  WebhookActions,
} from "./actions.ts";
import type { Language } from "./messages.ts";

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
  /** WebSub hub that is told of what is new; missing: feeds name none. */
  hub?: string | null;
}

/** One thing that must be fine for the service to be ready, e.g. `store` or `redis`. */
export interface Check {
  name: string;
  ok: boolean;
  /** What is wrong and what to do, or a number such as the sequencer's lag. */
  detail: string;
}

/** Metrics as Prometheus reads them; a prom-client `Registry` is one. */
export interface Metrics {
  contentType: string;
  metrics(): Promise<string>;
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
  /** Who may ask for what; set before every route. */
  gate?: (app: FastifyInstance) => Promise<void>;
  /** Whether readers need neither key nor session, for the API's description; missing: yes. */
  publicReading?: boolean;
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers are believed. */
  trustProxy?: string[];
  /** Missing: there are no webhooks. */
  webhooks?: WebhookActions;
  /** Missing: captures are not handed out. */
  captures?: CaptureActions;
  /** Missing: exports are not written. */
  exports?: ExportActions;
  /** Missing: sources are not shown, and nothing is done with them. */
  sources?: SourceActions;
  /** Missing: search is off. */
  search?: SearchActions;
  /** Further routes, e.g. the operators' pages. */
  plugins?: FastifyPluginAsync[];
}
