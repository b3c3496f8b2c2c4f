import { createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { jsonOf } from "../../lib/text.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/time.ts";
import { writeFileAtomically } from "../../lib/write-file.ts";
import type { SigningKey } from "./sign.ts";

const BASE64URL_OF_32_BYTES = /^[\w-]{43}$/;
const KEY = z.strictObject({
  /** This is the JWK thumbprint of the key (RFC 8037, appendix A.3). */
  id: z.string().regex(BASE64URL_OF_32_BYTES),
  x: z.string().regex(BASE64URL_OF_32_BYTES),
  d: z.string().regex(BASE64URL_OF_32_BYTES),
  createdAt: z.coerce.date(),
  signsFrom: z.coerce.date(),
  signsUntil: z.coerce.date(),
  publishedUntil: z.coerce.date(),
});
const FILE = z.strictObject({ keys: z.array(KEY) });

/** An Ed25519 key as stored in the file. `x` is the public key, `d` the private key. */
export type StoredSigningKey = z.infer<typeof KEY>;

export const KEY_LIFETIME_MS = 180 * DAY_MS;
/**
 * In a rotation, how long the directory lists the new key before that key signs, and the old key
 * after it has stopped to sign: twice the directory's cache lifetime.
 */
export const ROTATION_OVERLAP_MS = 2 * DAY_MS;
export const DIRECTORY_MAX_AGE_S = 24 * 3600;

/** Returns an empty list if the file doesn't exist. Throws if it can't be read or isn't valid. */
export function readSigningKeys(file: string): StoredSigningKey[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const json = jsonOf(text);
  if (json === null)
    throw new Error(
      `${file} isn't JSON. Restore the file from a backup, or remove it and run \`newsgather signing-keys create\`.`,
    );
  const { data, error } = FILE.safeParse(json);
  if (data) return data.keys;
  const [issue] = error.issues;
  throw new Error(`${file}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Replaces the file atomically. Only its owner can read the new file. */
export function writeSigningKeys(file: string, keys: readonly StoredSigningKey[]): Promise<void> {
  return writeFileAtomically(file, `${JSON.stringify({ keys }, null, 2)}\n`);
}

export function createSigningKey(now: Date, signsFrom = now): StoredSigningKey {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  if (!x || !d) throw new Error("this build of Node.js can't export an Ed25519 key");
  const id = thumbprintOf(x);
  // On a command line, an id that starts with `-` looks like an option.
  if (id.startsWith("-")) return createSigningKey(now, signsFrom);
  const signsUntil = new Date(signsFrom.getTime() + KEY_LIFETIME_MS);
  return {
    id,
    x,
    d,
    createdAt: now,
    signsFrom,
    signsUntil,
    publishedUntil: new Date(signsUntil.getTime() + ROTATION_OVERLAP_MS),
  };
}

/** Returns the thumbprint of an Ed25519 key (RFC 7638; RFC 8037, appendix A.3), in base64url. */
export function thumbprintOf(x: string): string {
  const members = `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`;
  return createHash("sha256").update(members).digest("base64url");
}

/**
 * Returns the keys after a rotation, the new key last. The new key signs after
 * `ROTATION_OVERLAP_MS`, or at once if no other key can sign.
 */
export function rotateSigningKeys(
  keys: readonly StoredSigningKey[],
  now: Date,
): StoredSigningKey[] {
  const overlap = signingKeyAt(keys, now) ? ROTATION_OVERLAP_MS : 0;
  const signsFrom = new Date(now.getTime() + overlap);
  const remaining = publishedKeysAt(keys, now)
    // Keys that would start to sign with the new key or later aren't needed.
    .filter((key) => key.signsFrom < signsFrom)
    .map((key) => {
      const signsUntil = earlier(key.signsUntil, signsFrom);
      const publishedUntil = new Date(signsUntil.getTime() + ROTATION_OVERLAP_MS);
      return { ...key, signsUntil, publishedUntil: earlier(key.publishedUntil, publishedUntil) };
    });
  return [...remaining, createSigningKey(now, signsFrom)];
}

export function revokeSigningKeys(
  keys: readonly StoredSigningKey[],
  ids: readonly string[],
  now: Date,
): StoredSigningKey[] {
  const left = keys.filter(({ id }) => !ids.includes(id));
  return signingKeyAt(left, now) ? left : [...left, createSigningKey(now)];
}

export function signingKeyAt(
  keys: readonly StoredSigningKey[],
  now: Date,
): StoredSigningKey | null {
  const able = keys.filter(({ signsFrom, signsUntil }) => signsFrom <= now && now < signsUntil);
  return able.reduce<StoredSigningKey | null>(
    (latest, key) => (latest && latest.signsFrom >= key.signsFrom ? latest : key),
    null,
  );
}

export function publishedKeysAt(keys: readonly StoredSigningKey[], now: Date): StoredSigningKey[] {
  return keys.filter(({ publishedUntil }) => now < publishedUntil);
}

const EXPIRY_WARNING_MS = 14 * DAY_MS;

/** Returns the problem with the keys and the command that solves it (`next`), or null. */
export function problemOfKeys(
  keys: readonly StoredSigningKey[],
  now: Date,
): { problem: string; next: string; isSigning: boolean } | null {
  if (keys.length === 0) {
    const next = "newsgather signing-keys create";
    return { problem: "requests are not signed: there is no key", next, isSigning: false };
  }
  const next = "newsgather signing-keys rotate";
  const last = keys.reduce((a, b) => (a.signsUntil >= b.signsUntil ? a : b));
  const day = last.signsUntil.toISOString().slice(0, 10);
  if (!signingKeyAt(keys, now)) {
    const problem = `requests are not signed: the last key expired on ${day}`;
    return { problem, next, isSigning: false };
  }
  if (last.signsUntil.getTime() - now.getTime() > EXPIRY_WARNING_MS) return null;
  return { problem: `the last signing key expires on ${day}`, next, isSigning: true };
}

/** Returns the body of the key directory: a JSON Web Key Set with the public halves of `keys`. */
export function directoryOf(keys: readonly StoredSigningKey[]): string {
  return JSON.stringify({
    keys: keys.map(({ id, x, signsFrom, publishedUntil }) => ({
      kty: "OKP",
      crv: "Ed25519",
      kid: id,
      x,
      use: "sig",
      nbf: Math.floor(signsFrom.getTime() / 1000),
      exp: Math.floor(publishedUntil.getTime() / 1000),
    })),
  });
}

export function openSigningKey({ id, x, d }: StoredSigningKey): SigningKey {
  const jwk = { kty: "OKP", crv: "Ed25519", x, d };
  return { id, privateKey: createPrivateKey({ key: jwk, format: "jwk" }) };
}

const REREAD_AFTER_MS = MINUTE_MS;

/**
 * Returns a function that returns the current signing key. Changes of `file` take effect within a
 * minute. An unreadable `file` is ignored.
 */
export function followSigningKeys(
  file: string,
  options: { now: () => Date; onError: (error: unknown) => void },
): () => SigningKey | null {
  let readAt = Number.NEGATIVE_INFINITY;
  let keys: StoredSigningKey[] = [];
  let open: SigningKey | null = null;
  return () => {
    const now = options.now();
    if (now.getTime() - readAt >= REREAD_AFTER_MS || now.getTime() < readAt) {
      readAt = now.getTime();
      try {
        keys = readSigningKeys(file);
      } catch (error) {
        options.onError(error);
      }
    }
    const key = signingKeyAt(keys, now);
    if (key?.id !== open?.id) open = key && openSigningKey(key);
    return open;
  };
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
