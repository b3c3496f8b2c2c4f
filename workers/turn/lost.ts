import type { Logger } from "../../config/logger.ts";
import type { Link } from "../../model/crawl/link.ts";
import { claimsOf, type LostLink, markLost } from "../../store/crawl/link-claims.ts";
import { countEndedWorker, holdHarmful } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";

/** Workers that a source's pages may end before it is paused. */
const ENDED = 2;

/** The links that are to blame for the end of a worker: one that was alone in hand, or was in hand before when one ended. */
export function blamedFor<L extends Pick<Link, "losses">>(inHand: readonly L[]): L[] {
  if (inHand.length === 1) return [...inHand];
  return inHand.filter(({ losses }) => (losses?.all ?? 0) > 0);
}

/**
 * Counts the end of a worker process against the links that were in hand. Those that aren't to blame get their try
 * back. Where the worker ended by itself, or had to be replaced (`isFault`), a source whose pages ended two is paused.
 */
export async function countLost(
  { store, log, now }: { store: Store; log: Pick<Logger, "warn" | "error">; now(): Date },
  worker: string,
  { isFault }: { isFault: boolean },
): Promise<void> {
  const inHand = await claimsOf(store, worker, now());
  const uncounted = inHand.filter(({ claim }) => !claim?.lost);
  if (uncounted.length === 0) return;
  const blamed = new Set(blamedFor(inHand).map(({ _id }) => _id));
  await markLost(
    store,
    uncounted.map((link) => {
      const { all = 0, faults = 0 } = link.losses ?? {};
      const losses = { all: all + 1, faults: faults + Number(isFault) };
      const attempts = blamed.has(link._id) ? link.attempts : link.attempts - 1;
      return { ...link, losses, attempts };
    }),
  );
  const guilty = uncounted.filter(({ _id }) => blamed.has(_id));
  log.warn(
    { worker, links: uncounted.length, blamed: guilty.map(({ url }) => url) },
    "worker was lost with links in hand",
  );
  if (isFault) for (const link of guilty) await blameSource({ store, log, now }, link);
}

async function blameSource(
  { store, log, now }: Parameters<typeof countLost>[0],
  { sourceId, url, losses }: LostLink,
): Promise<void> {
  const at = now();
  // It was in hand at an earlier end too, for which nobody was blamed.
  const before = losses?.faults ?? 0;
  const count = Math.max(before + 1, await countEndedWorker(store, sourceId, at));
  if (count < ENDED) return;
  const reason = `its pages ended ${count} workers, the last time ${url}`;
  await holdHarmful(store, sourceId, { reason, by: "newsgather", at });
  log.error({ source: sourceId, url, count }, "source is paused: its pages end workers");
}
