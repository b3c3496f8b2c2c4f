import { afterAll, beforeAll, expect, test } from "vitest";
import { createParser } from "../../articles/reading/parser.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { scaled } from "../../bench/world/scaled.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { startWorld, type World } from "../../demo/world.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import { makeSource } from "../helpers/articles.ts";
import { countCommands } from "../helpers/commands.ts";
import { startTestDatabase } from "../helpers/database.ts";
import { makeLink } from "../helpers/links.ts";
import { measured } from "../helpers/measured.ts";
import { startTestRedis } from "../helpers/redis.ts";
import { openWorker, type TestWorker, takeTurns } from "../helpers/worker.ts";

/** Hosts that are visited at the same time, so links in flight. */
const HOSTS = 16;
/** Articles of each; the first is fetched before anything is counted, with the files of its host. */
const EACH = 5;
/** Round trips to the database that an article may cost, amortised over the batches that 16 links fill. */
const BOUND = 4;
/** How long one waits for the others, ms: longer than any machine takes for 16 pages. */
const PATIENCE = 5_000;

const stack = new ReleaseStack();
let world: World;
let worker: TestWorker;
let counted: Awaited<ReturnType<typeof countCommands>>;

beforeAll(async () => {
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  const size = { sites: HOSTS, articles: HOSTS * EACH };
  world = await startWorld({ port: 0, plan: (setting) => scaled(setting, size) });
  stack.add("world", () => world.close());
  counted = await countCommands(await database.open("line"));
  stack.add("store", () => counted.close());
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const names = world.hosts.split("\n").map((one) => one.split(" "));
  worker = await openWorker({
    store: counted.store,
    redisUrl: redis.url,
    parser,
    sites: Object.fromEntries(names.map(([address = "", name = ""]) => [name, address])),
    name: import.meta.filename,
    cacheMs: 60_000,
  });
  stack.add("line", () => worker.close());
  const { links, commit } = worker.deps;
  worker.deps.links = { ...links, claim: abreast(links.claim) };
  worker.deps.commit = { ...commit, add: abreast(commit.add) };
});
afterAll(() => stack.close());

/**
 * Calls of all hosts together, as under a full load: how many share a batch then depends on how many are
 * in flight, and not on how fast this machine is.
 */
function abreast<In extends unknown[], Out>(call: (...args: In) => Promise<Out>) {
  let waiting: (() => void)[] = [];
  const goOn = () => {
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  };
  return async (...args: In): Promise<Out> => {
    const timer = setTimeout(goOn, PATIENCE);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === HOSTS) goOn();
    });
    clearTimeout(timer);
    return call(...args);
  };
}

test("an article costs few round trips to the database, with 16 links in flight", async () => {
  const { store } = counted;
  const { articles } = world.truth;
  const hosts = [...new Set(articles.map(({ url }) => new URL(url).host))];
  await store.collections.sources.insertMany(
    [...new Set(articles.map(({ sourceId }) => sourceId))].map((id) =>
      makeSource(id, { render: "http" }),
    ),
  );
  await ensureHosts(
    store,
    hosts.map((host) => ({ host, delay: 0, concurrency: 1 })),
  );
  const links = articles.map(({ url, sourceId }) => {
    const dueAt = new Date(Date.now() - 60_000);
    const { host } = new URL(url);
    return { ...makeLink(urlKey(url), { url, foundUrl: url, host, dueAt }), sourceId };
  });
  const warm = links.filter(({ host }, index) => links[index - 1]?.host !== host);
  await addLinks(store, warm);
  await Promise.all(hosts.map((host) => takeTurns(worker, host)));
  const rest = links.filter((link) => !warm.includes(link));
  await addLinks(store, rest);
  while ((await sequence(store, new Date())) > 0);
  counted.reset();

  await Promise.all(hosts.map((host) => takeTurns(worker, host)));
  while ((await sequence(store, new Date())) > 0);
  const commands = counted.commands();
  const stored = await store.collections.articles.countDocuments();
  expect(stored).toBe(articles.length);
  const each = commands.length / rest.length;
  measured(`${each.toFixed(2)} round trips to the database per article, ${HOSTS} links in flight`);
  expect(each).toBeLessThanOrEqual(BOUND);
});
