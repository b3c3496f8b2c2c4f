import type { OuterTier } from "../../model/crawl/capture.ts";

/** The contents of a tier: bytes by their digest (64 hex characters), their number, and their time. */
export interface StoredBody {
  id: string;
  length: number;
  at: Date;
}

/**
 * A place that keeps bytes by their SHA-256. Every verb may be done again, and by several at once. A place that
 * can't be asked is a `TierUnreachable`.
 */
export interface BodyStore {
  /** Keeps bytes, whole or not at all; they are on its disk when it answers. */
  put(id: string, bytes: Uint8Array): Promise<void>;
  /** The bytes as they lie there, which the caller holds against the digest; null when there are none. */
  get(id: string): Promise<Uint8Array | null>;
  has(id: string): Promise<boolean>;
  /** Removes bytes; those that aren't there are no error. */
  remove(ids: readonly string[]): Promise<void>;
  /** Lists everything whose digest begins with `prefix` (two hex characters, or none for all). */
  list(prefix: string): AsyncIterable<StoredBody>;
}

/** The tiers beside the database that are set up here. */
export type Tiers = Partial<Record<OuterTier, BodyStore>>;

/** A tier that can't be asked now, or isn't set up: trying later may help. */
export class TierUnreachable extends Error {
  override name = "TierUnreachable";
}

/** Number of bodies that are read, written or removed at once. */
export const AT_ONCE = 8;

/** A digest. */
export const ID = /^[0-9a-f]{64}$/;

/** Where the bytes of a digest lie: two levels of folders, so that none gets long. */
export function pathOf(id: string): string {
  return `${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`;
}
