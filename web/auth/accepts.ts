import type { FastifyRequest } from "fastify";

/** Whether whoever asks shows pages, as a browser does; programs get JSON. */
export function acceptsPages({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return /text\/html/.test(headers.accept ?? "");
}
