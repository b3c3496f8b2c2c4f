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
import { ALL, countUp, getDay } from "../../store/publish/days.ts";
import type { Store } from "../../store/store.ts";

/** Articles moved in one go, and changes counted in one go. */
const BATCH = 200;
/** Pause of the sequencer when there is little to move, ms: half the time after which readers are notified. */
const IDLE = 500;
/** How far counters may lag behind the stream, ms; then they catch up in one go. */
const COUNTED = 1000;

/**
 * Moves the changes that wait on articles into the stream: append first, then take them off, so a
 * crash between leads to a repetition that the stream recognises. Returns how many were moved.
 */
export async function sequence(store: Store, now: Date): Promise<number> {
  return (await sequenceAfter({ store, timed: untimed }, now, null)).moved.length;
}

/** A change that has its place in the stream, since when it waited for it, and the trace that it belongs to. */
interface Moved {
  articleId: string;
  at: Date;
  traceId: string | undefined;
}

/** One step of the sequencer; `head` is where its last one ended, null when the stream must be asked. */
async function sequenceAfter(
  { store, timed }: { store: Store; timed: TimeStage },
  now: Date,
  head: number | null,
): Promise<{ moved: readonly Moved[]; head: number | null }> {
  const waiting = await articlesWithPending(store, now, BATCH);
  if (waiting.length === 0) return { moved: [], head };
  return timed("publish", () => putInStream(store, waiting, head));
}

/** Gives waiting changes their places in the stream. */
async function putInStream(
  store: Store,
  waiting: Awaited<ReturnType<typeof articlesWithPending>>,
  head: number | null,
): Promise<{ moved: readonly Moved[]; head: number | null }> {
  const changes = waiting
    .flatMap(({ _id, pending }) =>
      inOrder(pending).map((change) => ({ articleId: _id, ...change })),
    )
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const withheld = withheldBy(changes);
  // Before, so that no page of the new head shows them; after, since another sequencer may have put them there meanwhile.
  await withholdEarlier(store, withheld);
  const traces = new Map(waiting.map(({ _id, traceId }) => [_id, traceId]));
  const last = await appendChanges(store, head ?? (await headSeq(store)), changes);
  await withholdEarlier(store, withheld);
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

/** What these changes take from readers of earlier ones: articles that are no longer shown, and what is reserved now. */
function withheldBy(
  changes: readonly (PendingChange & { articleId: string })[],
): WithheldEarlier[] {
  return changes.flatMap(({ articleId, version, item, reserves }) => {
    const isHidden = item.status !== "published";
    if (version === 1 || !(isHidden || reserves)) return [];
    return { articleId, before: version, what: isHidden ? ("item" as const) : ("teaser" as const) };
  });
}

/** Changes of one article by version, with times that don't run backwards between two clocks. */
function inOrder(pending: PendingChange[]): PendingChange[] {
  let latest = 0;
  return pending
    .toSorted((a, b) => a.version - b.version)
    .map((change) => {
      latest = Math.max(latest, change.at.getTime());
      return { ...change, at: new Date(latest) };
    });
}

/** What the sequencer needs. */
export interface SequencerDeps {
  store: Store;
  log: Logger;
  trace: Tracer;
  now(): Date;
  meter: {
    stage: TimeStage;
    /** Notes the time between a change of an article and its place in the stream, s. */
    served(seconds: number): void;
  };
}

/** Runs the sequencer until `signal` fires; errors are logged and tried again. */
export async function runSequencer(
  { store, log, trace, now, meter }: SequencerDeps,
  signal: AbortSignal,
): Promise<void> {
  // What an earlier process left uncounted.
  let behind = true;
  let countedAt = 0;
  let head: number | null = null;
  let counted: number | null = null;
  while (!signal.aborted) {
    try {
      const step = await sequenceAfter({ store, timed: meter.stage }, now(), head);
      const { moved } = step;
      head = step.head;
      for (const change of moved) served({ trace, meter }, change, now());
      behind ||= moved.length > 0;
      if (behind && performance.now() - countedAt >= COUNTED) {
        counted = await countFrom(store, counted);
        behind = false;
        countedAt = performance.now();
      }
      if (moved.length < BATCH) await sleep(IDLE, signal);
    } catch (error) {
      if (signal.aborted) return;
      behind = true;
      counted = null;
      log.warn({ err: error }, "sequencer failed; trying again");
      await sleep(LIMITS.stallCheck, signal);
    }
  }
}

/** Brings the counters up to the stream, from where they are known to be; returns how far they are. */
async function countFrom(store: Store, known: number | null): Promise<number> {
  for (let at = known ?? (await getDay(store, ALL)).seq; ; ) {
    const more = await countUp(store, BATCH, at);
    at += more;
    if (more < BATCH) return at;
  }
}

function served(
  { trace, meter }: { trace: Tracer; meter: Pick<SequencerDeps["meter"], "served"> },
  { articleId, at, traceId }: Moved,
  now: Date,
): void {
  meter.served((now.getTime() - at.getTime()) / 1000);
  if (traceId) trace(traceId).note("change", { article: articleId }, { from: at, to: now });
}
