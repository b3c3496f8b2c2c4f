import { HOUR_MS } from "../../lib/time.ts";
import type { Key, Session, User, UserRole } from "../../model/operations/account.ts";
import { changeOne, ignoreDuplicates } from "../queries.ts";
import { FAR_FUTURE, type Store } from "../store.ts";

/** Number of consecutive wrong passwords, and until when no password is checked. */
export type Tries = Pick<User, "failures" | "lockedUntil">;

const NO_TRIES: Tries = { failures: 0, lockedUntil: null };

export function addUser(
  store: Store,
  user: Pick<User, "_id" | "role" | "passwordHash" | "identity">,
  now: Date,
): Promise<boolean> {
  const fresh = { createdAt: now, disabledAt: null, ...NO_TRIES };
  return ignoreDuplicates(store.collections.users.insertOne({ ...user, ...fresh }));
}

export function getUser(store: Store, name: string): Promise<User | null> {
  return store.collections.users.findOne({ _id: name });
}

/** Returns all users, sorted by name; at most 1,000. */
export function listUsers(store: Store): Promise<User[]> {
  return store.collections.users.find().sort({ _id: 1 }).limit(1000).toArray();
}

export function getUserByIdentity(store: Store, identity: string): Promise<User | null> {
  return store.collections.users.findOne({ identity });
}

/**
 * Changes a user, resets failed logins, and ends all sessions and login links except the session
 * `keep`. Returns false if the name doesn't exist.
 */
export async function changeUser(
  store: Store,
  name: string,
  set: Partial<Pick<User, "passwordHash" | "disabledAt" | "identity">> & { role?: UserRole },
  keep?: string,
): Promise<boolean> {
  const update = { $set: { ...set, ...NO_TRIES } };
  const isKnown = await changeOne(store.collections.users, { _id: name }, update);
  await endSessionsOf(store, name, keep);
  return isKnown;
}

/** Records, at most once an hour, that a session and its user were active. */
export async function touchSession(
  store: Store,
  { _id, user, createdAt, lastUsedAt = createdAt }: Session,
  now: Date,
): Promise<void> {
  if (now.getTime() - lastUsedAt.getTime() < HOUR_MS) return;
  await store.collections.sessions.updateOne({ _id }, { $set: { lastUsedAt: now } });
  await noteSeen(store, user, now);
}

export async function noteSeen(store: Store, name: string, now: Date): Promise<void> {
  await store.collections.users.updateOne({ _id: name }, { $set: { lastSeenAt: now } });
}

/** Replaces a user's record of wrong passwords. Returns false if no stored record equals `from`. */
export function replaceTries(
  store: Store,
  name: string,
  { from: { failures, lockedUntil }, to }: { from: Tries; to: Tries },
): Promise<boolean> {
  return changeOne(
    store.collections.users,
    { _id: name, failures, lockedUntil },
    { $set: { failures: to.failures, lockedUntil: to.lockedUntil } },
  );
}

export async function resetTries(store: Store, name: string): Promise<void> {
  await store.collections.users.updateOne({ _id: name }, { $set: NO_TRIES });
}

export async function hasUsers(store: Store): Promise<boolean> {
  return (await store.collections.users.findOne({}, { projection: { _id: 1 } })) !== null;
}

/** Returns whether any user or key exists. Without one, reading needs no login. */
export async function hasAccounts(store: Store): Promise<boolean> {
  const { users, keys } = store.collections;
  const one = { projection: { _id: 1 } };
  return Boolean((await users.findOne({}, one)) ?? (await keys.findOne({}, one)));
}

export async function addSession(store: Store, session: Session): Promise<void> {
  await store.collections.sessions.insertOne(session);
}

/** Returns a session by its token's hash; null if it is missing, expired or a login link. */
export async function getSession(store: Store, id: string, now: Date): Promise<Session | null> {
  const session = await store.collections.sessions.findOne({ _id: id });
  return session && !session.isLink && session.expiresAt > now ? session : null;
}

/** Uses up a login link. Returns its user's name; null if the link doesn't exist or has expired. */
export async function useLoginLink(store: Store, id: string, now: Date): Promise<string | null> {
  const link = await store.collections.sessions.findOneAndDelete({ _id: id, isLink: true });
  return link && link.expiresAt > now ? link.user : null;
}

export async function endSession(store: Store, id: string): Promise<boolean> {
  return (await store.collections.sessions.deleteOne({ _id: id })).deletedCount > 0;
}

/** Ends all sessions and login links of a user except `keep`, and returns how many. */
export async function endSessionsOf(store: Store, user: string, keep?: string): Promise<number> {
  const filter = { user, ...(keep !== undefined && { _id: { $ne: keep } }) };
  return (await store.collections.sessions.deleteMany(filter)).deletedCount;
}

export function listSessions(store: Store, now: Date, user?: string): Promise<Session[]> {
  const filter = { expiresAt: { $gt: now, $lt: FAR_FUTURE }, ...(user !== undefined && { user }) };
  return store.collections.sessions.find(filter).sort({ createdAt: -1 }).limit(1000).toArray();
}

export async function addKey(
  store: Store,
  key: Omit<Key, "revokedAt" | "lastUsedAt">,
): Promise<void> {
  await store.collections.keys.insertOne({ ...key, revokedAt: null, lastUsedAt: null });
}

export function getKey(store: Store, id: string): Promise<Key | null> {
  return store.collections.keys.findOne({ _id: id });
}

/** Returns all keys, including revoked ones; at most 1,000. */
export function listKeys(store: Store): Promise<Key[]> {
  return store.collections.keys.find().limit(1000).toArray();
}

export function revokeKey(store: Store, id: string, now: Date): Promise<boolean> {
  const update = { $set: { revokedAt: now } };
  return changeOne(store.collections.keys, { _id: id, revokedAt: null }, update);
}

/** Records that a key was used, at most once an hour. */
export async function touchKey(
  store: Store,
  { _id, lastUsedAt }: Pick<Key, "_id" | "lastUsedAt">,
  now: Date,
): Promise<void> {
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < HOUR_MS) return;
  await store.collections.keys.updateOne({ _id }, { $set: { lastUsedAt: now } });
}
