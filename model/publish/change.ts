import type { PendingChange } from "../articles/article.ts";

/**
 * What readers no longer get of a change: the whole `item`, or the `teaser` and the image. Both
 * also withhold the reason for the revision.
 */
export type Withheld = Partial<Record<"item" | "teaser", true>>;

/** One entry of the change stream. `seq` counts 1, 2, 3, ... without a gap. */
export interface Change extends PendingChange {
  seq: number;
  articleId: string;
  /**
   * What readers no longer get of this change, because the article was later hidden or restricted.
   * Missing if readers still get everything.
   */
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

/**
 * Returns the number of the last change that an epoch shares with the current one: 0 for an unknown
 * epoch, Infinity for the current one.
 */
export function lastShared(epoch: number, restores: readonly Restore[]): number {
  const known = restores.findIndex((restore) => restore.epoch === epoch);
  // The epoch of another restore, which this store doesn't know.
  if (epoch !== 0 && known === -1) return 0;
  return Math.min(Number.POSITIVE_INFINITY, ...restores.slice(known + 1).map(({ seq }) => seq));
}
