import type { FastifyRequest } from "fastify";
import {
  KEY_SCOPES,
  type Key,
  type Right,
  USER_ROLES,
  type User,
} from "../../model/operations/account.ts";
import { ProblemError } from "../../model/problem.ts";

/** Who is asking, and what he may do. */
export interface Actor {
  /** As the audit log names him: `user NAME`, `key ID`, or `nobody`. */
  name: string;
  rights: readonly Right[];
  /** Requests a minute that he may make, where he has a limit of his own. */
  perMinute: number | null;
  /** Token of the session that his cookie names; null for keys and for nobody. */
  session: string | null;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the gate; null on servers without one. */
    actor: Actor | null;
  }
}

/** Whoever shows neither key nor session. */
export function nobody(rights: readonly Right[]): Actor {
  return { name: "nobody", rights, perMinute: null, session: null };
}

export function actorOfUser({ _id, role }: User, session: string): Actor {
  return { name: `user ${_id}`, rights: USER_ROLES[role], perMinute: null, session };
}

export function actorOfKey({ _id, scopes, perMinute }: Key): Actor {
  return {
    name: `key ${_id}`,
    rights: [...new Set(scopes.flatMap((scope) => KEY_SCOPES[scope]))],
    perMinute: perMinute ?? null,
    session: null,
  };
}

/** Whether who is asking has a right; false on servers without a gate. */
export function may(request: FastifyRequest, right: Right): boolean {
  return request.actor?.rights.includes(right) ?? false;
}

/** Whether whoever asks shows a key or session. */
export function isKnown({ actor }: FastifyRequest): boolean {
  return actor !== null && actor.name !== "nobody";
}

/** Who does what is being asked for, as the audit log names him; throws where nobody is known. */
export function actorName(request: FastifyRequest): string {
  if (request.actor && isKnown(request)) return request.actor.name;
  throw new ProblemError(401, "login-needed", "Log in, or show a key, to do this.");
}
