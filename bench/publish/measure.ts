import { changesCursor } from "../../publish/cursor.ts";
import type { Store } from "../../store/store.ts";
import { publishArticles } from "../../test/helpers/articles.ts";
import { makePortal } from "../../test/helpers/portal.ts";
import { numbered } from "./fill.ts";

/** Server times of answers, ms. */
export interface Times {
  count: number;
  median: number;
  p99: number;
}

/** The pages that everybody asks for. */
const HEADS = ["/v1/changes?cursor=latest", "/feeds/all.json", "/feeds/all.atom", "/"];
/** A change comes this often while they are asked for, ms: it invalidates what is cached. */
const CHANGE_EVERY = 1000;

/** Server times of head pages for clients that ask at once, while articles keep coming. */
export async function headPages(
  store: Store,
  { clients, requests }: { clients: number; requests: number },
): Promise<({ path: string } & Times)[]> {
  const { app, times } = await portalOf(store);
  const ended = new AbortController();
  const writer = (async () => {
    for (let number = 1; !ended.signal.aborted; number++) {
      const sortAt = new Date();
      await publishArticles(store, "created", [{ ...numbered(0), _id: `new-${number}`, sortAt }]);
      await new Promise((resolve) => setTimeout(resolve, CHANGE_EVERY));
    }
  })();
  let left = requests;
  const client = async (own: number) => {
    for (let turn = own; left-- > 0; turn++) {
      const url = HEADS[turn % HEADS.length] ?? "/";
      await app.inject({ url, headers: { "accept-encoding": "gzip, br" } });
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, own) => client(own)));
  ended.abort();
  await writer;
  await app.close();
  return HEADS.map((path) => ({ path, ...timesOf(times.get(path) ?? []) }));
}

/** Pages of the stream that each store is asked for. */
const PAGES = 300;

/**
 * Server times of pages of the streams of two stores, each asked for once, by one client; by turns, so
 * that what else the machine does falls on both.
 */
export async function uncachedChanges(
  stores: readonly { store: Store; changes: number }[],
): Promise<Times[]> {
  const opened = await Promise.all(
    stores.map(async ({ store, changes }) => ({ ...(await portalOf(store)), changes })),
  );
  for (let turn = 0; turn < PAGES; turn++) {
    for (const { app, changes } of opened) {
      const seq = Math.floor((turn * (changes - 100)) / PAGES);
      await app.inject(`/v1/changes?limit=100&cursor=${changesCursor({ seq, epoch: 0 })}`);
    }
  }
  await Promise.all(opened.map(({ app }) => app.close()));
  return opened.map(({ times }) => timesOf([...times.values()].flat()));
}

/** A portal over a store, and the server time of each answer by address. */
async function portalOf(store: Store) {
  const app = await makePortal(store, { now: () => new Date() });
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
