import { createParser, type Parser } from "../articles/reading/parser.ts";
import type { Config } from "../config/env.ts";
import { createLogger } from "../config/logger.ts";
import type { BrowserPool } from "../crawler/browser/browser.ts";
import { fetchRendered } from "../crawler/browser/pages.ts";
import { createLoginSessions, type LoginSessions } from "../crawler/logins/sessions.ts";
import { addressGroup, createAddressCap, createPace } from "../crawler/politeness/pace.ts";
import { type AcquirePermit, createVisitor, ownPermits, type Visitor } from "../crawler/visit.ts";
import { cached, type ReleaseStack, withReleases } from "../lib/async.ts";
import { connect } from "../queues/producer.ts";
import { getHost } from "../store/crawl/hosts.ts";
import { linksWithArticle } from "../store/crawl/links.ts";
import { sharedPermits } from "../workers/fetch/slot.ts";
import { openStoreOf } from "./open-store.ts";
import { readTopics } from "./roles/config-data.ts";
import { guardOf, openBrowser, openVisitorParts } from "./roles/egress.ts";
import { serviceAddresses } from "./services/use.ts";

/** What a process needs to fetch a site's pages directly, without a worker. */
export interface SiteAccess {
  visitor: Visitor;
  /** Visits pages in a browser, which is started when the first page is visited. */
  render: Visitor;
  parser: Parser;
  /** Returns the given URL keys that belong to stored articles; empty without a database. */
  known(keys: string[]): Promise<ReadonlySet<string>>;
}

const CACHE_LIMITS = { ttl: 300_000, size: 1000 };

export function withSiteAccess<T>(
  config: Config,
  use: (access: SiteAccess) => Promise<T>,
): Promise<T> {
  return withReleases(async (stack) => use(await openSiteAccess(config, stack)));
}

/** Opens access to sites. Shares the workers' rate limits if their services are available. */
export async function openSiteAccess(
  config: Config,
  stack: ReleaseStack,
  addresses?: { mongoUrl: string; redisUrl: string },
): Promise<SiteAccess> {
  const guard = guardOf(config);
  const parser = createParser(1, await readTopics());
  stack.add("parser", () => parser.close());
  const running = addresses ?? (await serviceAddresses(config));
  let acquirePermit: AcquirePermit = ownPermits();
  let sessions: LoginSessions | undefined;
  let known: SiteAccess["known"] = () => Promise.resolve(new Set());
  if (running) {
    const store = await openStoreOf(config, running.mongoUrl);
    stack.add("store", () => store.close());
    const redis = connect(running.redisUrl, { maxRetriesPerRequest: 1 });
    stack.add("pace", () => redis.disconnect());
    const prefix = `${config.queuePrefix}:`;
    sessions = createLoginSessions(redis, prefix);
    acquirePermit = sharedPermits({
      pace: createPace(redis, prefix),
      addressCap: createAddressCap(redis, prefix, config.addressConcurrency),
      addresses: cached((host) => addressGroup(guard, host), CACHE_LIMITS),
      hosts: cached((id) => getHost(store, id), CACHE_LIMITS),
      log: createLogger(config),
      random: Math.random,
    });
    known = (keys) => linksWithArticle(store, keys);
  }
  const way = { ...openVisitorParts(config, guard, stack, sessions), acquirePermit };
  let pool: Promise<BrowserPool> | undefined;
  const open: BrowserPool["open"] = async (upstream) => {
    pool ??= openBrowser(config, guard, stack);
    return (await pool).open(upstream);
  };
  const render = createVisitor({ ...way, pages: fetchRendered(open) });
  return { visitor: createVisitor(way), render, parser, known };
}
