import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import type { Redis } from "ioredis";
import { HOUR_MS } from "../../lib/time.ts";

/** No login takes this long: a process that still has the lock must have crashed. */
const LOGIN_LOCK_TTL_MS = 120_000;

/** Encrypted login sessions by source id, and the lock for logging in. */
export interface LoginSessions {
  read(id: string): Promise<string | null>;
  write(id: string, sealed: string, ms: number): Promise<void>;
  drop(id: string): Promise<void>;
  /**
   * Takes a source's login lock. Returns `busy` if the lock is already taken, and `too-many` if the
   * source has had `most` logins within an hour.
   */
  begin(id: string, most: number): Promise<"ok" | "busy" | "too-many">;
  end(id: string): Promise<void>;
  /** For an hour, stores why a login was refused (encrypted), so that the login isn't repeated. */
  refuse(id: string, sealed: string): Promise<void>;
  refused(id: string): Promise<string | null>;
}

/** Keeps sessions in memory, for a command without Redis. No locks, limits or stored refusals. */
export function ownLoginSessions(): LoginSessions {
  const cached = new Map<string, string>();
  return {
    read: (id) => Promise.resolve(cached.get(id) ?? null),
    write: (id, sealed) => Promise.resolve(void cached.set(id, sealed)),
    drop: (id) => Promise.resolve(void cached.delete(id)),
    begin: () => Promise.resolve("ok"),
    end: () => Promise.resolve(),
    refuse: () => Promise.resolve(),
    refused: () => Promise.resolve(null),
  };
}

export function createLoginSessions(redis: Redis, prefix: string): LoginSessions {
  const key = (what: string, id: string) => `${prefix}${what}:${id}`;
  return {
    read: (id) => redis.get(key("session", id)),
    async write(id, sealed, ms) {
      await redis.set(key("session", id), sealed, "PX", ms);
    },
    async drop(id) {
      await redis.del(key("session", id));
    },
    async begin(id, most) {
      if (!(await redis.set(key("login", id), "1", "PX", LOGIN_LOCK_TTL_MS, "NX"))) return "busy";
      const counter = key("logins", id);
      // In one transaction, because a counter without an expiry would refuse logins for ever.
      const replies = await redis.multi().set(counter, 0, "PX", HOUR_MS, "NX").incr(counter).exec();
      const [error, count] = replies?.[1] ?? [new Error("Redis discarded the count of logins")];
      if (error) throw error;
      if (Number(count) <= most) return "ok";
      await redis.del(key("login", id));
      return "too-many";
    },
    async end(id) {
      await redis.del(key("login", id));
    },
    async refuse(id, sealed) {
      await redis.set(key("login-refused", id), sealed, "PX", HOUR_MS);
    },
    refused: (id) => redis.get(key("login-refused", id)),
  };
}

// A sealed text begins with its salt, nonce and authentication tag. The encrypted text follows.
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const AUTH_TAG_BYTES = 16;
const TAG_AT = SALT_BYTES + NONCE_BYTES;
const TEXT_AT = TAG_AT + AUTH_TAG_BYTES;

/** Encrypts a text (AES-256-GCM) with a key derived from `secret` by scrypt. Returns base64. */
export async function seal(text: string, secret: string): Promise<string> {
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)];
  const cipher = createCipheriv("aes-256-gcm", await keyOf(secret, salt), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** Decrypts the result of `seal`. Returns null if `secret` is wrong or the text was changed. */
export async function unseal(sealed: string, secret: string): Promise<string | null> {
  const bytes = Buffer.from(sealed, "base64");
  const salt = bytes.subarray(0, SALT_BYTES);
  const nonce = bytes.subarray(SALT_BYTES, TAG_AT);
  try {
    const cipher = createDecipheriv("aes-256-gcm", await keyOf(secret, salt), nonce, {
      authTagLength: AUTH_TAG_BYTES,
    });
    cipher.setAuthTag(bytes.subarray(TAG_AT, TEXT_AT));
    const text = [cipher.update(bytes.subarray(TEXT_AT)), cipher.final()];
    return Buffer.concat(text).toString("utf8");
  } catch {
    return null;
  }
}

function keyOf(secret: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
