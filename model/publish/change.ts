import type { ChangeKind } from "../articles/article.ts";
import type { Item, Visible } from "../articles/item.ts";
import type { PublicRevision } from "../articles/revision.ts";

/** The parts of a change that readers no longer get. */
export type Withheld = Partial<Record<"item" | "teaser", true>>;

/** One entry of the change stream. `seq` counts 1, 2, 3, ... without a gap. */
export interface Change {
  seq: number;
  articleId: string;
  version: number;
  kind: ChangeKind;
  /** What consumers filter by, before this change; null when the article was new. */
  before: Visible | null;
  item: Item;
  /** The revision that it brings; missing when the text is as it was. */
  revision?: PublicRevision;
  reserves?: true;
  /** What readers no longer get of it: a later version withdrew it (`item`), or reserves something (`teaser`). */
  withheld?: Withheld;
  at: Date;
}

/** A restored backup: the epoch of the stream that it began, and the last change before it. */
export interface Restore {
  epoch: number;
  seq: number;
}

/** A place in the stream: after change number `seq`, as a reader knew it in an epoch. */
export interface StreamPosition {
  seq: number;
  epoch: number;
}

/** The epoch that a stream is in after these restores, oldest first; 0 without any. */
export function epochAfter(restores: readonly Restore[]): number {
  return restores.at(-1)?.epoch ?? 0;
}

/** The epoch in which a change was written. */
export function epochOf(seq: number, restores: readonly Restore[]): number {
  return restores.findLast((restore) => restore.seq < seq)?.epoch ?? 0;
}

/** The last change up to which the stream of an earlier epoch equals the current one. */
export function lastShared(epoch: number, restores: readonly Restore[]): number {
  const known = restores.findIndex((restore) => restore.epoch === epoch);
  // The stream of another restore, of which this store knows nothing.
  if (epoch !== 0 && known === -1) return 0;
  return Math.min(Number.POSITIVE_INFINITY, ...restores.slice(known + 1).map(({ seq }) => seq));
}
