import { HOUR_MS } from "../../lib/time.ts";
import type { Key, Session, User, UserRole } from "../../model/operations/account.ts";
import { FAR_FUTURE, type Store } from "../store.ts";
import { ignoreDuplicates } from "../writes.ts";

/** Adds a user; false when the name exists. */
export function addUser(
  store: Store,
  user: Pick<User, "_id" | "role" | "passwordHash" | "identity">,
  now: Date,
): Promise<boolean> {
  const fresh = { createdAt: now, disabledAt: null, failures: 0, lockedUntil: null };
  return ignoreDuplicates(store.collections.users.insertOne({ ...user, ...fresh }));
}

export function getUser(store: Store, name: string): Promise<User | null> {
  return store.collections.users.findOne({ _id: name });
}

/** All users by name; they are people, so few. */
export function listUsers(store: Store): Promise<User[]> {
  return store.collections.users.find().sort({ _id: 1 }).limit(1000).toArray();
}

/** The user that an identity at the OpenID provider logs in as. */
export function getUserByIdentity(store: Store, identity: string): Promise<User | null> {
  return store.collections.users.findOne({ identity });
}

/** Changes a user and ends all their sessions except one; false for an unknown name. */
export async function changeUser(
  store: Store,
  name: string,
  set: Partial<Pick<User, "passwordHash" | "disabledAt" | "identity">> & { role?: UserRole },
  keep?: string,
): Promise<boolean> {
  const reset = { failures: 0, lockedUntil: null };
  const { matchedCount } = await store.collections.users.updateOne(
    { _id: name },
    { $set: { ...set, ...reset } },
  );
  await endSessionsOf(store, name, keep);
  return matchedCount > 0;
}

/** Notes that a user did something in a session; once an hour is enough. */
export async function touchSession(
  store: Store,
  { _id, user, createdAt, lastUsedAt = createdAt }: Session,
  now: Date,
): Promise<void> {
  if (now.getTime() - lastUsedAt.getTime() < HOUR_MS) return;
  await store.collections.sessions.updateOne({ _id }, { $set: { lastUsedAt: now } });
  await noteSeen(store, user, now);
}

/** Stores when a user was last active. */
export async function noteSeen(store: Store, name: string, now: Date): Promise<void> {
  await store.collections.users.updateOne({ _id: name }, { $set: { lastSeenAt: now } });
}

/** How many passwords were tried in a row, and until when none is verified. */
export type Tries = Pick<User, "failures" | "lockedUntil">;

/** Sets the tries of a user who has those of `from`; false when others were faster, or there is no such user. */
export async function moveTries(
  store: Store,
  name: string,
  { from, to }: { from: Tries; to: Tries },
): Promise<boolean> {
  const { matchedCount } = await store.collections.users.updateOne(
    { _id: name, failures: from.failures, lockedUntil: from.lockedUntil },
    { $set: { failures: to.failures, lockedUntil: to.lockedUntil } },
  );
  return matchedCount > 0;
}

/** Notes a right password. */
export async function resetTries(store: Store, name: string): Promise<void> {
  const none = { failures: 0, lockedUntil: null };
  await store.collections.users.updateOne({ _id: name }, { $set: none });
}

/** Whether there is any user. */
export async function hasUsers(store: Store): Promise<boolean> {
  return (await store.collections.users.findOne({}, { projection: { _id: 1 } })) !== null;
}

/** Whether there is anybody, or any key, that could be asked for: else nothing may be public. */
export async function hasAccounts(store: Store): Promise<boolean> {
  const { users, keys } = store.collections;
  const one = { projection: { _id: 1 } };
  return Boolean((await users.findOne({}, one)) ?? (await keys.findOne({}, one)));
}

export async function addSession(store: Store, session: Session): Promise<void> {
  await store.collections.sessions.insertOne(session);
}

/** The session that a token's hash names, unless it is over. */
export async function getSession(store: Store, id: string, now: Date): Promise<Session | null> {
  const session = await store.collections.sessions.findOne({ _id: id });
  return session && !session.isLink && session.expiresAt > now ? session : null;
}

/** Adds a link that logs its user in once. */
export async function addLoginLink(store: Store, link: Session & { isLink: true }): Promise<void> {
  await store.collections.sessions.insertOne(link);
}

/** Uses up a link; returns its user, or null when there is none, or it is over. */
export async function useLoginLink(store: Store, id: string, now: Date): Promise<string | null> {
  const link = await store.collections.sessions.findOneAndDelete({ _id: id, isLink: true });
  return link && link.expiresAt > now ? link.user : null;
}

/** Ends a session, or takes a link back; false when there is none. */
export async function endSession(store: Store, id: string): Promise<boolean> {
  return (await store.collections.sessions.deleteOne({ _id: id })).deletedCount > 0;
}

/** Ends all sessions and links of a user except one. Returns how many. */
export async function endSessionsOf(store: Store, user: string, keep?: string): Promise<number> {
  const filter = { user, ...(keep !== undefined && { _id: { $ne: keep } }) };
  return (await store.collections.sessions.deleteMany(filter)).deletedCount;
}

/** Sessions and links that are not over, of a user or of all, the latest first; at most 1,000. */
export function listSessions(store: Store, now: Date, user?: string): Promise<Session[]> {
  const filter = { expiresAt: { $gt: now, $lt: FAR_FUTURE }, ...(user !== undefined && { user }) };
  return store.collections.sessions.find(filter).sort({ createdAt: -1 }).limit(1000).toArray();
}

/** Adds a key. */
export async function addKey(
  store: Store,
  key: Omit<Key, "revokedAt" | "lastUsedAt">,
): Promise<void> {
  await store.collections.keys.insertOne({ ...key, revokedAt: null, lastUsedAt: null });
}

export function getKey(store: Store, id: string): Promise<Key | null> {
  return store.collections.keys.findOne({ _id: id });
}

/** All keys, revoked ones too; they are made by hand, so few. */
export function listKeys(store: Store): Promise<Key[]> {
  return store.collections.keys.find().limit(1000).toArray();
}

/** Ends a key permanently; false when there is none that still holds. */
export async function revokeKey(store: Store, id: string, now: Date): Promise<boolean> {
  const { modifiedCount } = await store.collections.keys.updateOne(
    { _id: id, revokedAt: null },
    { $set: { revokedAt: now } },
  );
  return modifiedCount > 0;
}

/** Notes that a key was used; once an hour is enough. */
export async function touchKey(
  store: Store,
  { _id, lastUsedAt }: Pick<Key, "_id" | "lastUsedAt">,
  now: Date,
): Promise<void> {
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < HOUR_MS) return;
  await store.collections.keys.updateOne({ _id }, { $set: { lastUsedAt: now } });
}
