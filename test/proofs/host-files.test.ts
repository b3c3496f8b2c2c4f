import { afterAll, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { TDM_PATH } from "../../crawler/robots/robots.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { HOUR_MS } from "../../lib/time.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../helpers/articles.ts";
import { startTestDatabase } from "../helpers/database.ts";
import { makeLink } from "../helpers/links.ts";
import { listen } from "../helpers/loopback.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis } from "../helpers/redis.ts";
import { articlePage } from "../helpers/site.ts";
import { openWorker, type TestWorker, takeTurns } from "../helpers/worker.ts";

const SITES = 40;
const ADDRESS = "127.1.9.1";
const FILES = ["/robots.txt", TDM_PATH];
const pace = { delay: 20, concurrency: 2 };

const stack = new ReleaseStack();
/** Requests by path and host. */
const requests = new Map<string, Map<string, number>>();
let port = 0;
let store: Store;
let workers: TestWorker[];
const hosts = () => Array.from({ length: SITES }, (_, n) => `site${n}.example:${port}`);

beforeAll(async () => {
  const server = await listen(ADDRESS, ({ url = "", headers: { host = "" } }, response) => {
    const byHost = requests.get(url) ?? new Map<string, number>();
    requests.set(url, byHost.set(host, (byHost.get(host) ?? 0) + 1));
    if (url === TDM_PATH) response.writeHead(404).end();
    else if (url === "/robots.txt") response.end("User-agent: *\nDisallow: /private/");
    else response.setHeader("content-type", "text/html").end(articlePage(`${url} of ${host}`));
  });
  stack.add("server", () => server.close());
  ({ port } = server);
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  store = await database.open("files");
  await store.collections.sources.insertOne(makeSource("cities", { render: "http", pace }));
  await ensureHosts(
    store,
    hosts().map((host) => ({ host, ...pace })),
  );
  const sites = Object.fromEntries(hosts().map((host) => [host.split(":")[0], ADDRESS]));
  const context = { store, redisUrl: redis.url, parser: sharedParser(), sites, cacheMs: 1500 };
  const open = () => openWorker({ ...context, name: "files", addressConcurrency: 2 * SITES });
  workers = [await open(), await open()];
  for (const worker of workers) stack.add("worker", () => worker.close());
});
afterAll(() => stack.close());

/** Crawls one more page of each host with two processes that have two turns each at every host. */
async function crawl(path: string): Promise<void> {
  const links = hosts().flatMap((host) =>
    ["a", "b"].map((name) => {
      const url = `http://${host}${path}/${name}`;
      return makeLink(urlKey(url), { url, foundUrl: url, host, dueAt: new Date() });
    }),
  );
  await addLinks(store, links);
  const turns = workers.flatMap((worker) =>
    hosts().flatMap((host) => [0, 1].map((turn) => takeTurns(worker, host, turn))),
  );
  await Promise.all(turns);
  expect(requests.get(`${path}/a`)?.size).toBe(SITES);
}

const timesAsked = () => FILES.map((file) => [...(requests.get(file)?.values() ?? [])]);
const each = (times: number) => FILES.map(() => Array.from({ length: SITES }, () => times));

test("40 hosts are asked for robots.txt and tdmrep.json once each by four turns in two processes", async () => {
  await crawl("/first");
  expect(timesAsked()).toEqual(each(1));
});

test("they are asked for them no more that day, and once more on the next", async () => {
  for (const worker of workers) worker.advance(23 * HOUR_MS);
  await crawl("/same-day");
  expect(timesAsked()).toEqual(each(1));
  for (const worker of workers) worker.advance(2 * HOUR_MS);
  await crawl("/next-day");
  expect(timesAsked()).toEqual(each(2));
});
