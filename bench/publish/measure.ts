import { changesCursor } from "../../articles/stream/cursor.ts";
import { LIMITS } from "../../config/limits.ts";
import { sleep } from "../../lib/time.ts";
import type { Store } from "../../store/store.ts";
import { publishArticles } from "../../test/helpers/articles.ts";
import { makePortal } from "../../test/helpers/portal.ts";
import { numbered } from "./fill.ts";

/** Number of responses, and their response times, ms. */
export interface Times {
  count: number;
  median: number;
  p99: number;
}

/** The pages that readers request most, called head pages. */
const HEAD_PATHS = [
  "/v1/changes?cursor=latest",
  "/feeds/all.json",
  "/feeds/all.atom",
  "/v1/articles?limit=20",
  "/",
];
const CHANGE_INTERVAL_MS = 1000;

/** Long enough that each change affects one in every few requests, not one in thousands. */
const REQUEST_INTERVAL_MS = 200;

/** For each page, so that the code is compiled, as in a long-running process. */
const WARM_UP_REQUESTS = 50;

/**
 * Measures the response times of head pages for concurrent clients while articles arrive. A
 * response time begins when the client should have sent its request, so that delays count, and ends
 * with the last byte.
 */
export async function headPages(
  store: Store,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<({ path: string } & Times)[]> {
  const { app } = await portalOf(store);
  const times = new Map(HEAD_PATHS.map((path): [string, number[]] => [path, []]));
  const ended = new AbortController();
  const writer = (async () => {
    for (let number = 1; !ended.signal.aborted; number++) {
      const sortAt = new Date();
      await publishArticles(store, "created", [{ ...numbered(0), _id: `new-${number}`, sortAt }]);
      await sleep(CHANGE_INTERVAL_MS, ended.signal);
    }
  })();
  const ask = async (url: string) => {
    const { statusCode } = await app.inject({ url, headers: { "accept-encoding": "gzip, br" } });
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  };
  for (let turn = 0; turn < WARM_UP_REQUESTS; turn++)
    for (const path of HEAD_PATHS) await ask(path);
  const begin = performance.now();
  const client = async (own: number) => {
    for (let turn = 0; turn < (seconds * 1000) / REQUEST_INTERVAL_MS; turn++) {
      const path = HEAD_PATHS[(own + turn) % HEAD_PATHS.length] ?? "/";
      const wanted = begin + (turn + own / clients) * REQUEST_INTERVAL_MS;
      await sleep(wanted - performance.now());
      await ask(path);
      times.get(path)?.push(performance.now() - wanted);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, own) => client(own)));
  ended.abort();
  await writer;
  await app.close();
  return [...times].map(([path, all]) => ({ path, ...timesOf(all) }));
}

const STREAM_PAGE_COUNT = 300;

/**
 * Measures how fast portals with different stores return pages of the stream. One client requests
 * each page once. The portals take turns, so that other processes on the machine affect all of them
 * equally.
 */
export async function uncachedChanges(
  stores: readonly { store: Store; changes: number }[],
): Promise<Times[]> {
  const opened = await Promise.all(
    stores.map(async ({ store, changes }) => ({ ...(await portalOf(store)), changes })),
  );
  for (let turn = 0; turn < STREAM_PAGE_COUNT; turn++) {
    for (const { app, changes } of opened) {
      const seq = Math.floor((turn * (changes - 100)) / STREAM_PAGE_COUNT);
      await app.inject(`/v1/changes?limit=100&cursor=${changesCursor({ seq, epoch: 0 })}`);
    }
  }
  await Promise.all(opened.map(({ app }) => app.close()));
  return opened.map(({ times }) => timesOf([...times.values()].flat()));
}

/** `times` has the server's response times by URL, ms. */
async function portalOf(store: Store) {
  const app = await makePortal(store, { now: () => new Date(), staleness: LIMITS.staleness });
  const times = new Map<string, number[]>();
  app.addHook("onResponse", async ({ url }, reply) => {
    const known = times.get(url);
    if (known) known.push(reply.elapsedTime);
    else times.set(url, [reply.elapsedTime]);
  });
  return { app, times };
}

function timesOf(all: readonly number[]): Times {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { count: sorted.length, median: at(0.5), p99: at(0.99) };
}
