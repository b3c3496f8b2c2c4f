import type { OuterTier } from "../../model/crawl/capture.ts";

/** An entry of a tier. `id` is the digest of its bytes: 64 hex characters. */
export interface StoredBody {
  id: string;
  length: number;
  at: Date;
}

/**
 * Stores bytes by their SHA-256. Every method can be repeated and called concurrently. Each throws
 * `TierUnreachable` if the tier doesn't answer.
 */
export interface BodyStore {
  /** Stores all the bytes or none. Once the promise resolves, they are permanent. */
  put(id: string, bytes: Uint8Array): Promise<void>;
  /** Returns the bytes, which the caller checks against the digest; null if there are none. */
  get(id: string): Promise<Uint8Array | null>;
  remove(ids: readonly string[]): Promise<void>;
  /** Lists all entries whose digest begins with `prefix` (two hex characters, or empty for all). */
  list(prefix: string): AsyncIterable<StoredBody>;
}

/** The configured storage tiers for bodies, by name; without the database, which is a tier too. */
export type Tiers = Partial<Record<OuterTier, BodyStore>>;

/** Thrown if a tier doesn't answer or isn't configured. A later attempt can succeed. */
export class TierUnreachable extends Error {
  override name = "TierUnreachable";
}

export const BODY_CONCURRENCY = 8;

export const DIGEST_PATTERN = /^[0-9a-f]{64}$/;

/** Returns the path of a digest; two levels of folders keep every folder small. */
export function pathOf(id: string): string {
  return `${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`;
}
