import type { Session } from "../model/session.ts";
import type { Store } from "./store.ts";

export async function addSession(store: Store, session: Session): Promise<void> {
  await store.collections.sessions.insertOne(session);
}

/** The session that a token's hash names, unless it is over. */
export async function getSession(store: Store, id: string, now: Date): Promise<Session | null> {
  const session = await store.collections.sessions.findOne({ _id: id });
  return session && session.expiresAt > now ? session : null;
}

export async function endSession(store: Store, id: string): Promise<void> {
  await store.collections.sessions.deleteOne({ _id: id });
}
