import type { z } from "zod";
import type { Tier } from "../model/crawl/capture.ts";
import type { Settings } from "./settings.ts";

type Values = z.output<typeof Settings>;

/** Everything that the operator can set, checked; passed on as an argument, never read again. */
export interface Config {
  /** Absolute paths. */
  readonly dataDir: string;
  readonly sourcesDir: string;
  /** Files that sources may name as secrets; null: none. */
  readonly secretsDir: string | null;
  /** null: the embedded database. */
  readonly mongoUrl: string | null;
  /** null: the embedded Redis. */
  readonly redisUrl: string | null;
  readonly dbName: string;
  readonly queuePrefix: string;
  readonly contact: string | null;
  readonly userAgent: string;
  readonly signing: {
    /** Absolute path of the file of keys. */
    readonly keysFile: string;
    /** The origin that publishes the keys; null: requests are not signed. */
    readonly agent: string | null;
    readonly form: Values["NEWSGATHER_SIGNATURE_AGENT"];
  };
  /** CIDRs. */
  readonly allowNetworks: readonly string[];
  /** Text in hosts-file syntax. */
  readonly hosts: string;
  readonly timezone: string;
  /** `chosen`: set by the operator, so a taken port is an error and not a reason to pick another. */
  readonly listen: { readonly host: string; readonly port: number; readonly chosen: boolean };
  /** Where worker processes tell how they do, and where traces are sent; null: nowhere. */
  readonly metricsListen: { readonly host: string; readonly port: number } | null;
  readonly traces: string | null;
  readonly baseUrl: string | null;
  readonly webSubHub: string | null;
  readonly webSub: boolean;
  readonly heartbeatUrl: string | null;
  /** Addresses and CIDRs. */
  readonly trustProxy: readonly string[];
  readonly publicReading: boolean;
  readonly requestsPerMinute: number;
  /** Whether there is a search index. */
  readonly search: boolean;
  readonly portalTitle: string;
  /** The portal's first language. */
  readonly portalLanguage: Values["NEWSGATHER_PORTAL_LANGUAGE"];
  /** Who drafts translations for editors; null: nobody. */
  readonly translator: { readonly url: string; readonly secret: string } | null;
  /** How operators are told of alarms; null: not that way. */
  readonly alarms: {
    readonly mail: {
      readonly to: readonly string[];
      readonly from: string;
      readonly url: string;
    } | null;
    readonly webhook: { readonly url: string; readonly secret: string } | null;
    /** ms. */
    readonly every: number;
  };
  readonly countedBefore: number;
  /** Whether the portal shows the clicks of the day. */
  readonly showClicks: boolean;
  readonly browser: {
    readonly executable: string | null;
    readonly wsEndpoint: string | null;
    readonly sandbox: boolean;
    readonly user: string;
    readonly concurrency: number;
  };
  readonly logLevel: Values["NEWSGATHER_LOG_LEVEL"];
  /** ms. */
  readonly tick: number;
  /** ms. */
  readonly requestTimeout: number;
  /** ms. */
  readonly stuckAfter: number;
  /** Bytes. */
  readonly diskFree: number;
  /** Bytes. */
  readonly databaseCache: number;
  /** Where bodies go that are older than `after`, ms, and what leads there; null: not set up. */
  readonly bodies: {
    readonly tier: Tier;
    readonly after: number;
    readonly dir: string | null;
    readonly bucket: {
      readonly url: string;
      readonly region: string;
      readonly keyId: string;
      /** A reference such as `file:NAME`. */
      readonly secret: string;
    } | null;
  };
  /** ms; null: for ever. */
  readonly keep: {
    readonly raw: number | null;
    readonly articles: number | null;
    readonly runs: number | null;
    readonly changes: number | null;
  };
  readonly httpConcurrency: number;
  /** Requests at once to one address. */
  readonly addressConcurrency: number;
}
