import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Redis } from "ioredis";
import { type CommitOptions, createCommit } from "../../articles/ingest/commit.ts";
import { createParser, type Parser, tryParser } from "../../articles/reading/parser.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Secrets } from "../../config/secrets.ts";
import type { Guard } from "../../crawler/egress/guard.ts";
import { type Http, proxiesIn } from "../../crawler/http/http.ts";
import { createLogins } from "../../crawler/logins/logins.ts";
import { createLoginSessions } from "../../crawler/logins/sessions.ts";
import { addressGroup, createAddressCap, createPace } from "../../crawler/politeness/pace.ts";
import { batchedLoader, cached } from "../../lib/async.ts";
import type { Host } from "../../model/crawl/host.ts";
import { connect } from "../../queues/producer.ts";
import { getHosts } from "../../store/crawl/hosts.ts";
import { boilerplateKeys } from "../../store/sources/learned.ts";
import { getSources } from "../../store/sources/sources.ts";
import type { Deps, TurnDeps } from "../../workers/deps.ts";
import { createOutage } from "../../workers/fetch/outage.ts";
import type { BrowserSessions } from "../../workers/render/browser-sessions.ts";
import { metered } from "../../workers/runtime/telemetry.ts";
import {
  createFileBuffer,
  createLinkBuffer,
  createLinksInProgress,
} from "../../workers/turn/buffers.ts";
import { readEditorial, readTopics } from "./config-data.ts";
import type { Opened, RoleContext } from "./context.ts";
import { openHttp, secretsOf } from "./egress.ts";

const RECORD_CACHE_MS = 1000;
const SHARED_QUERY_DELAY = { ms: 10 };
const ADDRESS_TTL_MS = 300_000;

export async function openTurns(
  { config, redisUrl }: RoleContext,
  { deps, meter, stack }: Opened,
  { guard, browser }: Pick<TurnParts, "guard" | "browser">,
): Promise<TurnDeps> {
  const redis = connect(redisUrl, { maxRetriesPerRequest: 1 });
  stack.add("pace", () => redis.disconnect());
  const http = openHttp(config, guard, stack);
  const parser = createParser(availableParallelism(), await readTopics());
  stack.add("parser", () => parser.close());
  await tryParser(parser);
  return metered(
    assembleTurns({
      deps,
      http,
      guard,
      secrets: secretsOf(config),
      parser,
      browser,
      redis,
      prefix: config.queuePrefix,
      addressConcurrency: config.addressConcurrency,
      commit: {
        editorialRules: await readEditorial(),
        timed: meter.stage,
        ...(browser && { batchDelayMs: LIMITS.commitDelayRendered }),
      },
      cacheMs: {
        records: RECORD_CACHE_MS,
        addresses: ADDRESS_TTL_MS,
        boilerplate: 30 * RECORD_CACHE_MS,
      },
      queryDelayMs: SHARED_QUERY_DELAY,
    }),
    meter,
  );
}

/** What `assembleTurns` needs. Tests replace the clock, the parser and the caches. */
export interface TurnParts {
  deps: Deps;
  http: Http;
  guard: Guard;
  secrets: Secrets;
  parser: Parser;
  browser: BrowserSessions | null;
  redis: Redis;
  /** Prefix of Newsgather's keys in Redis, without the colon. */
  prefix: string;
  /** Maximum number of concurrent requests to one IP address. */
  addressConcurrency: number;
  commit: Omit<CommitOptions, "timezone" | "now">;
  /** Cache lifetimes, ms. `records` is for hosts and sources. */
  cacheMs: { records: number; addresses: number; boilerplate: number };
  /**
   * How long a query for hosts or sources waits, so that concurrent turns can share it; if missing,
   * 2 ms.
   */
  queryDelayMs?: { ms: number };
}

export function assembleTurns(parts: TurnParts): TurnDeps {
  const { deps, redis, cacheMs } = parts;
  const { store, settings, now } = deps;
  const worker = randomUUID();
  const prefix = `${parts.prefix}:`;
  const cacheFor = (ttl: number) => ({ ttl, size: 5000 });
  const { http, parser, browser } = parts;
  const hosts = cached(
    batchedLoader((ids) => getHosts(store, ids), parts.queryDelayMs),
    { ...cacheFor(cacheMs.records), weigh: weightOf },
  );
  return {
    ...deps,
    http,
    parser,
    browser,
    logins: createLogins({
      secrets: parts.secrets,
      sessions: createLoginSessions(redis, prefix),
      logIn: browser && browser.enter,
      now,
    }),
    proxyOf: proxiesIn(parts.secrets),
    pace: createPace(redis, prefix),
    addressCap: createAddressCap(redis, prefix, parts.addressConcurrency),
    commit: createCommit(store, { timezone: settings.timezone, now, ...parts.commit }),
    inHand: createLinksInProgress(worker),
    links: createLinkBuffer(store, { random: deps.random, worker }),
    files: createFileBuffer(store),
    outage: createOutage({ ...deps, hosts }),
    hosts,
    sources: cached(
      batchedLoader((ids) => getSources(store, ids), parts.queryDelayMs),
      cacheFor(cacheMs.records),
    ),
    addresses: cached((host) => addressGroup(parts.guard, host), cacheFor(cacheMs.addresses)),
    boilerplate: cached((id) => boilerplateKeys(store, id), cacheFor(cacheMs.boilerplate)),
  };
}

function weightOf(host: Host | null): number {
  return 1 + (host?.robots?.text?.length ?? 0) / 1000;
}
