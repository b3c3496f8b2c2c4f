import type { ChangeKind } from "../articles/article.ts";
import type { Item, Visible } from "../articles/item.ts";
import type { PublicRevision } from "../articles/revision.ts";

/** The parts of a change that readers no longer get: the whole item, or only its teaser. */
export type Withheld = Partial<Record<"item" | "teaser", true>>;

/** One entry of the change stream. `seq` counts 1, 2, 3, ... without a gap. */
export interface Change {
  seq: number;
  articleId: string;
  version: number;
  kind: ChangeKind;
  /**
   * The fields for filters and statistics, as they were before this change; null if the article was
   * new.
   */
  before: Visible | null;
  item: Item;
  /** The revision that the change adds; missing if it adds none. */
  revision?: PublicRevision;
  /** Set if the publisher reserves something that it did not reserve for the previous version. */
  reserves?: true;
  /**
   * Set if a later version withdrew the article (`item`) or the publisher has since reserved something (`teaser`);
   * missing if readers get everything.
   */
  withheld?: Withheld;
  at: Date;
}

/** A restore of a backup: the epoch that began with it, and the number of the last change before it. */
export interface Restore {
  epoch: number;
  seq: number;
}

/** A position in the stream: directly after change number `seq` of an epoch. */
export interface StreamPosition {
  seq: number;
  epoch: number;
}

/** Returns the current epoch of the stream; 0 if there was no restore. `restores` are ordered, oldest first. */
export function epochAfter(restores: readonly Restore[]): number {
  return restores.at(-1)?.epoch ?? 0;
}

/** Returns the epoch in which a change was written. */
export function epochOf(seq: number, restores: readonly Restore[]): number {
  return restores.findLast((restore) => restore.seq < seq)?.epoch ?? 0;
}

/**
 * Returns the number of the last change that an epoch shares with the current epoch: 0 for an
 * unknown epoch, Infinity for the current one.
 */
export function lastShared(epoch: number, restores: readonly Restore[]): number {
  const known = restores.findIndex((restore) => restore.epoch === epoch);
  // The epoch of another restore, which this store doesn't know.
  if (epoch !== 0 && known === -1) return 0;
  return Math.min(Number.POSITIVE_INFINITY, ...restores.slice(known + 1).map(({ seq }) => seq));
}
