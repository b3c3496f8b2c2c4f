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

/** The dependencies of all handlers, built once per process in `bin/`. */
export interface Deps {
  store: Store;
  producer: Producer;
  log: Logger;
  trace: Tracer;
  now(): Date;
  /** Returns a random number in [0, 1). */
  random(): number;
  settings: Settings;
  /** Returns the free space on the disk for data, cached for a few seconds. */
  diskSpace(): Promise<DiskSpace>;
}

/** The dependencies of host turns. */
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
  /** Hosts by id (null: unknown), cached briefly because they are read often and rarely change. */
  hosts: Cached<Host | null>;
  sources: Cached<SourceRecord | null>;
  /**
   * IP addresses by host; null if an address is unknown. Hosts on the same server have the same
   * address.
   */
  addresses: Cached<string | null>;
  /** Keys of the boilerplate paragraphs of a source, by source id. */
  boilerplate: Cached<string[]>;
}

/** The few settings that handlers read. */
export interface Settings {
  /** Product token for robots.txt. */
  product: string;
  /** The sources to fetch; null for all. */
  only: readonly string[] | null;
  /** The portal's IANA time zone. */
  timezone: string;
  /** Retention time of each class of data, ms; null for unlimited. */
  keep: {
    raw: number | null;
    articles: number | null;
    runs: number | null;
    changes: number | null;
  };
  /** The tier to which bodies move when they are older than `after`, ms. */
  bodies: { tier: Tier; after: number };
  /** The target share of announced articles that readers find, and the time within which they must find them, ms. */
  coverage: CoverageObjective;
}

/** A claimed link in a host's turn. */
export interface Attempt {
  link: Link;
  /** The token of the claim. */
  token: string;
  host: Host;
  source: SourceRecord | null;
  slot: Slot;
  /** Resolves once the previous page is stored. */
  before: Promise<void>;
}

/** An attempt whose source still exists. */
export type KnownAttempt = Attempt & { source: SourceRecord };

/** The outcome of an attempt. */
export interface AttemptResult extends Storing {
  /** When the host's next turn begins. */
  next: Date;
}

export interface Storing {
  /**
   * Resolves once the page is read and stored. For an article, this can be after the attempt's end.
   */
  stored: Promise<void>;
}

/** The fields of a link that an attempt changes. */
export type LinkSet = Partial<Link>;
