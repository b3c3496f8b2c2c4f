import { randomBytes, timingSafeEqual } from "node:crypto";
import { digest } from "../../lib/hash.ts";

/** SHA-256 of a secret, as the store keeps it. */
export function hashSecret(secret: string): string {
  return digest(Buffer.from(secret));
}

/** 256 random bits in 43 characters. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether two texts are the same, in a time that doesn't tell how much of them is. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A new key: what its owner gets to see once, and the two halves that the store knows it by. */
export function makeKey(): { id: string; text: string; secretHash: string } {
  const id = randomBytes(4).toString("hex");
  const secret = makeSecret();
  return { id, text: `ng_${id}_${secret}`, secretHash: hashSecret(secret) };
}

/** The halves of a key as its owner shows it; null when it isn't one. */
export function readKey(text: string): { id: string; secret: string } | null {
  const [, id, secret] = /^ng_([0-9a-f]{8})_([\w-]{43})$/.exec(text) ?? [];
  return id && secret ? { id, secret } : null;
}
