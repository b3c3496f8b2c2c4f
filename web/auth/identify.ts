import type { FastifyRequest } from "fastify";
import { ProblemError } from "../../model/problem.ts";
import { getKey, getSession, getUser, touchKey } from "../../store/operations/accounts.ts";
import type { Store } from "../../store/store.ts";
import { type Actor, actorOfKey, actorOfUser } from "./actor.ts";
import { hashSecret, readKey, sameSecret } from "./secret.ts";

/** Name of the session's cookie. */
export const COOKIE = "newsgather";

/** Who a request's key or cookie names; null without either. Throws for a key that doesn't hold. */
export async function identify(
  store: Store,
  { headers, cookies }: FastifyRequest,
  now: Date,
): Promise<Actor | null> {
  const shown = headers["x-api-key"] ?? /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (shown !== undefined) return ofKey(store, String(shown), now);
  const token = cookies[COOKIE];
  return token ? ofSession(store, token, now) : null;
}

async function ofKey(store: Store, shown: string, now: Date): Promise<Actor> {
  const halves = readKey(shown);
  const key = halves && (await getKey(store, halves.id));
  const holds =
    key &&
    sameSecret(hashSecret(halves.secret), key.secretHash) &&
    key.revokedAt === null &&
    (key.expiresAt === null || key.expiresAt > now);
  if (!holds) throw new ProblemError(401, "bad-key", "This key is unknown, revoked or expired.");
  await touchKey(store, key, now);
  return actorOfKey(key);
}

async function ofSession(store: Store, token: string, now: Date): Promise<Actor | null> {
  const session = await getSession(store, hashSecret(token), now);
  const user = session && (await getUser(store, session.user));
  return user && user.disabledAt === null ? actorOfUser(user, token) : null;
}
