import { LIMITS } from "../../config/limits.ts";
import type { Logger } from "../../config/logger.ts";
import { type TimeStage, type Tracer, untimed } from "../../config/telemetry.ts";
import { sleep } from "../../lib/time.ts";
import type { PendingChange } from "../../model/articles/article.ts";
import { articlesWithPending, clearPending } from "../../store/articles/articles.ts";
import {
  appendChanges,
  headSeq,
  type WithheldEarlier,
  withholdEarlier,
} from "../../store/publish/changes.ts";
import { ALL_DAYS, countUp, getDay } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";

const BATCH_SIZE = 200;
const IDLE_DELAY_MS = 500;
const COUNTER_UPDATE_INTERVAL_MS = 1000;

/**
 * Moves the pending changes of up to `BATCH_SIZE` articles into the stream. Returns the number of
 * changes.
 */
export async function sequence(store: Store, now: Date): Promise<number> {
  return (await sequenceAfter({ store, timed: untimed }, now, null)).moved.length;
}

async function sequenceAfter(
  { store, timed }: { store: Store; timed: TimeStage },
  now: Date,
  head: number | null,
) {
  const waiting = await articlesWithPending(store, now, BATCH_SIZE);
  if (waiting.length === 0) return { moved: [], head };
  return timed("publish", () => putInStream(store, waiting, head));
}

async function putInStream(
  store: Store,
  waiting: Awaited<ReturnType<typeof articlesWithPending>>,
  head: number | null,
) {
  const changes = waiting
    .flatMap(({ _id, pending }) =>
      inOrder(pending).map((change) => ({ articleId: _id, ...change })),
    )
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const withheld = earlierContentToWithhold(changes);
  // Withhold earlier items before appending, so that no reader of the new head sees them, and again
  // afterwards, because another sequencer can have appended some meanwhile.
  await withholdEarlier(store, withheld);
  const traces = new Map(waiting.map(({ _id, traceId }) => [_id, traceId]));
  const last = await appendChanges(store, head ?? (await headSeq(store)), changes);
  await withholdEarlier(store, withheld);
  // Comes last: after a crash, the stream recognises the duplicates.
  await clearPending(
    store,
    waiting.map(({ _id, version, pending }) => ({
      id: _id,
      version: pending.length > 0 ? Math.max(...pending.map((change) => change.version)) : version,
    })),
  );
  const moved = changes.map(({ articleId, at }) => {
    return { articleId, at, traceId: traces.get(articleId) };
  });
  return { moved, head: last };
}

function earlierContentToWithhold(
  changes: readonly (PendingChange & { articleId: string })[],
): WithheldEarlier[] {
  return changes.flatMap(({ articleId, version, item, reserves }) => {
    const isHidden = item.status !== "published";
    if (version === 1 || !(isHidden || reserves)) return [];
    return { articleId, before: version, what: isHidden ? ("item" as const) : ("teaser" as const) };
  });
}

function inOrder(pending: PendingChange[]): PendingChange[] {
  let latest = 0;
  return pending
    .toSorted((a, b) => a.version - b.version)
    .map((change) => {
      // The clocks of two processes can differ.
      latest = Math.max(latest, change.at.getTime());
      return { ...change, at: new Date(latest) };
    });
}

export interface SequencerDeps {
  store: Store;
  log: Logger;
  trace: Tracer;
  now(): Date;
  meter: {
    stage: TimeStage;
    /** Records the time from a change of an article until the change is in the stream, s. */
    served(seconds: number): void;
  };
}

/** Runs the sequencer until `signal` aborts. Logs errors and tries again. */
export async function runSequencer(
  { store, log, trace, now, meter }: SequencerDeps,
  signal: AbortSignal,
): Promise<void> {
  // An earlier process can have left changes uncounted.
  let behind = true;
  let countedAt = 0;
  let head: number | null = null;
  let counted: number | null = null;
  while (!signal.aborted) {
    try {
      const step = await sequenceAfter({ store, timed: meter.stage }, now(), head);
      const { moved } = step;
      head = step.head;
      for (const { articleId, at, traceId } of moved) {
        const to = now();
        meter.served((to.getTime() - at.getTime()) / 1000);
        if (traceId) trace(traceId).note("change", { article: articleId }, { from: at, to });
      }
      behind ||= moved.length > 0;
      if (behind && performance.now() - countedAt >= COUNTER_UPDATE_INTERVAL_MS) {
        counted = await countFrom(store, counted);
        behind = false;
        countedAt = performance.now();
      }
      if (moved.length < BATCH_SIZE) await sleep(IDLE_DELAY_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      behind = true;
      counted = null;
      log.warn({ err: error }, "sequencer failed; trying again");
      await sleep(LIMITS.stallCheck, signal);
    }
  }
}

async function countFrom(store: Store, known: number | null): Promise<number> {
  for (let at = known ?? (await getDay(store, ALL_DAYS)).seq; ; ) {
    const more = await countUp(store, BATCH_SIZE, at);
    at += more;
    if (more < BATCH_SIZE) return at;
  }
}
