import type { SourceRecord } from "../model/source.ts";
import type { Store } from "./store.ts";

/** A source, as it was read, that a run wants to have. */
export interface Taking {
  source: Pick<SourceRecord, "_id" | "nextDueAt">;
  run: { runId: string; nextDueAt: Date; now: Date };
}

/** Takes sources for runs, but for those that another run has, or had since they were read. */
export async function takeSources(store: Store, takings: readonly Taking[]): Promise<void> {
  if (takings.length === 0) return;
  await store.collections.sources.bulkWrite(
    takings.map(({ source: { _id, nextDueAt }, run }) => ({
      updateOne: {
        filter: { _id, openRunId: null, nextDueAt },
        update: {
          $set: {
            openRunId: run.runId,
            nextDueAt: run.nextDueAt,
            lastAttemptAt: run.now,
            held: null,
            asked: null,
            pollDueAt: null,
          },
        },
      },
    })),
    { ordered: false },
  );
}

/** What a run taught of its source. */
export type Learnt = Partial<
  Pick<
    SourceRecord,
    | "nextDueAt"
    | "pollDueAt"
    | "lastSuccessAt"
    | "lastNewArticleAt"
    | "arrivals"
    | "silentAt"
    | "flood"
    | "drift"
    | "moved"
    | "failures"
    | "lastProblem"
    | "verified"
  >
>;

/** Gives sources back after their runs, with what these taught. */
export async function releaseSources(
  store: Store,
  released: readonly { sourceId: string; runId: string; learnt: Learnt }[],
): Promise<void> {
  if (released.length === 0) return;
  await store.collections.sources.bulkWrite(
    released.map(({ sourceId, runId, learnt }) => ({
      updateOne: {
        filter: { _id: sourceId, openRunId: runId },
        update: { $set: { ...learnt, openRunId: null } },
      },
    })),
    { ordered: false },
  );
}

/** Leaves a run out that was due at `dueAt`; false when the source was changed since. */
export async function skipMissed(
  store: Store,
  { _id, dueAt, nextDueAt }: { _id: string; dueAt: Date; nextDueAt: Date },
): Promise<boolean> {
  const done = await store.collections.sources.updateOne(
    { _id, openRunId: null, nextDueAt: dueAt },
    { $set: { nextDueAt, missedAt: dueAt } },
  );
  return done.matchedCount > 0;
}
