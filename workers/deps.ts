import type { Job } from "bullmq";
import type { Commit } from "../articles/ingest/commit.ts";
import type { Parser } from "../articles/reading/parser.ts";
import type { Config } from "../config/env.ts";
import type { Logger } from "../config/logger.ts";
import type { Tracer } from "../config/telemetry.ts";
import type { Http, ProxyOf } from "../crawler/http/http.ts";
import type { Logins } from "../crawler/logins/logins.ts";
import type { AddressCap, Pace } from "../crawler/politeness/pace.ts";
import type { Cached } from "../lib/async.ts";
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
import type { DiskSpace } from "./runtime/disk-space.ts";
import type { FileBuffer, LinkBuffer, LinksInProgress } from "./turn/buffers.ts";

/** The dependencies of all handlers. `bin/` builds them once per process. */
export interface Deps {
  store: Store;
  producer: Producer;
  log: Logger;
  trace: Tracer;
  now(): Date;
  /** Returns a random number in [0, 1). */
  random(): number;
  settings: Settings;
  diskSpace(): Promise<DiskSpace>;
  /** Tells that the running job has progressed, so that it doesn't look stuck. */
  noteProgress(): void;
}

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
  inHand: LinksInProgress;
  files: FileBuffer;
  outage: Outage;
  /** Hosts by id, cached briefly; null if a host is unknown. */
  hosts: Cached<Host | null>;
  sources: Cached<SourceRecord | null>;
  /** IP addresses by host; null if unknown. Hosts on the same server share an address. */
  addresses: Cached<string | null>;
  /** Keys of a source's boilerplate paragraphs, by source id. */
  boilerplate: Cached<string[]>;
}

export interface JobContext {
  /** BullMQ's token for the job's lock. */
  token: string | undefined;
  /** Aborted when the worker closes: the job should end soon. */
  closing: AbortSignal;
  /** To be called after each part of a long job. Without progress, the worker looks stuck. */
  noteProgress(): void;
}

export type Handler = (job: Job, context: JobContext) => Promise<unknown>;

export interface Settings extends Pick<Config, "timezone" | "keep"> {
  /** The name of the crawler in robots.txt. */
  product: string;
  /** Ids of the sources to fetch; null for all sources. */
  only: readonly string[] | null;
  /** Bodies older than `after` ms move to `tier`. */
  bodies: { tier: Tier; after: number };
  coverage: CoverageObjective;
}

/** An attempt to fetch a link that this worker has claimed, in a request slot of its host. */
export interface Attempt {
  link: Link;
  token: string;
  host: Host;
  source: SourceRecord | null;
  slot: Slot;
  /** Resolves when the page that the same job fetched before this one is stored. */
  before: Promise<void>;
}

export type KnownAttempt = Attempt & { source: SourceRecord };

export interface AttemptResult extends Storing {
  /** When the job can try to fetch the next link of the host. */
  next: Date;
}

export interface Storing {
  /** Resolves when the page is stored, which can be after the attempt's end. */
  stored: Promise<void>;
}
