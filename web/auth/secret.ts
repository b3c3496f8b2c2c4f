import { randomBytes, timingSafeEqual } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import pLimit from "p-limit";
import { digest } from "../../lib/hash.ts";

/** Returns the SHA-256 of a secret, as the store has it. */
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

/** Argon2id (the library's default) with the parameters that OWASP's Password Storage Cheat Sheet names: 19 MiB, 2 passes. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2 };
/** Hashes at once, and those that may wait: each takes 19 MiB and a core for some 30 ms. */
const limit = pLimit(2);
const MAX_WAITING = 32;

/** Shortest and longest password, in characters (NIST SP 800-63B: length, no rules of composition). */
export const PASSWORD_LENGTH = { min: 12, max: 200 };

/** The hash of a password, in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return limit(() => hash(password, ARGON2));
}

/**
 * Whether a password is the one that was hashed; without a hash the same work is done, so that the
 * time doesn't tell who is known. Null when too many are being looked at.
 */
export async function verifyPassword(
  password: string,
  passwordHash: string | null,
): Promise<boolean | null> {
  if (limit.pendingCount >= MAX_WAITING) return null;
  const against = passwordHash ?? (await (decoy ??= hashPassword("nobody's password")));
  const right = await limit(() => verify(against, password));
  return right && passwordHash !== null;
}

let decoy: Promise<string> | undefined;
