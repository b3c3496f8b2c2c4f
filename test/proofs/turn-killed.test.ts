import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserPool } from "../../crawler/browser/browser.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import type { Lane } from "../../model/crawl/link.ts";
import { dueHosts } from "../../store/crawl/hosts.ts";
import { dueSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { takeTurn } from "../../workers/flow.ts";
import { createBrowserSessions } from "../../workers/render/browser-sessions.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { makeSource } from "../helpers/articles.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { endingAtWrite } from "../helpers/faults.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis, type TestRedis } from "../helpers/redis.ts";
import { articlePage, feedOf, moved, openSite, type TestSite, textOf } from "../helpers/site.ts";
import { isVerify } from "../helpers/size.ts";
import { SITES } from "../helpers/watched-site.ts";
import { openWorker, type TestWorker } from "../helpers/worker.ts";

/** Longest time from the end of a process until the next look at each link that it left, ms. */
const NEXT_ATTEMPT_MS = 60_000;
/** How far the clock goes on between two rounds, ms. */
const ROUND_MS = 5000;

let database: TestDatabase;
let redisServer: TestRedis;
let redis: Redis;
let store: Store;
let one: TestSite;
let two: TestSite;
beforeAll(async () => {
  [database, redisServer] = await Promise.all([
    startTestDatabase(import.meta.filename),
    startTestRedis(),
  ]);
  redis = new Redis(redisServer.url);
  store = await database.open("turns");
  one = await openSite("one.example", SITES["one.example"]);
  two = await openSite("two.example", SITES["two.example"]);
});
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([one?.close(), two?.close(), redisServer?.close(), database?.close()]);
});

/** A browser that shows each address as an article. */
function makeBrowser() {
  const open: BrowserPool["open"] = async () => ({
    async render({ url, start }) {
      (await start?.())?.();
      const decoded = Buffer.from(articlePage(`Rendered ${new URL(url).pathname}`));
      const now = new Date();
      const headers = { "content-type": "text/html" };
      const from = { url, status: 200, headers, requestHeaders: {}, location: null };
      const times = { startedAt: now, endedAt: now, ms: 1, address: SITES["one.example"] };
      const body = { wire: decoded, encoding: null, decoded, truncated: false };
      return { ...from, ...times, ...body };
    },
    worn: () => false,
    close: () => Promise.resolve(),
  });
  const nothing = { enter: () => Promise.resolve([]), inspect: () => Promise.resolve(null) };
  return createBrowserSessions({ open, ...nothing, close: () => Promise.resolve() }, 2);
}

/** A feed with an article, its copy, one that moved to another host, one that a script shows, and one that fails once. */
async function openWorkers(): Promise<void> {
  await resetStore(store);
  await redis.flushall();
  let requestCount = 0;
  const text = textOf("shared");
  Object.assign(one.pages, {
    "/feed": feedOf(
      ["/first", "/moved", "/fails", "/gone", "/app/shown/1"].map((path) => one.at(path)),
    ),
    "/first": articlePage("First", text),
    "/moved": moved(two.at("/second")),
    "/app/shown/1": `<!doctype html><html><head><title>Shown</title></head>
      <body><div id="root"></div><script src="/app.js"></script></body></html>`,
    "/fails": (_, response) => {
      if (requestCount++ === 0) response.writeHead(503).end("later");
      else response.setHeader("content-type", "text/html").end(articlePage("Fails once"));
    },
  } satisfies TestSite["pages"]);
  two.pages["/second"] = articlePage("Second");
  const source = makeSource("s1", {
    feeds: [one.at("/feed")],
    allowHosts: ["two.example"],
    render: "auto",
    nextDueAt: new Date(1000),
  });
  source.pace = { delay: 0, concurrency: 1 };
  await store.collections.sources.insertOne(source);
}

const openOne = (view: Store, name: string) =>
  openWorker({
    store: view,
    redisUrl: redisServer.url,
    parser: sharedParser(),
    sites: SITES,
    name,
  });

/** What schedule and queues do: opens the run, ticks, and takes the turns of each host that is due. */
async function goRound({ deps }: TestWorker): Promise<void> {
  for (const { _id, openRunId } of await dueSources(deps.store, deps.now(), 10)) {
    if (!openRunId) await crawl(deps, [{ sourceId: _id }]);
  }
  await tick(deps);
  for (const lane of ["http", "browser"] as const) {
    for (const { _id } of await dueHosts(deps.store, lane, deps.now(), 10))
      await takeAll(deps, lane, _id);
  }
}

async function takeAll(deps: TestWorker["deps"], lane: Lane, host: string): Promise<void> {
  for (let turns = 0; turns < 50; turns++) {
    const next = await takeTurn(deps, lane, { host, turn: 0 });
    if (next === "done") return;
    const wait = next.at.getTime() - deps.now().getTime();
    if (wait > 500) return;
    await sleep(wait);
  }
}

