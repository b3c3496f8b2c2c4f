import { keepBodies } from "../../archive/tiers.ts";
import { finishIntents } from "../../articles/editorial/correct.ts";
import { eraseAgain } from "../../articles/erasure/blank.ts";
import { repairStaleStories } from "../../articles/stories/repair.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/time.ts";
import { checkCoverage } from "../../sources/coverage/check.ts";
import {
  allSourceIds,
  purgeArticles,
  removeBodies,
  removeChanges,
  removeOldCaptures,
  removeRuns,
} from "../../store/archive/retention.ts";
import { releaseClaims } from "../../store/crawl/links.ts";
import { areOpen } from "../../store/crawl/runs.ts";
import { countSourceDays } from "../../store/sources/source-days.ts";
import { getSources, nextFor, rescheduleSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { TierUnreachable } from "../../store/tiers/tier.ts";
import type { Deps } from "../deps.ts";

/**
 * Usually, the next job with the same `turn` number takes over a lost worker's claim sooner. That
 * number can be out of use, for example after `concurrency` was lowered.
 */
const MAX_CLAIM_AGE_MS = 10 * 60_000;

/** Repairs stored data and removes expired data; runs once a minute. Returns counts of both. */
export async function maintain(deps: Deps) {
  const { store, now, log, noteProgress } = deps;
  const released = await releaseClaims(store, new Date(now().getTime() - MAX_CLAIM_AGE_MS));
  if (released > 0)
    log.warn({ released }, "released links that were claimed more than ten minutes ago");
  const erased = await eraseAgain(store, now());
  if (erased > 0)
    log.warn({ erased }, "removed captures that were stored while their page was being erased");
  noteProgress();
  const finished = await finishIntents(store, now);
  if (finished > 0) log.warn({ finished }, "finished writes of processes that ended");
  noteProgress();
  const moved = await repairStaleStories(store, now);
  if (moved > 0) log.info({ moved }, "moved articles to their stories");
  noteProgress();
  const ids = inTurn(await allSourceIds(store), now());
  const retained = await retain(deps, ids);
  const bodies = await keepBodies(deps);
  await freeSources(deps, ids);
  for (const id of ids) {
    await countSourceDays(store, id, now());
    noteProgress();
  }
  const backfilled = await checkCoverage(deps);
  return { released, erased, moved, backfilled, ...retained, ...bodies };
}

async function freeSources({ store, now, log }: Deps, ids: readonly string[]): Promise<void> {
  const sources = [...(await getSources(store, [...ids])).values()];
  const runIds = sources.flatMap(({ openRunId }) => openRunId ?? []);
  const open = await areOpen(store, runIds);
  // After a restore, a source can be marked as running although its run is closed.
  const stranded = sources.filter(({ openRunId, nextDueAt }) =>
    openRunId === null ? nextDueAt === null : !open.get(openRunId),
  );
  for (const source of stranded) {
    const due = nextFor(source, now());
    if (source.openRunId === null && due === null) continue;
    if (await rescheduleSource(store, source, { nextDueAt: due, openRunId: null }))
      log.warn({ source: source._id, due }, "freed a source that no run would have fetched again");
  }
}

const ROUND_MINUTES = 60;
const MAX_REMOVED_ITEMS = 1000;
const MAX_PURGED_ARTICLES = 200;

async function retain(
  { store, now, settings, log, noteProgress }: Deps,
  sourceIds: readonly string[],
) {
  const { raw, articles, runs, changes } = settings.keep;
  const at = now();
  const before = (ageMs: number) => new Date(at.getTime() - ageMs);
  const removed = { captures: 0, bodies: 0, articles: 0, runs: 0, changes: 0 };
  for (const id of sourceIds) {
    if (raw !== null)
      removed.captures += await removeOldCaptures(store, id, before(raw), MAX_REMOVED_ITEMS);
    if (runs !== null) removed.runs += await removeRuns(store, id, before(runs), MAX_REMOVED_ITEMS);
    noteProgress();
  }
  // Bodies are removed a day later than the captures that name them.
  if (raw !== null) removed.bodies = await oldBodies(store, before(raw + DAY_MS), log);
  noteProgress();
  if (changes !== null)
    removed.changes = await removeChanges(store, before(changes), MAX_REMOVED_ITEMS);
  noteProgress();
  if (articles !== null) {
    const limits = { limit: MAX_PURGED_ARTICLES, at };
    removed.articles = await purgeArticles(store, before(articles), limits);
    noteProgress();
  }
  if (Object.values(removed).some((count) => count > 0))
    log.info({ ...removed }, "removed data past its retention time");
  return removed;
}

async function oldBodies(store: Store, until: Date, log: Deps["log"]): Promise<number> {
  try {
    return await removeBodies(store, until, MAX_REMOVED_ITEMS);
  } catch (err) {
    if (!(err instanceof TierUnreachable)) throw err;
    log.warn({ err }, "old bodies weren't removed, because their tier can't be reached");
    return 0;
  }
}

/** Returns the ids of the sources that have their turn in this minute of the hour. */
export function inTurn(ids: string[], now: Date): string[] {
  const minute = Math.floor(now.getTime() / MINUTE_MS) % ROUND_MINUTES;
  return ids.filter((_, index) => index % ROUND_MINUTES === minute);
}
