import { LIMITS } from "../config/limits.ts";
import { sleep } from "../lib/time.ts";
import type { PendingChange } from "../model/article.ts";
import { articlesWithPending, clearPending } from "../store/articles.ts";
import { appendChanges, headSeq } from "../store/changes.ts";
import { countUp } from "../store/days.ts";
import type { Store } from "../store/store.ts";
import type { Deps } from "./deps.ts";

/** Articles moved in one go, and changes counted in one go. */
const BATCH = 200;
/** Pause of the sequencer when there is nothing to move, ms. */
const IDLE = 250;

/**
 * Moves the changes that wait on articles into the stream: append first, then take them off, so a
 * crash between leads to a repetition that the stream recognises. Answers how many were moved.
 */
export async function sequence(store: Store, now: Date): Promise<number> {
  const waiting = await articlesWithPending(store, now, BATCH);
  if (waiting.length === 0) return 0;
  const changes = waiting
    .flatMap(({ _id, pending }) =>
      inOrder(pending).map((change) => ({ articleId: _id, ...change })),
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  await appendChanges(store, await headSeq(store), changes);
  await clearPending(
    store,
    waiting.map(({ _id, pending }) => ({
      id: _id,
      version: Math.max(0, ...pending.map((change) => change.version)),
    })),
  );
  return changes.length;
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

/** Runs the sequencer until `signal` fires; errors are logged and tried again. */
export async function runSequencer({ store, log, now }: Deps, signal: AbortSignal): Promise<void> {
  // What an earlier process left uncounted.
  let behind = true;
  while (!signal.aborted) {
    try {
      const moved = await sequence(store, now());
      if (moved > 0 || behind) while ((await countUp(store)) > 0);
      behind = false;
      if (moved < BATCH) await sleep(IDLE, signal);
    } catch (error) {
      if (signal.aborted) return;
      behind = true;
      log.warn({ err: error }, "sequencer failed; trying again");
      await sleep(LIMITS.stallCheck, signal);
    }
  }
}
