import { randomBytes, timingSafeEqual } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import pLimit from "p-limit";
import { digest } from "../../lib/text.ts";

/** Returns the SHA-256 of a secret. Only this hash is stored. */
export function hashSecret(secret: string): string {
  return digest(Buffer.from(secret));
}

/** Returns 256 random bits as 43 characters. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Compares two strings, in constant time if they have the same length. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Creates a key. `text` is for the owner and isn't stored; `id` and `secretHash` are stored. */
export function makeKey(): { id: string; text: string; secretHash: string } {
  const id = randomBytes(4).toString("hex");
  const secret = makeSecret();
  return { id, text: `ng_${id}_${secret}`, secretHash: hashSecret(secret) };
}

export function readKey(text: string): { id: string; secret: string } | null {
  const [, id, secret] = /^ng_([0-9a-f]{8})_([\w-]{43})$/.exec(text) ?? [];
  return id && secret ? { id, secret } : null;
}

/** OWASP's Password Storage Cheat Sheet recommends these values (KiB, passes) for Argon2id. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2 };
/** Each password needs 19 MiB and a core for about 30 ms. */
const limit = pLimit(2);
const MAX_WAITING = 32;

/** NIST SP 800-63B requires a minimum length, but no character classes. */
export const PASSWORD_LENGTH = { min: 12, max: 200 };

/** Returns the hash of a password in PHC format. */
export function hashPassword(password: string): Promise<string> {
  return limit(() => hash(password, ARGON2));
}

/**
 * Returns whether a password matches; null if too many are being checked. A null hash takes the
 * same time.
 */
export async function verifyPassword(
  password: string,
  passwordHash: string | null,
): Promise<boolean | null> {
  if (limit.pendingCount >= MAX_WAITING) return null;
  // The time must not reveal which users exist.
  const against = passwordHash ?? (await (decoy ??= hashPassword("nobody's password")));
  const right = await limit(() => verify(against, password));
  return right && passwordHash !== null;
}

let decoy: Promise<string> | undefined;
