import { lapse } from "../../articles/editorial/retract.ts";
import { LIMITS } from "../../config/limits.ts";
import { traceIdOf } from "../../model/crawl/run.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { crawlQueue } from "../../queues/queues.ts";
import { learnBoilerplate } from "../../sources/baseline/boilerplate.ts";
import { runIdOf } from "../../sources/schedule/next-due.ts";
import { countDue } from "../../store/crawl/links.ts";
import { dueSources } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";
import { closeFinishedRuns } from "./close-runs.ts";
import { startRevisits } from "./revisits.ts";
import { enqueueTurns, wakeForgotten } from "./turns.ts";

/** Due sources that one tick takes; the rest comes with the next tick. */
const SOURCES_PER_TICK = 2000;

/** What a tick did, for the log and for whoever waits until nothing is due. */
export interface Tick {
  crawls: number;
  /** Articles that are looked at again. */
  revisits: number;
  turns: number;
  /** Lanes of hosts that had due links and no turn. */
  woken: number;
  closed: number;
  /** Articles whose embargo or time on the portal is over. */
  expired: number;
  /** Links that wait while the backlog is over its bound, else null. */
  backlog: number | null;
  /** Why nothing is fetched for now: the disk is nearly full. Else null. */
  low: string | null;
}

/**
 * The database decides: whatever is due there gets its job. Jobs that wait already are not doubled,
 * and jobs that Redis lost come back with the next tick.
 */
export async function tick(deps: Deps, bound: number = LIMITS.backlog): Promise<Tick> {
  const closed = await closeFinishedRuns(deps);
  await learnBoilerplate(deps);
  const backlog = await countDue(deps.store, deps.now(), bound);
  const full = backlog >= bound;
  const { low } = await deps.diskSpace();
  const crawls = full || low ? 0 : await enqueueCrawls(deps);
  const revisits = full || low ? 0 : await startRevisits(deps);
  const woken = low ? 0 : await wakeForgotten(deps);
  const turns = low ? 0 : await enqueueTurns(deps);
  const expired = await lapse(deps);
  if (low) deps.log.error({ why: low }, "nothing is fetched for now");
  if (full) deps.log.warn({ backlog }, "backlog is full; no new runs until it shrinks");
  return { crawls, revisits, woken, turns, closed, expired, backlog: full ? backlog : null, low };
}

async function enqueueCrawls(deps: Deps): Promise<number> {
  const { store, producer, now, settings } = deps;
  const { only } = settings;
  const due = (await dueSources(store, now(), SOURCES_PER_TICK)).filter(
    (source) => !source.openRunId && (!only || only.includes(source._id)),
  );
  await producer.add(
    crawlQueue,
    due.map((source) => ({ sourceId: source._id, trigger: "schedule" as const })),
  );
  for (const source of due) noteDue(deps, source);
  return due.length;
}

/** The first span of a run's trace: how long its source was due before a tick saw it. */
function noteDue({ trace, now }: Deps, source: SourceRecord): void {
  const runId = runIdOf(source);
  if (!runId || !source.nextDueAt) return;
  const times = { from: source.nextDueAt, to: now() };
  trace(traceIdOf(runId)).note("schedule", { source: source._id }, times);
}
