import { DAY_MS, MINUTE_MS } from "../../lib/time.ts";
import { type Key, USER_NAME, type User, type UserRole } from "../../model/operations/account.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import {
  addKey,
  addSession,
  addUser,
  changeUser,
  endSession,
  endSessionsOf,
  getUser,
  getUserByIdentity,
  listUsers,
  revokeKey,
} from "../../store/operations/accounts.ts";
import { runAudited } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { hashSecret, makeKey, makeSecret } from "./secret.ts";

const LINK_LIFETIME_MS = 15 * MINUTE_MS;
const INVITATION_LIFETIME_MS = 3 * DAY_MS;

interface Problem {
  problem: string;
}

/** A link that logs a user in once. `path` includes the query. */
export interface LoginLink {
  path: string;
  expiresAt: Date;
}

/** Adds a user. A user without a password hash logs in by link or by the OpenID provider. */
export async function createUser(
  store: Store,
  user: Pick<User, "_id" | "role" | "passwordHash" | "identity">,
  audit: AuditContext,
): Promise<{ name: string } | Problem> {
  const { _id: name, role } = user;
  if (!USER_NAME.test(name)) {
    return {
      problem: `"${name}" is not a valid name: use 2 to 32 of the characters a-z 0-9 . _ - and begin with a letter`,
    };
  }
  return runAudited(store, audit, { action: "user.add", subject: name, detail: role }, async () =>
    (await addUser(store, user, audit.now))
      ? { name }
      : { problem: `the user ${name} already exists` },
  );
}

/** Adds a user without a password. Returns a link for one login within three days. */
export async function inviteUser(
  store: Store,
  { name, role }: { name: string; role: UserRole },
  context: AuditContext,
): Promise<LoginLink | Problem> {
  const created = await createUser(store, { _id: name, role, passwordHash: null }, context);
  if ("problem" in created) return created;
  return makeLink(store, name, INVITATION_LIFETIME_MS, context);
}

/** Returns a link for one login within 15 minutes, or within three days for a new user. */
export async function makeLoginLink(
  store: Store,
  name: string,
  context: AuditContext,
): Promise<LoginLink | Problem> {
  const user = await getUser(store, name);
  if (!user) return { problem: `there is no user ${name}` };
  if (user.disabledAt) return { problem: `${name} is disabled: enable the user first` };
  const isNew = user.passwordHash === null && !user.lastSeenAt;
  return makeLink(store, name, isNew ? INVITATION_LIFETIME_MS : LINK_LIFETIME_MS, context);
}

async function makeLink(
  store: Store,
  user: string,
  lifetimeMs: number,
  audit: AuditContext,
): Promise<LoginLink> {
  const { now } = audit;
  const token = makeSecret();
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  const link = { _id: hashSecret(token), user, createdAt: now, expiresAt, isLink: true as const };
  await runAudited(store, audit, { action: "user.link", subject: user }, () =>
    addSession(store, link),
  );
  return { path: `/admin/login/link?token=${token}`, expiresAt };
}

export type UserChange =
  | { action: "user.role"; role: UserRole }
  | { action: "user.disable" | "user.enable" }
  | { action: "user.password"; passwordHash: string }
  | { action: "user.identity"; identity: string };

/**
 * Changes a user and ends the user's sessions except `keep`. Returns a problem if, for example, the
 * last administrator would be locked out.
 */
export async function editUser(
  store: Store,
  name: string,
  change: UserChange,
  audit: AuditContext,
  keep?: string,
): Promise<{ name: string } | Problem> {
  const detail = "role" in change ? change.role : "identity" in change ? change.identity : null;
  return runAudited(store, audit, { action: change.action, subject: name, detail }, async () => {
    const user = await getUser(store, name);
    if (!user) return { problem: `there is no user ${name}` };
    const isLoss =
      change.action === "user.disable" || ("role" in change && change.role !== "admin");
    if (isLoss && (await isLastAdmin(store, user))) {
      return {
        problem: `${name} is the last administrator: make another user an administrator first`,
      };
    }
    if ("identity" in change) {
      const other = await getUserByIdentity(store, change.identity);
      if (other && other._id !== name) {
        return { problem: `this identity already belongs to the user ${other._id}` };
      }
    }
    await changeUser(store, name, changedFields(change, audit.now), keep);
    return { name };
  });
}

function changedFields(change: UserChange, now: Date): Parameters<typeof changeUser>[2] {
  if (change.action === "user.disable") return { disabledAt: now };
  if (change.action === "user.enable") return { disabledAt: null };
  const { action: _, ...fields } = change;
  return fields;
}

async function isLastAdmin(store: Store, { _id, role, disabledAt }: User): Promise<boolean> {
  if (role !== "admin" || disabledAt !== null) return false;
  const others = (await listUsers(store)).filter((user) => user._id !== _id);
  return !others.some((user) => user.role === "admin" && user.disabledAt === null);
}

/** Ends a session or login link. Returns a problem if `user` has none with this id. */
export async function revokeSession(
  store: Store,
  id: string,
  audit: AuditContext,
  user?: string,
): Promise<{ user: string } | Problem> {
  const session = await store.collections.sessions.findOne({ _id: id });
  if (!session || (user !== undefined && session.user !== user)) {
    return { problem: "this session has ended" };
  }
  return runAudited(store, audit, { action: "session.revoke", subject: session.user }, async () =>
    (await endSession(store, id)) ? { user: session.user } : { problem: "this session has ended" },
  );
}

/** Ends a user's sessions (except `keep`) and login links, and returns their number. */
export async function revokeSessions(
  store: Store,
  user: string,
  audit: AuditContext,
  keep?: string,
): Promise<number> {
  const what = { action: "session.revoke", subject: user, detail: "all" };
  return runAudited(store, audit, what, () => endSessionsOf(store, user, keep));
}

/** Creates a key. Its `text` isn't stored, so it can be shown only once. */
export async function createKey(
  store: Store,
  key: Pick<Key, "name" | "scopes" | "expiresAt" | "perMinute">,
  audit: AuditContext,
): Promise<{ id: string; text: string }> {
  const { id, text, secretHash } = makeKey();
  const detail = `${key.name}: ${key.scopes.join(", ")}`;
  await runAudited(store, audit, { action: "key.add", subject: id, detail }, () =>
    addKey(store, { _id: id, ...key, secretHash, createdAt: audit.now, createdBy: audit.actor }),
  );
  return { id, text };
}

export function endKey(
  store: Store,
  id: string,
  audit: AuditContext,
): Promise<{ id: string } | Problem> {
  return runAudited(store, audit, { action: "key.revoke", subject: id }, async () =>
    (await revokeKey(store, id, audit.now)) ? { id } : { problem: `there is no valid key ${id}` },
  );
}

export function keyState(
  { revokedAt, expiresAt }: Pick<Key, "revokedAt" | "expiresAt">,
  now: Date,
) {
  // A key whose dates are missing or damaged must not be valid.
  if (revokedAt !== null) return "revoked" as const;
  return expiresAt === null || expiresAt > now ? ("valid" as const) : ("expired" as const);
}