/** Goes on until the run is closed; the time on the worker's clock when nothing was overdue any more, ms from its start. */
async function finish(worker: TestWorker): Promise<number> {
  const began = Number(worker.deps.now());
  let latest = 0;
  for (let rounds = 0; rounds < 200; rounds++) {
    await goRound(worker);
    const [source] = await store.collections.sources.find().toArray();
    const turns = (await store.collections.hosts.find().toArray()).flatMap(({ nextTurnAt }) =>
      Object.keys(nextTurnAt),
    );
    // A run whose source was released before its worker ended is closed a minute later.
    const isOpen = (await store.collections.runs.countDocuments({ open: true })) > 0;
    if (source?.lastSuccessAt && !source.openRunId && !isOpen && turns.length === 0) return latest;
    worker.advance(ROUND_MS);
    const left = await store.collections.links.find({ state: "due" }).toArray();
    const overdue = left.filter(({ dueAt, doneAt }) => Number(dueAt) <= began && !doneAt);
    if (overdue.length > 0) latest = Number(worker.deps.now()) - began;
  }
  const left = await store.collections.links.find({ state: "due" }).toArray();
  throw new Error(`the run stays open: ${JSON.stringify(left)}`);
}

/** What is stored, without times and tries. */
async function outcome() {
  const { articles, links, revisions, aliases, runs, hosts, fingerprints } = store.collections;
  const sorted = <T extends { _id: unknown }>(all: T[]) =>
    all.toSorted((a, b) => (String(a._id) < String(b._id) ? -1 : 1));
  return {
    articles: sorted(await articles.find().toArray()).map(
      ({ _id, url, title, text, version, storyId, duplicateOf }) => ({
        _id,
        url,
        title,
        text,
        version,
        storyId,
        duplicateOf,
      }),
    ),
    links: sorted(await links.find().toArray()).map(
      ({ _id, foundUrl, state, lane, outcome: result, reason, articleId, claim, hops }) => ({
        _id,
        foundUrl,
        state,
        lane,
        result,
        reason,
        articleId,
        claim,
        hops,
      }),
    ),
    revisions: sorted(await revisions.find().toArray()).map(({ articleId, revision }) => ({
      articleId,
      revision,
    })),
    aliases: sorted(await aliases.find().toArray()).map(({ _id, articleId, kind }) => ({
      _id,
      articleId,
      kind,
    })),
    fingerprints: sorted(await fingerprints.find().toArray()).map(({ _id, cluster }) => ({
      _id,
      cluster,
    })),
    runs: (await runs.find().toArray()).map(({ open, counts }) => ({
      open,
      stored: counts.stored,
    })),
    hosts: sorted(await hosts.find().toArray()).map(({ _id, nextTurnAt }) => ({ _id, nextTurnAt })),
  };
}

/** Lets a process end at this write, and another one go on after Redis was flushed; what is stored then, and how late it was. */
async function run(at: number) {
  const stack = new ReleaseStack();
  await openWorkers();
  const view = endingAtWrite(store, at);
  try {
    const first = await openOne(view.store, `first-${at}`);
    stack.add("first", () => first.close());
    first.deps.browser = makeBrowser();
    // Of a process that is gone nobody hears what became of it.
    if (at === -1) await finish(first);
    else
      for (let round = 0; round < 4; round++) {
        await goRound(first).catch(() => {});
        first.advance(ROUND_MS);
      }
    const { links } = store.collections;
    if (at === -1)
      return {
        late: 0,
        stored: await outcome(),
        writes: view.writes(),
        links: await links.countDocuments(),
      };
    await redis.flushall();
    const next = await openOne(store, `next-${at}`);
    stack.add("next", () => next.close());
    next.deps.browser = makeBrowser();
    next.advance(4 * ROUND_MS);
    const late = await finish(next);
    return {
      late,
      stored: await outcome(),
      writes: view.writes(),
      links: await links.countDocuments(),
    };
  } finally {
    await stack.close(20_000);
  }
}

describe("a worker that ends in the midst of a turn", () => {
  let whole: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    whole = await run(-1);
  });

  test("it has many writes at which it may end, in both lanes and at two hosts", () => {
    expect(whole.stored.articles.map(({ url }) => new URL(url).pathname).toSorted()).toEqual([
      "/app/shown/1",
      "/fails",
      "/first",
      "/second",
    ]);
    expect(whole.stored.links.filter(({ lane }) => lane === "browser")).toHaveLength(1);
    expect(whole.stored.runs).toEqual([{ open: false, stored: 4 }]);
    expect(whole.stored.hosts.map(({ nextTurnAt }) => nextTurnAt)).toEqual([{}, {}]);
    expect(whole.writes).toBeGreaterThan(40);
  });

  test("whichever write it ends at, the next one stores the same, and tries each link again within a minute", async () => {
    const stride = isVerify ? 1 : 23;
    for (let at = 0; at < whole.writes; at += stride) {
      const killed = await run(at);
      expect([at, killed.stored]).toEqual([at, whole.stored]);
      expect([at, killed.late <= NEXT_ATTEMPT_MS]).toEqual([at, true]);
    }
  }, 3_600_000);
});
