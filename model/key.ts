import type { Right } from "./user.ts";

/** The rights of each scope of a key. */
export const KEY_SCOPES = {
  read: ["read"],
  consume: ["read", "consume"],
  write: ["read", "consume", "edit", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type KeyScope = keyof typeof KEY_SCOPES;

/** What a program shows to be let in. `_id` is the public half of `ng_ID_SECRET`. */
export interface Key {
  _id: string;
  /** What it is for. */
  name: string;
  scopes: KeyScope[];
  /** SHA-256 of the secret: it has 256 random bits, so a slow hash would add nothing. */
  secretHash: string;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  /** Requests a minute; missing: as any address. */
  perMinute?: number;
  revokedAt: Date | null;
  /** To the hour. */
  lastUsedAt: Date | null;
}
