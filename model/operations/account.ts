/** The rights: read operators' pages, work as a consumer, change articles, operate, administer. */
export type Right = "read" | "consume" | "edit" | "operate" | "admin";

/** The rights of each role of a user. */
export const USER_ROLES = {
  analyst: ["read"],
  editor: ["read", "edit"],
  operator: ["read", "consume", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type UserRole = keyof typeof USER_ROLES;

/** A person who can log in. `_id` is the name in lower case. */
export interface User {
  _id: string;
  role: UserRole;
  /** Argon2id in PHC format (RFC 9106); null if there is no password, so the user needs a link or the provider. */
  passwordHash: string | null;
  /** `ISSUER SUBJECT` at the OpenID provider for this user; missing if there is none. */
  identity?: string;
  createdAt: Date;
  /** When the user was last active, to the hour; missing if never. */
  lastSeenAt?: Date;
  /**
   * Set if the user is no longer allowed to log in; null otherwise. Users are never removed, because the audit log
   * refers to them.
   */
  disabledAt: Date | null;
  /** Number of consecutive wrong passwords. */
  failures: number;
  /** When a password is checked again after too many wrong ones; null if nothing delays it. */
  lockedUntil: Date | null;
}

/** The format of a user's name. */
export const USER_NAME = /^[a-z][a-z0-9._-]{1,31}$/;

/** The rights of each scope of a key. */
export const KEY_SCOPES = {
  read: ["read"],
  consume: ["read", "consume"],
  write: ["read", "consume", "edit", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type KeyScope = keyof typeof KEY_SCOPES;

/** A key with which a program authenticates. `_id` is the public half of `ng_ID_SECRET`. */
export interface Key {
  _id: string;
  /** The key's purpose, as its creator described it. */
  name: string;
  scopes: KeyScope[];
  /** SHA-256 of the secret, which has 256 random bits, so a slow hash would add nothing. */
  secretHash: string;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  /** Maximum number of requests per minute; if missing, the general limit of each address applies. */
  perMinute?: number;
  revokedAt: Date | null;
  /** When the key was last used, to the hour; null if never. */
  lastUsedAt: Date | null;
}

/** How a session began. */
export type LoginWay = "password" | "link" | "provider";

/**
 * A session of a user, or a link with which they can log in once. `_id` is the SHA-256 of the token in the cookie or
 * link.
 */
export interface Session {
  _id: string;
  user: string;
  createdAt: Date;
  /** How the session began, and the browser's user agent; missing on links. */
  way?: LoginWay;
  userAgent?: string;
  /** When the session was last used, to the hour; missing if not since it began. */
  lastUsedAt?: Date;
  /** When the session ends at the latest; the store then removes it. */
  expiresAt: Date;
  /** Set for a link, which starts one session. */
  isLink?: true;
}

/** Returns a session as lists show it; `way` marks a link that wasn't used yet, and is null if it is unknown. */
export function showSession(session: Session) {
  const { _id: id, user, way = null, isLink, createdAt, expiresAt } = session;
  const { lastUsedAt = null, userAgent = null } = session;
  const beganBy = isLink ? "link, not used yet" : way;
  return { id, user, way: beganBy, createdAt, lastUsedAt, expiresAt, userAgent };
}
