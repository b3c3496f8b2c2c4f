import type { FastifyRequest } from "fastify";
import {
  KEY_SCOPES,
  type Key,
  type Right,
  USER_ROLES,
  type User,
} from "../../model/operations/account.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { ProblemError } from "../../model/problem.ts";
import {
  getKey,
  getSession,
  getUser,
  touchKey,
  touchSession,
} from "../../store/operations/accounts.ts";
import type { Store } from "../../store/store.ts";
import { hashSecret, readKey, sameSecret } from "./secret.ts";

/** The sender of a request, and the sender's rights. */
export interface Actor {
  /** `user NAME` or `key ID`, as in the audit log; `nobody` without a valid key or session. */
  name: string;
  rights: readonly Right[];
  /** The key's own limit of requests per minute; null if the actor has none. */
  perMinute: number | null;
  /** Token of the session in the actor's cookie; null if the actor uses a key or is `nobody`. */
  session: string | null;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set by `setGate`; null on servers that don't call it. */
    actor: Actor | null;
  }
}

export function nobody(rights: readonly Right[]): Actor {
  return { name: "nobody", rights, perMinute: null, session: null };
}

function actorOfUser({ _id, role }: User, session: string): Actor {
  return { name: `user ${_id}`, rights: USER_ROLES[role], perMinute: null, session };
}

function actorOfKey({ _id, scopes, perMinute }: Key): Actor {
  return {
    name: `key ${_id}`,
    rights: [...new Set(scopes.flatMap((scope) => KEY_SCOPES[scope]))],
    perMinute: perMinute ?? null,
    session: null,
  };
}

/** Returns whether the actor of a request has a right; false on servers without `setGate`. */
export function may(request: FastifyRequest, right: Right): boolean {
  return request.actor?.rights.includes(right) ?? false;
}

/** Returns whether a request has a valid key or session. */
export function isKnown({ actor }: FastifyRequest): boolean {
  return actor !== null && actor.name !== "nobody";
}

/** Returns the name for the audit log. Throws a 401 problem if no key or session was sent. */
export function actorName(request: FastifyRequest): string {
  if (request.actor && isKnown(request)) return request.actor.name;
  throw new ProblemError(401, "login-needed", "Log in or send a key to do this.");
}

/** Throws a 401 problem if a request has no key or session, even while no user or key exists. */
export async function requireActor(request: FastifyRequest): Promise<void> {
  actorName(request);
}

/** Returns actor and time for the audit log. Throws a 401 problem if no key or session was sent. */
export function auditOf(request: FastifyRequest, now: () => Date): AuditContext {
  return { actor: actorName(request), now: now() };
}

export const SESSION_COOKIE = "newsgather";

/** Returns the actor; null without a key or valid session. Throws a 401 problem for a bad key. */
export async function identify(
  store: Store,
  { headers, cookies }: FastifyRequest,
  now: Date,
): Promise<Actor | null> {
  const shown = headers["x-api-key"] ?? /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (shown !== undefined) return ofKey(store, String(shown), now);
  const token = cookies[SESSION_COOKIE];
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
  if (!user || user.disabledAt !== null) return null;
  await touchSession(store, session, now);
  return actorOfUser(user, token);
}

/** Returns whether the client accepts HTML. Browsers do; other programs get JSON. */
export function acceptsPages({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return /text\/html/.test(headers.accept ?? "");
}
