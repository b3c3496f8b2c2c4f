import type { Commit } from "../articles/ingest/commit.ts";
import type { Parser } from "../articles/reading/parser.ts";
import type { Logger } from "../config/logger.ts";
import type { Tracer } from "../config/telemetry.ts";
import type { ProxyOf } from "../crawler/egress/proxy-of.ts";
import type { Http } from "../crawler/http/http.ts";
import type { Logins } from "../crawler/logins/logins.ts";
import type { AddressCap } from "../crawler/politeness/address-cap.ts";
import type { Pace } from "../crawler/politeness/pace.ts";
import type { Cached } from "../lib/cache.ts";
import type { Tier } from "../model/crawl/capture.ts";
import type { Host } from "../model/crawl/host.ts";
import type { Link } from "../model/crawl/link.ts";
import type { CoverageObjective } from "../model/sources/coverage.ts";
import type { SourceRecord } from "../model/sources/source.ts";
import type { Producer } from "../queues/producer.ts";
import type { Store } from "../store/store.ts";
import type { Outage } from "./fetch/outage.ts";
import type { Slot } from "./fetch/slot.ts";
import type { BrowserSessions } from "./render/browser-sessions.ts";
import type { DiskSpace } from "./runtime/capacity.ts";
import type { FileBuffer } from "./turn/host-file-buffer.ts";
import type { LinkBuffer } from "./turn/link-buffer.ts";
import type { InHand } from "./turn/lost-workers.ts";

/** What every handler may need; built once per process in `bin/`. */
export interface Deps {
  store: Store;
  producer: Producer;
  log: Logger;
  trace: Tracer;
  now(): Date;
  /** In [0, 1). */
  random(): number;
  settings: Settings;
  /** Room left where data is written, as it was seconds ago. */
  diskSpace(): Promise<DiskSpace>;
}

/** Further dependencies of host turns: pace, permits and egress. */
export interface TurnDeps extends Deps {
  pace: Pace;
  addressCap: AddressCap;
  http: Http;
  logins: Logins;
  proxyOf: ProxyOf;
  /** null in processes without a browser. */
  browser: BrowserSessions | null;
  parser: Parser;
  commit: Commit;
  links: LinkBuffer;
  inHand: InHand;
  files: FileBuffer;
  outage: Outage;
  /** Read often and rarely changed, so it is cached for a moment. */
  hosts: Cached<Host | null>;
  sources: Cached<SourceRecord | null>;
  /** The address that represents a host among those on the same server; null if it has none. */
  addresses: Cached<string | null>;
  /** Keys of what each source repeats on many articles. */
  boilerplate: Cached<string[]>;
}

/** The few settings that handlers read. */
export interface Settings {
  /** Product token for robots.txt. */
  product: string;
  /** Sources to fetch; null for all of them. */
  only: readonly string[] | null;
  /** The portal's IANA time zone. */
  timezone: string;
  /** How long each class of data stays, ms; null: for ever. */
  keep: {
    raw: number | null;
    articles: number | null;
    runs: number | null;
    changes: number | null;
  };
  /** Where bodies go that are older than `after`, ms. */
  bodies: { tier: Tier; after: number };
  /** What share of announced articles is to be on the portal, and within how many ms. */
  coverage: CoverageObjective;
}

/** One claimed link in a host's turn. */
export interface Attempt {
  link: Link;
  /** The claim. */
  token: string;
  host: Host;
  source: SourceRecord | null;
  slot: Slot;
  /** Ends once the page before it is stored. */
  before: Promise<void>;
}

/** An attempt whose source is known. */
export type KnownAttempt = Attempt & { source: SourceRecord };

/** The outcome of an attempt. */
export interface AttemptResult extends Storing {
  /** When the host's next turn begins. */
  next: Date;
}

export interface Storing {
  /** Resolves once the page is read and stored; of an article alone that may still be under way. */
  stored: Promise<void>;
}

/** What an attempt changes about its link. */
export type LinkSet = Partial<Link>;
