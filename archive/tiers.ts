import type { Logger } from "../config/logger.ts";
import { chunksOf } from "../lib/async.ts";
import { MINUTE_MS } from "../lib/time.ts";
import type { Tier } from "../model/crawl/capture.ts";
import { sweepOrphans } from "../store/archive/bodies.ts";
import {
  bodiesToMove,
  countTiers,
  finishMoves,
  type Moved,
  moveBodies,
  noteMoves,
} from "../store/archive/body-moves.ts";
import type { Store } from "../store/store.ts";
import { TierUnreachable } from "../store/tiers/tier.ts";

/** Time limit for moving bodies in one pass, because other upkeep waits meanwhile. */
const MOVE_BUDGET_MS = 15_000;
const READ_BATCH_SIZE = 500;
const MOVE_BATCH_SIZE = 20;
/** Each sweep checks 1 of 256 prefixes of body ids, so checking all bodies takes about a day. */
const SWEEP_INTERVAL_MINUTES = 5;
const PREFIX_COUNT = 256;
const HOUR_MINUTES = 60;

/** A move of all bodies stored before `until` into `tier`, such as a folder or bucket. */
export interface Move {
  tier: Tier;
  until: Date;
}

/** Moves old bodies and yields totals; bodies in `failed` stay. Continues an interrupted run. */
export async function* moveOld(store: Store, { tier, until }: Move): AsyncGenerator<Moved> {
  const sum: Moved = { moved: 0, bytes: 0, failed: [] };
  for (;;) {
    // The database may still carry out the last writes of a killed process.
    while ((await finishMoves(store, READ_BATCH_SIZE)) === READ_BATCH_SIZE);
    const tried = new Set(sum.failed.map(({ id }) => id));
    const found = await bodiesToMove(store, tier, until, READ_BATCH_SIZE + tried.size);
    const places = found.filter(({ _id }) => !tried.has(_id));
    for (const piece of chunksOf(places, MOVE_BATCH_SIZE)) {
      const { moved, bytes, failed } = await moveBodies(store, piece, tier);
      await noteMoves(store, { moved, failed: failed.length });
      sum.moved += moved;
      sum.bytes += bytes;
      sum.failed.push(...failed);
      yield sum;
    }
    if (places.length === 0) return;
  }
}

export interface BodiesDeps {
  store: Store;
  log: Logger;
  now(): Date;
  /** Bodies older than `after` (ms) move to `tier`. */
  settings: { bodies: { tier: Tier; after: number } };
  /** `low` says why nothing more can be written; null if there is enough space. */
  diskSpace(): Promise<{ low: string | null }>;
  noteProgress(): void;
}

export interface BodyUpkeepReport {
  bodiesMoved: number;
  bodiesStuck: number;
  orphans: number;
}

export async function keepBodies(deps: BodiesDeps): Promise<BodyUpkeepReport> {
  const { store, now, log, noteProgress } = deps;
  const report: BodyUpkeepReport = { bodiesMoved: 0, bodiesStuck: 0, orphans: 0 };
  if (Object.keys(store.tiers).length === 0) return report;
  const minute = Math.floor(now().getTime() / MINUTE_MS);
  try {
    await moveFor(deps, report);
    if (minute % SWEEP_INTERVAL_MINUTES === 0) {
      const prefix = (Math.floor(minute / SWEEP_INTERVAL_MINUTES) % PREFIX_COUNT)
        .toString(16)
        .padStart(2, "0");
      report.orphans = await sweepOrphans(store, { prefix, now: now() }, noteProgress);
    }
    if (minute % HOUR_MINUTES === 0) await countTiers(store, noteProgress);
  } catch (err) {
    if (!(err instanceof TierUnreachable)) throw err;
    await noteMoves(store, { moved: 0, failed: 1 });
    log.warn({ err }, "bodies weren't moved, because their tier can't be reached");
  }
  noteProgress();
  return report;
}

async function moveFor(
  { store, now, settings, log, diskSpace, noteProgress }: BodiesDeps,
  report: BodyUpkeepReport,
): Promise<void> {
  const { tier, after } = settings.bodies;
  if (tier === "database" || (await diskSpace()).low !== null) return;
  const deadline = performance.now() + MOVE_BUDGET_MS;
  const until = new Date(now().getTime() - after);
  for await (const { moved, failed } of moveOld(store, { tier, until })) {
    report.bodiesMoved = moved;
    report.bodiesStuck = failed.length;
    noteProgress();
    if (performance.now() > deadline) break;
  }
  if (report.bodiesMoved > 0) log.info({ tier, moved: report.bodiesMoved }, "bodies moved");
  if (report.bodiesStuck > 0)
    log.error(
      { tier, stuck: report.bodiesStuck },
      "some bodies couldn't be moved and stay where they are; run `newsgather archive check` to see whether any are missing or damaged",
    );
}
