import { urlKey } from "../../crawler/links/url.ts";
import { ReleaseStack } from "../../lib/async.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks, getLink } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "./articles.ts";
import { resetStore, startTestDatabase } from "./database.ts";
import { makeLink } from "./links.ts";
import { sharedParser } from "./parser.ts";
import { startTestRedis } from "./redis.ts";
import { articlePage, openSite, type TestSite } from "./site.ts";
import { openWorker, type TestWorker } from "./worker.ts";

/** A site that a source watches, and a worker that fetches it. */
export interface WatchedSite {
  store: Store;
  site: TestSite;
  worker: TestWorker;
  /** Opens another worker on the same store. */
  openAnotherWorker: () => Promise<TestWorker>;
  /** Opens another site by its name in `SITES`. */
  openOther: (name: keyof typeof SITES) => Promise<TestSite>;
  link: (path: string) => Promise<Link | null>;
}

/** How a test changes the site, its source and its links. */
interface SiteOptions {
  source?: Partial<SourceRecord>;
  link?: Partial<Link>;
  concurrency?: number;
  /** Further names with the addresses to which they resolve. */
  sites?: Record<string, string>;
}

/** Database, Redis and parser of a test file. */
export interface Services {
  redisUrl: string;
  /** Opens a site with article pages at `paths`; each is a due link of the source `cities`. */
  watchSite: (name: string, paths: string[], options?: SiteOptions) => Promise<WatchedSite>;
  /** Closes the sites and workers of the last test. */
  closeSites: () => Promise<void>;
  close: () => Promise<void>;
}

/** Sites by name and loopback address. */
export const SITES = {
  "one.example": "127.1.9.1",
  "two.example": "127.1.9.2",
  "three.example": "127.1.9.3",
  "m.one.example": "127.1.9.4",
};

/**
 * Starts database and Redis for a test file. With `oneStore` all sites share one store that is emptied before each,
 * which costs less than a new one.
 */
export async function startServices(file: string, { oneStore = false } = {}): Promise<Services> {
  const [database, redis] = await Promise.all([startTestDatabase(file), startTestRedis()]);
  const parser = sharedParser();
  let opened = new ReleaseStack();
  let shared: Store | null = null;
  const storeFor = async (name: string): Promise<Store> => {
    if (!oneStore) return database.open(name);
    if (shared) await resetStore(shared);
    shared ??= await database.open("one");
    return shared;
  };
  const watchSite: Services["watchSite"] = async (name, paths, options = {}) => {
    const stack = opened;
    const store = await storeFor(name);
    const openOther: WatchedSite["openOther"] = async (other) => {
      const site = await openSite(other, SITES[other]);
      stack.add(other, () => site.close());
      return site;
    };
    const openAnotherWorker = async () => {
      const worker = await openWorker({
        store,
        redisUrl: redis.url,
        parser,
        sites: { ...SITES, ...options.sites },
        name,
      });
      stack.add("worker", () => worker.close());
      return worker;
    };
    const site = await openOther("one.example");
    for (const path of paths) site.pages[path] = articlePage(`Report on ${path}`);
    const pace = { delay: 20, concurrency: options.concurrency ?? 1 };
    await store.collections.sources.insertOne(
      makeSource("cities", { home: site.at("/"), render: "http", pace, ...options.source }),
    );
    await ensureHosts(store, [{ host: site.host, ...pace }]);
    await addLinks(
      store,
      paths.map((path, index) => {
        const url = site.at(path);
        const dueAt = new Date(Date.now() - 10_000 + index);
        return makeLink(urlKey(url), {
          url,
          foundUrl: url,
          host: site.host,
          dueAt,
          ...options.link,
        });
      }),
    );
    const link = (path: string) => getLink(store, urlKey(site.at(path)));
    return { store, site, worker: await openAnotherWorker(), openAnotherWorker, openOther, link };
  };
  return {
    redisUrl: redis.url,
    watchSite,
    async closeSites() {
      const stack = opened;
      opened = new ReleaseStack();
      await stack.close();
    },
    async close() {
      await redis.close();
      await database.close();
    },
  };
}
