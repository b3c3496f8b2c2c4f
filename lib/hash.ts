import { createHash, hash } from "node:crypto";

/** Returns the first 32 hex characters (128 bits) of a text's SHA-256. */
export function shortHash(text: string): string {
  return hash("sha256", text).slice(0, 32);
}

/** Returns the SHA-256 as 64 lower-case hex characters, which is the id of a stored body. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Returns a number in [0, 1) that depends only on the id, to spread fetch times for example. */
export function spread(id: string): number {
  return Number.parseInt(shortHash(id).slice(0, 8), 16) / 0x1_0000_0000;
}
