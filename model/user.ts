/** What somebody may do: look at operators' pages, work as a consumer, change articles, run things, everything else. */
export type Right = "read" | "consume" | "edit" | "operate" | "admin";

/** The rights of each role of a user. */
export const USER_ROLES = {
  analyst: ["read"],
  editor: ["read", "edit"],
  operator: ["read", "consume", "operate"],
  admin: ["read", "consume", "edit", "operate", "admin"],
} as const satisfies Record<string, readonly Right[]>;

export type UserRole = keyof typeof USER_ROLES;

/** Somebody who may log in. `_id` is the name, lower case. */
export interface User {
  _id: string;
  role: UserRole;
  /** Argon2id in PHC form (RFC 9106). */
  passwordHash: string;
  createdAt: Date;
  /** Set: may not log in; users are never removed, since the audit log names them. */
  disabledAt: Date | null;
  /** Passwords tried in a row, none of which was right. */
  failures: number;
  /** No password is looked at before this. */
  lockedUntil: Date | null;
}

/** Form of a user's name. */
export const USER_NAME = /^[a-z][a-z0-9._-]{1,31}$/;
