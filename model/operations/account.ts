/** The rights: read operators' pages, work as a consumer, change articles, run things, everything else. */
export type Right = "read" | "consume" | "edit" | "operate" | "admin";

/** The rights of each role of a user. */
export const USER_ROLES = {
  analyst: ["read"],
  editor: ["read", "edit"],
  operator: ["read", "consume", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type UserRole = keyof typeof USER_ROLES;

/** Somebody who may log in. `_id` is the name in lower case. */
export interface User {
  _id: string;
  role: UserRole;
  /** Argon2id in PHC form (RFC 9106); null when there is no password, so that only a link or the provider logs in. */
  passwordHash: string | null;
  /** `ISSUER SUBJECT` of whom the OpenID provider logs in as this user; missing: nobody. */
  identity?: string;
  createdAt: Date;
  /** When they last did something, to the hour; missing: never yet. */
  lastSeenAt?: Date;
  /** Set: may not log in; users are never removed, since the audit log names them. */
  disabledAt: Date | null;
  /** Passwords tried in a row, none of which was right. */
  failures: number;
  /** No password is checked before this. */
  lockedUntil: Date | null;
}

/** Form of a user's name. */
export const USER_NAME = /^[a-z][a-z0-9._-]{1,31}$/;

/** The rights of each scope of a key. */
export const KEY_SCOPES = {
  read: ["read"],
  consume: ["read", "consume"],
  write: ["read", "consume", "edit", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type KeyScope = keyof typeof KEY_SCOPES;

/** What a program identifies itself with. `_id` is the public half of `ng_ID_SECRET`. */
export interface Key {
  _id: string;
  /** Its purpose. */
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

/** How a session began. */
export type LoginWay = "password" | "link" | "provider";

/** A user who is logged in, or who may log in once by a link. `_id` is the SHA-256 of the token in cookie or link. */
export interface Session {
  _id: string;
  user: string;
  createdAt: Date;
  /** How it began, and in which browser; missing on links. */
  way?: LoginWay;
  userAgent?: string;
  /** To the hour; missing: not since it began. */
  lastUsedAt?: Date;
  /** When it ends in any case; the store forgets it then. */
  expiresAt: Date;
  /** It only starts a session, once. */
  isLink?: true;
}

/** A session as lists show it; without how it began, `way` is null. */
export function showSession(session: Session) {
  const { _id: id, user, way = null, isLink, createdAt, expiresAt } = session;
  const { lastUsedAt = null, userAgent = null } = session;
  const beganBy = isLink ? "link, not used yet" : way;
  return { id, user, way: beganBy, createdAt, lastUsedAt, expiresAt, userAgent };
}
