import { urlKey } from "../../discover/canonical-url.ts";
import { ReleaseStack } from "../../lib/stack.ts";
import { startDatabase } from "../../services/database.ts";
import { startRedis } from "../../services/redis.ts";
import { openStore } from "../../store/connect.ts";
import { ensureHosts } from "../../store/hosts.ts";
import { addLinks } from "../../store/links.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../../test/helpers/articles.ts";
import { drive, openLine, type TestLine } from "../../test/helpers/line.ts";
import { makeLink } from "../../test/helpers/links.ts";
import { type Loopback, listen } from "../../test/helpers/loopback.ts";
import { crawl } from "../../workers/crawl.ts";
import { createParser } from "../../workers/parser.ts";
import { tick } from "../../workers/schedule.ts";

/** Sources that are polled in a round; the others are there and not due. */
const AT_ONCE = 20;
const ADDRESS = "127.1.77.9";
const ETAG = '"same"';
const BULK = 500;
const LATER = 86_400_000;
/** Ticks until each poll is through, at most, and ms between them. */
const TICKS = 20;
const TICK = 5000;
const quiet = { debug() {}, info() {}, warn() {} };
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>None</title></channel></rss>`;

/** Sources of which some are polled. */
export interface Polls {
  databasePid: number;
  atOnce: number;
  /** Polls each of those once, from the tick that finds it due to the tick that closes its run. */
  round(): Promise<void>;
  close(): Promise<void>;
}

/** `size` sources in a database of their own below `dir`; the feeds of those that are polled answer 304. */
export async function startPolls(dir: string, size: number): Promise<Polls> {
  const stack = new ReleaseStack();
  const database = await startDatabase({ dataDir: dir, log: quiet });
  stack.add("database", () => database.stop());
  const redis = await startRedis({ dataDir: dir, log: quiet });
  stack.add("redis", () => redis.stop());
  const store = await openStore(database.url, { database: "newsgather" });
  stack.add("store", () => store.close());
  const server = await serveUnchanged();
  stack.add("server", () => server.close());
  const names = Array.from({ length: AT_ONCE }, (_, n) => `polled-${n}.example`);
  await addSources(store, names, server.port);
  const idle = Array.from({ length: size - AT_ONCE }, (_, n) => `idle-${n}.example`);
  for (let at = 0; at < idle.length; at += BULK) {
    await addSources(store, idle.slice(at, at + BULK), server.port);
  }
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const sites = Object.fromEntries(names.map((name) => [name, ADDRESS]));
  const line = await openLine({
    store,
    redisUrl: redis.url,
    parser,
    sites,
    name: dir,
    addressConcurrency: AT_ONCE,
  });
  stack.add("line", () => line.close());
  return {
    databasePid: database.pid,
    atOnce: AT_ONCE,
    round: () => pollAll(line, names, server.port),
    close: () => stack.close(20_000),
  };
}

function serveUnchanged(): Promise<Loopback> {
  return listen(ADDRESS, (request, response) => {
    if (request.url !== "/feed") response.writeHead(404).end();
    else if (request.headers["if-none-match"] === ETAG) response.writeHead(304).end();
    else {
      const headers = { "content-type": "application/rss+xml", etag: ETAG };
      response.writeHead(200, headers).end(FEED);
    }
  });
}

async function addSources(store: Store, names: string[], port: number): Promise<void> {
  const feedOf = (name: string) => `http://${name}:${port}/feed`;
  const nextDueAt = new Date(Date.now() + LATER);
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
      return makeLink(urlKey(url), { ...link, kind: "feed", state: "done", dueAt: null });
    }),
  );
}

const idOf = (name: string) => name.replace(".example", "");

async function pollAll(line: TestLine, names: string[], port: number): Promise<void> {
  const { deps } = line;
  line.advance(LATER / 24);
  const ids = names.map(idOf);
  const nextDueAt = new Date(deps.now().getTime() - 1000);
  await deps.store.collections.sources.updateMany({ _id: { $in: ids } }, { $set: { nextDueAt } });
  await tick(deps);
  for (const sourceId of ids) await crawl(deps, { sourceId, trigger: "schedule" });
  await Promise.all(names.map((name) => drive(line, `${name}:${port}`)));
  await tick(deps);
  const isOpen = () => deps.store.collections.runs.countDocuments({ open: true });
  for (let left = TICKS; left > 0 && (await isOpen()) > 0; left--) {
    // A turn that has to wait for longer is looked at by a later tick.
    line.advance(TICK);
    await Promise.all(names.map((name) => drive(line, `${name}:${port}`)));
    await tick(deps);
  }
  const open = await isOpen();
  if (open > 0) throw new Error(`${open} runs of ${names.length} polls are still open`);
}
