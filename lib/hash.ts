import { createHash, hash } from "node:crypto";

/**
 * Returns the first 32 hex characters (128 bits) of a text's SHA-256, for ids and keys that are
 * derived from a text.
 */
export function shortHash(text: string): string {
  return hash("sha256", text).slice(0, 32);
}

/**
 * Returns the SHA-256 of bytes as 64 lower-case hex characters. It is the id of a stored body with
 * these bytes.
 */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Returns a number in [0, 1) that depends only on the id, for example to spread the fetch times of
 * sources.
 */
export function spread(id: string): number {
  return Number.parseInt(shortHash(id).slice(0, 8), 16) / 0x1_0000_0000;
}
