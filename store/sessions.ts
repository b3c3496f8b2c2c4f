import type { Session } from "../model/session.ts";
import type { Store } from "./store.ts";

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

/** Uses up a link; returns its user, or null where there is none, or it is over. */
export async function useLoginLink(store: Store, id: string, now: Date): Promise<string | null> {
  const link = await store.collections.sessions.findOneAndDelete({ _id: id, isLink: true });
  return link && link.expiresAt > now ? link.user : null;
}

export async function endSession(store: Store, id: string): Promise<void> {
  await store.collections.sessions.deleteOne({ _id: id });
}
