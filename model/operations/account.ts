/**
 * What an account may do: `read` the admin, `consume` the stream, `edit` articles, or `operate` the
 * installation. `admin` permits everything else, such as managing accounts and erasing articles.
 */
export type Right = "read" | "consume" | "edit" | "operate" | "admin";

export const USER_ROLES = {
  analyst: ["read"],
  editor: ["read", "edit"],
  operator: ["read", "consume", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type UserRole = keyof typeof USER_ROLES;

/** A person who can log in. `_id` is the user name, in lower case. */
export interface User {
  _id: string;
  role: UserRole;
  /** Argon2id hash in PHC format (RFC 9106); null if the user has no password. */
  passwordHash: string | null;
  /** `ISSUER SUBJECT` at the OpenID provider; missing if the user is not linked to one. */
  identity?: string;
  createdAt: Date;
  /** When the user was last active, accurate to an hour; missing if the user was never active. */
  lastSeenAt?: Date;
  /** When the user was disabled; null if enabled. No user is deleted: the audit log names users. */
  disabledAt: Date | null;
  /** Number of consecutive wrong passwords. */
  failures: number;
  /** Until when no password is accepted, after too many wrong ones; null if not locked. */
  lockedUntil: Date | null;
}

export const USER_NAME = /^[a-z][a-z0-9._-]{1,31}$/;

export const KEY_SCOPES = {
  read: ["read"],
  consume: ["read", "consume"],
  write: ["read", "consume", "edit", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type KeyScope = keyof typeof KEY_SCOPES;

/** An API key, with which a program authenticates. `_id` is the ID in the key `ng_ID_SECRET`. */
export interface Key {
  _id: string;
  /** The purpose of the key, as its creator described it. */
  name: string;
  scopes: KeyScope[];
  /** SHA-256 of the secret. The secret has 256 random bits, so a slow hash would add nothing. */
  secretHash: string;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  /** Maximum number of requests per minute; if missing, the limit per IP address applies. */
  perMinute?: number;
  revokedAt: Date | null;
  /** When the key was last used, accurate to an hour; null if it was never used. */
  lastUsedAt: Date | null;
}

export type LoginWay = "password" | "link" | "provider";

/**
 * A session of a user, or a link with which a user can log in once. `_id` is the SHA-256 of the
 * token in the cookie or link.
 */
export interface Session {
  _id: string;
  user: string;
  createdAt: Date;
  /** How the session began; missing on login links. */
  way?: LoginWay;
  userAgent?: string;
  /** Last use, accurate to an hour; missing if the session was used only in its first hour. */
  lastUsedAt?: Date;
  /** When the session or link expires. The store then removes the record. */
  expiresAt: Date;
  /** Set if this is an unused login link. Using the link starts a session. */
  isLink?: true;
}

/** Returns a session as lists show it; `way` is null if it is unknown how the session began. */
export function showSession(session: Session) {
  const { _id: id, user, way = null, isLink, createdAt, expiresAt } = session;
  const { lastUsedAt = null, userAgent = null } = session;
  const beganBy = isLink ? "link, not used yet" : way;
  return { id, user, way: beganBy, createdAt, lastUsedAt, expiresAt, userAgent };
}
