import { hash, verify } from "@node-rs/argon2";
import pLimit from "p-limit";

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
