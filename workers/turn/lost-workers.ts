import type { Logger } from "../../config/logger.ts";
import { claimsOf, type LostLink, markLost } from "../../store/crawl/links.ts";
import { countCrash, pauseSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";

const MAX_SUSPECT_WAIT_MS = 10_000;

/** The links that one process is working on. */
export interface LinksInProgress {
  /** The process's name, as in its claims of links. */
  readonly worker: string;
  add(token: string, url: string): void;
  remove(token: string): void;
  has(token: string): boolean;
  urls(): string[];
  /**
   * Asks to try a link that was in progress when a worker was lost. Returns a function to call
   * after the attempt; null while another such link is tried.
   */
  suspect(): (() => void) | null;
}

export function createLinksInProgress(
  worker: string,
  now: () => number = () => performance.now(),
): LinksInProgress {
  const urls = new Map<string, string>();
  let suspectUntil = 0;
  return {
    worker,
    add: (token, url) => void urls.set(token, url),
    remove: (token) => void urls.delete(token),
    has: (token) => urls.has(token),
    urls: () => [...new Set(urls.values())],
    suspect() {
      if (now() < suspectUntil) return null;
      const mine = now() + MAX_SUSPECT_WAIT_MS;
      suspectUntil = mine;
      return () => {
        if (suspectUntil === mine) suspectUntil = 0;
      };
    },
  };
}

const MIN_CRASHES_TO_PAUSE = 2;

/**
 * Counts the loss of a worker for each link that it was working on. If the worker failed or was
 * stuck (`isFault`), pauses a source whose pages have done this twice.
 */
export async function countLost(
  { store, log, now }: { store: Store; log: Pick<Logger, "warn" | "error">; now(): Date },
  worker: string,
  { isFault }: { isFault: boolean },
): Promise<void> {
  const inHand = await claimsOf(store, worker, now());
  const uncounted = inHand.filter(({ claim }) => !claim?.lost);
  if (uncounted.length === 0) return;
  const suspects = inHand.filter(({ losses }) => (losses?.all ?? 0) > 0);
  const blamed = new Set((inHand.length === 1 ? inHand : suspects).map(({ _id }) => _id));
  await markLost(
    store,
    uncounted.map((link) => {
      const { all = 0, faults = 0 } = link.losses ?? {};
      const losses = { all: all + 1, faults: faults + Number(isFault) };
      // For a link that can't be blamed, the interrupted attempt doesn't count.
      const attempts = blamed.has(link._id) ? link.attempts : link.attempts - 1;
      return { ...link, losses, attempts };
    }),
  );
  const guilty = uncounted.filter(({ _id }) => blamed.has(_id));
  log.warn(
    { worker, links: uncounted.length, blamed: guilty.map(({ url }) => url) },
    "a worker was lost while it processed links",
  );
  if (isFault) for (const link of guilty) await blameSource({ store, log, now }, link);
}

async function blameSource(
  { store, log, now }: Parameters<typeof countLost>[0],
  { sourceId, url, losses }: LostLink,
): Promise<void> {
  const at = now();
  // Includes earlier crashes while the link was in progress, for which no link was blamed.
  const before = losses?.faults ?? 0;
  const count = Math.max(before + 1, await countCrash(store, sourceId, at));
  if (count < MIN_CRASHES_TO_PAUSE) return;
  const reason = `its pages crashed workers ${count} times, most recently at ${url}`;
  await pauseSource(store, sourceId, { reason, actor: "newsgather", at, isHarmful: true });
  log.error({ source: sourceId, url, count }, "source is paused: its pages crash workers");
}
