import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { shortHash } from "../../lib/text.ts";
import { invalidRequest, ProblemError } from "../../model/problem.ts";
import {
  claimIdempotencyKey,
  releaseIdempotencyKey,
  saveIdempotentResponse,
  takeOverIdempotencyKey,
} from "../../store/operations/idempotency.ts";
import type { Context } from "./context.ts";

declare module "fastify" {
  interface FastifyRequest {
    idempotencyRecord: string | null;
  }
  interface FastifyContextConfig {
    /** Set if the handler itself can return the same response again, so that none is stored. */
    repeats?: true;
  }
}

const HEADER = "idempotency-key";
/** Matches a structured-field string (RFC 9651), with or without its quotes. */
const KEY_PATTERN = /^("?)([\x21\x23-\x5b\x5d-\x7e]{1,255})\1$/;
/** If a request has no response after this time, the process that handled it probably ended. */
const RESPONSE_TIMEOUT_MS = 60_000;

export const IDEMPOTENCY_KEY = {
  type: "string",
  maxLength: 257,
  description:
    "Makes the request safe to repeat: for 24 hours the same request with the same key gets the first response again (`idempotency-replayed: true`), and a different request with that key gets 422. Refused and failed requests are not stored.",
} as const;

export function isWrite(method: string, path: string): boolean {
  return path.startsWith("/v1/") && !["GET", "HEAD", "OPTIONS"].includes(method);
}

/**
 * Stores successful responses, and sends them again for the same idempotency key
 * (draft-ietf-httpapi-idempotency-key-header-07).
 */
export function keepIdempotencyRecords(app: FastifyInstance, { store, now }: Context): void {
  app.decorateRequest("idempotencyRecord", null);

  app.addHook("onRoute", (route) => {
    if (![route.method].flat().some((method) => isWrite(method, route.url))) return;
    route.preHandler = [answerOrClaim, route.preHandler ?? []].flat();
    if (!route.config?.repeats) route.onSend = [saveResponse, route.onSend ?? []].flat();
  });

  /** Sends the stored response and returns the reply; or claims the key, if the request has one. */
  async function answerOrClaim(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> {
    const shown = request.headers[HEADER];
    if (shown === undefined) return undefined;
    const [, , key] = KEY_PATTERN.exec(String(shown)) ?? [];
    if (key === undefined) {
      throw invalidRequest("Idempotency-Key: send 1 to 255 printable characters, e.g. a UUID.");
    }
    const _id = shortHash(`${request.actor?.name ?? "nobody"}\n${key}`);
    const requestHash = shortHash(
      `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`,
    );
    const first = await claimIdempotencyKey(store, { _id, request: requestHash, at: now() });
    if (first && first.request !== requestHash) {
      const detail = "This idempotency key was used for another request: use a new key.";
      throw new ProblemError(422, "idempotency-key-reused", detail);
    }
    if (first && !request.routeOptions.config.repeats) {
      const { answer, at } = first;
      if (answer) {
        reply.code(answer.status).header("idempotency-replayed", "true");
        if (answer.type !== null) reply.header("content-type", answer.type);
        return reply.send(answer.body || null);
      }
      const gone = now().getTime() - at.getTime() > RESPONSE_TIMEOUT_MS;
      if (!gone || !(await takeOverIdempotencyKey(store, first, now()))) {
        const detail =
          "A request with this idempotency key is still running. Try again in a moment.";
        throw new ProblemError(409, "request-at-work", detail);
      }
    }
    request.idempotencyRecord = _id;
    return undefined;
  }

  async function saveResponse(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<unknown> {
    const { idempotencyRecord } = request;
    if (!idempotencyRecord) return payload;
    const body = typeof payload === "string" || Buffer.isBuffer(payload) ? String(payload) : "";
    const type = reply.getHeader("content-type");
    const answer = { status: reply.statusCode, type: type ? String(type) : null, body };
    // A refused or failed request can be sent again with the same key once the reason is gone.
    await (reply.statusCode >= 400
      ? releaseIdempotencyKey(store, idempotencyRecord)
      : saveIdempotentResponse(store, idempotencyRecord, answer));
    return payload;
  }
}
