import type { Logger } from "../../config/logger.ts";
import { claimsOf, type LostLink, markLost } from "../../store/crawl/links.ts";
import { countCrash, pauseSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";

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
