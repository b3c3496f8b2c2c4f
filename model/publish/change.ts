import type { PendingChange } from "../articles/article.ts";

/** What readers no longer get of a change: the whole item, or teaser, image and reason. */
export type Withheld = Partial<Record<"item" | "teaser", true>>;

/** One entry of the change stream. `seq` counts 1, 2, 3, ... without a gap. */
export interface Change extends PendingChange {
  seq: number;
  articleId: string;
  /** What readers no longer get, because the article was later hidden; missing if nothing. */
  withheld?: Withheld;
}

/** A restore of a backup. It began the epoch `epoch`, after the change with the number `seq`. */
export interface Restore {
  epoch: number;
  seq: number;
}

/** A position in the stream: directly after change number `seq` of an epoch. */
export interface StreamPosition {
  seq: number;
  epoch: number;
}

/** Returns the stream's current epoch, 0 without a restore. `restores` are oldest first. */
export function epochAfter(restores: readonly Restore[]): number {
  return restores.at(-1)?.epoch ?? 0;
}

export function epochOf(seq: number, restores: readonly Restore[]): number {
  return restores.findLast((restore) => restore.seq < seq)?.epoch ?? 0;
}

/** Returns the last change that an epoch shares with the current one; 0 if it is unknown. */
export function lastShared(epoch: number, restores: readonly Restore[]): number {
  const known = restores.findIndex((restore) => restore.epoch === epoch);
  // The epoch of another restore, which this store doesn't know.
  if (epoch !== 0 && known === -1) return 0;
  return Math.min(Number.POSITIVE_INFINITY, ...restores.slice(known + 1).map(({ seq }) => seq));
}
