import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Registry } from "prom-client";
import { createParser } from "../../articles/reading/parser.ts";
import { startDatabase } from "../../bin/services/database.ts";
import { startRedis } from "../../bin/services/embedded.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import { openStore } from "../../store/connect.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import { findOpenRuns } from "../../store/crawl/runs.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../../test/helpers/articles.ts";
import { makeLink } from "../../test/helpers/links.ts";
import { openWorker, type TestWorker } from "../../test/helpers/worker.ts";
import { CRAWL_BATCH, httpHandlers, schedulerHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/runtime/start-workers.ts";
import { createMeter } from "../../workers/runtime/telemetry.ts";
import { tick } from "../../workers/schedule/tick.ts";

const POLLED_SOURCE_COUNT = 20;
const ADDRESS = "127.1.77.9";
/** ETag of the feeds, the same as in `serve-unchanged.ts`. */
const ETAG = '"same"';
const SERVER = new URL("../serve-unchanged.js", import.meta.url);
const BATCH_SIZE = 500;
const NEXT_POLL_DELAY_MS = 86_400_000;
const ROUND_TIMEOUT_MS = 60_000;
const TICK_INTERVAL_MS = 1000;
/** Each round first waits this long, so that no host or source is still cached. */
const CACHE_TTL_MS = 1000;
const quiet = { debug() {}, info() {}, warn() {} };

export interface Polls {
  databasePid: number;
  redisPid: number;
  atOnce: number;
  /** Makes `atOnce` sources due, and ticks until each has been polled and its run is closed. */
  round(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates `size` sources in a separate database in `dir`. Another process serves the feeds of the
 * polled ones, which return 304.
 */
export async function startPolls(dir: string, size: number): Promise<Polls> {
  const stack = new ReleaseStack();
  const database = await startDatabase({ dataDir: dir, log: quiet });
  stack.add("database", () => database.stop());
  const redis = await startRedis({ dataDir: dir, log: quiet });
  stack.add("redis", () => redis.stop());
  const store = await openStore(database.url, { database: "newsgather" });
  stack.add("store", () => store.close());
  const server = fork(SERVER, [ADDRESS]);
  stack.add("server", () => void server.kill());
  const [port] = (await once(server, "message")) as [number];
  const names = Array.from({ length: POLLED_SOURCE_COUNT }, (_, n) => `polled-${n}.example`);
  await addSources(store, names, port);
  const idle = Array.from({ length: size - POLLED_SOURCE_COUNT }, (_, n) => `idle-${n}.example`);
  for (let at = 0; at < idle.length; at += BATCH_SIZE) {
    await addSources(store, idle.slice(at, at + BATCH_SIZE), port);
  }
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const sites = Object.fromEntries(names.map((name) => [name, ADDRESS]));
  const line = await openWorker({
    store,
    redisUrl: redis.url,
    parser,
    sites,
    name: dir,
    addressConcurrency: POLLED_SOURCE_COUNT,
    cacheMs: CACHE_TTL_MS,
  });
  stack.add("line", () => line.close());
  const { deps, prefix } = line;
  const workers = startWorkers(
    { ...schedulerHandlers(deps), ...httpHandlers(deps) },
    {
      redisUrl: redis.url,
      prefix,
      concurrency: { crawl: CRAWL_BATCH.size, fetch: POLLED_SOURCE_COUNT },
      stuckAfter: ROUND_TIMEOUT_MS,
      producer: deps.producer,
      meter: createMeter(new Registry()),
      log: deps.log,
    },
  );
  stack.add("workers", () => workers.close(5000));
  return {
    databasePid: database.pid,
    redisPid: redis.pid,
    atOnce: POLLED_SOURCE_COUNT,
    round: () => pollAll(line, names, server),
    close: () => stack.close(20_000),
  };
}

async function addSources(store: Store, names: string[], port: number): Promise<void> {
  const feedOf = (name: string) => `http://${name}:${port}/feed`;
  const nextDueAt = new Date(Date.now() + NEXT_POLL_DELAY_MS);
  await store.collections.sources.insertMany(
    names.map((name) => {
      const feeds = [feedOf(name)];
      return {
        ...makeSource(idOf(name), { feeds, nextDueAt }),
        pace: { delay: 0, concurrency: 1 },
      };
    }),
  );
  await ensureHosts(
    store,
    names.map((name) => ({ host: `${name}:${port}`, delay: 0, concurrency: 1 })),
  );
  await addLinks(
    store,
    names.map((name) => {
      const url = feedOf(name);
      const link = { url, foundUrl: url, host: `${name}:${port}`, sourceId: idOf(name) };
      const done = { kind: "feed", state: "done", dueAt: null } as const;
      const known = { validators: { etag: ETAG }, audits: { passed: 2, doubted: false } };
      return makeLink(urlKey(url), { ...link, ...done, ...known });
    }),
  );
}

const idOf = (name: string) => name.replace(".example", "");

async function pollAll(line: TestWorker, names: string[], server: ChildProcess): Promise<void> {
  const { deps } = line;
  await sleep(CACHE_TTL_MS);
  const ids = names.map(idOf);
  // After ten 304s in a row, one request is sent without validators. Resetting the count prevents
  // that request, because only conditional requests are measured.
  await deps.store.collections.links.updateMany(
    { notModified: { $gt: 0 } },
    { $set: { notModified: 0 } },
  );
  const nextDueAt = new Date(deps.now().getTime() - 1000);
  await deps.store.collections.sources.updateMany({ _id: { $in: ids } }, { $set: { nextDueAt } });
  const answered = untilAnswered(server, names.length);
  const end = Date.now() + ROUND_TIMEOUT_MS;
  let open = names.length;
  await tick(deps);
  await answered;
  while (open > 0 && Date.now() < end) {
    await sleep(TICK_INTERVAL_MS);
    await tick(deps);
    open = (await findOpenRuns(deps.store, deps.now(), POLLED_SOURCE_COUNT)).length;
  }
  if (open > 0) throw new Error(`${open} runs of ${names.length} polls are still open`);
}

function untilAnswered(server: ChildProcess, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`of ${count} feeds ${left} were not asked for`));
    const timer = setTimeout(late, ROUND_TIMEOUT_MS);
    let left = count;
    const seen = () => {
      if (--left > 0) return;
      server.off("message", seen);
      clearTimeout(timer);
      resolve();
    };
    server.on("message", seen);
  });
}
