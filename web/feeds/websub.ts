import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { checked, ProblemError } from "../../model/problem.ts";

const HubQuery = z
  .object({
    "hub.mode": z.string().max(20).default(""),
    "hub.topic": z.string().max(4000).default(""),
    "hub.challenge": z.string().max(4000).default(""),
    "hub.lease_seconds": z.coerce.number().int().min(1).nullable().catch(null).default(null),
    "hub.reason": z.string().max(2000).default(""),
  })
  .transform((query) => ({
    mode: query["hub.mode"],
    topic: query["hub.topic"],
    challenge: query["hub.challenge"],
    leaseSeconds: query["hub.lease_seconds"],
    reason: query["hub.reason"],
  }));
type HubQuery = z.output<typeof HubQuery>;

export interface HubHandlers {
  /** Returns the response to a hub's verification or denial; null if we didn't ask to subscribe. */
  intent(id: string, query: HubQuery): Promise<string | null>;
  /** Handles pushed content. Returns false if there is no subscription with this id. */
  push(id: string, pushed: { signature: string; body: Buffer }): Promise<boolean>;
}

const MAX_PUSH_BYTES = 8 * 1024 * 1024;

/** Serves `/websub/{id}`, where hubs verify subscriptions and push content. */
export function websubRoutes(handlers: HubHandlers): FastifyPluginAsync {
  return async (app) => {
    // The signature covers the exact bytes, whatever the media type.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      "*",
      { parseAs: "buffer", bodyLimit: MAX_PUSH_BYTES },
      (_, body, done) => done(null, body),
    );
    const schema = { hide: true } as object;
    app.get<{ Params: { id: string } }>("/websub/:id", { schema }, async (request, reply) => {
      const query = checked(HubQuery, request.query);
      const answer = await handlers.intent(request.params.id, query);
      if (answer === null) throw unknown();
      return reply.header("content-type", "text/plain; charset=utf-8").send(answer);
    });
    app.post<{ Params: { id: string } }>(
      "/websub/:id",
      { schema, bodyLimit: MAX_PUSH_BYTES },
      async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const signature = String(request.headers["x-hub-signature"] ?? "");
        if (!(await handlers.push(request.params.id, { signature, body }))) throw unknown();
        return reply.code(202).send();
      },
    );
  };
}

function unknown(): ProblemError {
  return new ProblemError(404, "not-found", "No such subscription was requested.");
}
