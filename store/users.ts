import type { User, UserRole } from "../model/user.ts";
import { ignoreDuplicates } from "./errors.ts";
import type { Store } from "./store.ts";

/** Adds a user; false when the name is taken. */
export function addUser(
  store: Store,
  user: Pick<User, "_id" | "role" | "passwordHash">,
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
  return store.collections.users.find().limit(1000).toArray();
}

/** Changes a user and ends his sessions; false when there is none of this name. */
export async function changeUser(
  store: Store,
  name: string,
  set: Partial<Pick<User, "passwordHash" | "disabledAt">> & { role?: UserRole },
): Promise<boolean> {
  const reset = { failures: 0, lockedUntil: null };
  const { matchedCount } = await store.collections.users.updateOne(
    { _id: name },
    { $set: { ...set, ...reset } },
  );
  await store.collections.sessions.deleteMany({ user: name });
  return matchedCount > 0;
}

/** How many passwords were tried in a row, and until when none is verified. */
export type Tries = Pick<User, "failures" | "lockedUntil">;

/** Sets the tries of a user who has those of `from`; false where others were faster, or there is no such user. */
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
