import type { FastifyReply, FastifyRequest } from "fastify";
import { shortHash } from "../lib/hash.ts";
import type { AnswerCache, Rendered } from "./cache.ts";
import { bytesOf, codingFor } from "./pack.ts";
import type { Head } from "./snapshot.ts";

/** Answers a request from the cache, with validators; 304 where the reader has it already. */
export type Answer<State> = (
  request: FastifyRequest,
  reply: FastifyReply,
  /** What beside the address decides the answer, e.g. the format that `Accept` chose. */
  variant: string,
  build: (state: State) => Promise<Rendered>,
) => Promise<FastifyReply>;

/**
 * Makes the one way to answer reads: the entity tag follows from the stamp of what the answer
 * stands on and the address, so a 304 and a repeated read cost no query beyond reading that
 * (RFC 9110 section 13).
 */
export function answerer<State extends Pick<Head, "stamp" | "changedAt" | "now">>(
  read: () => Promise<State>,
  cache: AnswerCache,
): Answer<State> {
  return async (request, reply, variant, build) => {
    const state = await read();
    const tag = shortHash(`${state.stamp}\n${variant}\n${request.url}`);
    const wanted = codingFor(request.headers["accept-encoding"]);
    // Each coding is a representation of its own, with a tag of its own (RFC 9110 section 8.8.3).
    const etag = wanted === "identity" ? `"${tag}"` : `"${tag}-${wanted}"`;
    const modified = lastModified(state);
    // A problem thrown while building must not carry the validators of the page it stands for.
    const unchanged = isUnchanged(request, etag, modified);
    const rendered = unchanged ? null : await cache.get(tag, () => build(state));
    reply
      .header("etag", etag)
      .header("last-modified", modified.toUTCString())
      .header("cache-control", "no-cache")
      .headers(rendered?.headers ?? {});
    reply.header("vary", variant ? "accept, accept-encoding" : "accept-encoding");
    if (!rendered) return reply.code(304).send();
    const { bytes, coding } = await bytesOf(rendered, wanted);
    if (coding !== "identity") reply.header("content-encoding", coding);
    return reply.header("content-type", rendered.type).send(bytes);
  };
}

function isUnchanged(request: FastifyRequest, etag: string, modified: Date): boolean {
  const match = request.headers["if-none-match"];
  if (match !== undefined) {
    const tags = match.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || tags.includes(etag);
  }
  const since = Date.parse(request.headers["if-modified-since"] ?? "");
  return since >= modified.getTime();
}

/**
 * In whole seconds. Within the second of the last change another may follow, so until that second
 * is over the one before is named, and a reader that comes back then gets the newer answer.
 */
function lastModified({ changedAt, now }: Pick<Head, "changedAt" | "now">): Date {
  const second = Math.floor(changedAt.getTime() / 1000);
  const over = Math.floor(now.getTime() / 1000) > second;
  return new Date((over ? second : second - 1) * 1000);
}

/** Sends a value as JSON, its dates as text, past the schema of the route. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(value));
  return reply.header("content-type", "application/json; charset=utf-8").send(body);
}
