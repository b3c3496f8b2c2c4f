import { join } from "node:path";
import type { Extracted } from "../../articles/reading/parse-tasks.ts";
import { createParser } from "../../articles/reading/parser.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { startDatabase } from "../../bin/services/database.ts";
import { startRedis } from "../../bin/services/embedded.ts";
import type { Received } from "../../crawler/http/response.ts";
import { urlKey } from "../../crawler/links/url.ts";
import type { TrueArticle } from "../../demo/truth.ts";
import type { ReleaseStack } from "../../lib/async.ts";
import { openStore } from "../../store/connect.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../../test/helpers/articles.ts";
import { makeLink } from "../../test/helpers/links.ts";
import { keepAsItIs } from "../../test/helpers/snapshot.ts";
import { openWorker, type TestWorker, takeTurns } from "../../test/helpers/worker.ts";
import { startScaledWorld } from "../world/start.ts";
import { record, retell } from "./recorded.ts";

/** Each host has one measured article, and one article that is already stored. */
export const HOST_COUNT = 8;
const COPIED_ARTICLE_COUNT = 2;
/** Longer than a measurement, so that hosts, sources and addresses are read only once. */
const CACHE_TTL_MS = 3_600_000;
const quiet = { debug() {}, info() {}, warn() {} };

export interface Scene {
  line: TestWorker;
  redisUrl: string;
  urls: string[];
  answers: Map<string, Received>;
  readings: Map<string, Extracted>;
  /** Resets the store so that the articles are due again. */
  putBack(): Promise<void>;
}

export async function openScene(dir: string, stack: ReleaseStack): Promise<Scene> {
  const size = ["--sites", String(HOST_COUNT), "--articles", String(2 * HOST_COUNT), "--port", "0"];
  const world = await startScaledWorld(join(dir, "world"), size);
  stack.add("world", () => world.stop());
  const redis = await startRedis({ dataDir: dir, log: quiet });
  stack.add("redis", () => redis.stop());
  const database = await startDatabase({ dataDir: dir, log: quiet });
  stack.add("database", () => database.stop());
  const store = await openStore(database.url, { database: "floors" });
  stack.add("store", () => store.close());
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const sites = world.info.hosts.split("\n").map((one) => one.split(" "));
  const line = await openWorker({
    store,
    redisUrl: redis.url,
    parser,
    sites: Object.fromEntries(sites.map(([address = "", name = ""]) => [name, address])),
    name: dir,
    cacheMs: CACHE_TTL_MS,
  });
  stack.add("line", () => line.close());
  const { articles } = await world.truth();
  const [before, measured] = [0, 1].map((odd) => articles.filter((_, n) => n % 2 === odd));
  const { answers, readings } = record(line, articles);
  await know(store, articles);
  await find(store, before);
  await driveAll(line, before);
  while ((await sequence(store, new Date())) > 0);
  await find(store, measured);
  const putBack = await keepAsItIs(store);
  await driveAll(line, measured);
  await parser.close();
  for (let n = 0; n < COPIED_ARTICLE_COUNT; n++)
    retell(readings, measured?.[n]?.url, before?.[n + 1]?.url);
  const urls = (measured ?? []).map(({ url }) => url);
  return { line, redisUrl: redis.url, urls, answers, readings, putBack };
}

async function know(store: Store, articles: readonly TrueArticle[]): Promise<void> {
  const ids = [...new Set(articles.map(({ sourceId }) => sourceId))];
  await store.collections.sources.insertMany(ids.map((id) => makeSource(id, { render: "http" })));
  const hosts = [...new Set(articles.map(({ url }) => new URL(url).host))];
  await ensureHosts(
    store,
    hosts.map((host) => ({ host, delay: 0, concurrency: 1 })),
  );
}

async function find(store: Store, articles: readonly TrueArticle[] = []): Promise<void> {
  const dueAt = new Date(Date.now() - 60_000);
  await addLinks(
    store,
    articles.map(({ url, sourceId }) => {
      const { host } = new URL(url);
      return makeLink(urlKey(url), { url, foundUrl: url, host, sourceId, dueAt });
    }),
  );
}

/** Takes the hosts one after the other, so that their order is always the same. */
async function driveAll(line: TestWorker, articles: readonly TrueArticle[] = []): Promise<void> {
  for (const { url } of articles) await takeTurns(line, new URL(url).host);
}
