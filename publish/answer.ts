import type { FastifyReply, FastifyRequest } from "fastify";
import { shortHash } from "../lib/hash.ts";
import type { AnswerCache, Rendered, Stand } from "./cache.ts";
import { bytesOf, type Coding, codingFor } from "./pack.ts";
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
 * (RFC 9110 section 13). With `patience` readers are given what was the newest so many ms ago, while
 * what took its place is made.
 */
export function answerer<State extends Pick<Head, "stamp" | "changedAt" | "now">>(
  read: () => Promise<State>,
  cache: AnswerCache,
  patience = 0,
): Answer<State> {
  return async (request, reply, variant, build) => {
    const state = await read();
    const address = `${variant}\n${request.url}`;
    const { changedAt, now } = state;
    const stand = { tag: shortHash(`${state.stamp}\n${address}`), changedAt, now };
    const wanted = codingFor(request.headers["accept-encoding"]);
    reply.header("vary", variant ? "accept, accept-encoding" : "accept-encoding");
    if (isUnchanged(request, stand, wanted)) {
      cache.seen(address, stand);
      return validated(reply, stand, wanted).code(304).send();
    }
    // A problem thrown while building must not carry the validators of the page it stands for.
    const kept = await cache.get(
      address,
      stand,
      async () => {
        const answer = await build(state);
        // Whoever comes next finds it packed.
        await bytesOf(answer, wanted);
        return answer;
      },
      wantsNewest(request) ? 0 : patience,
    );
    validated(reply, kept, wanted).headers(kept.answer.headers ?? {});
    if (isUnchanged(request, kept, wanted)) return reply.code(304).send();
    const { bytes, coding } = await bytesOf(kept.answer, wanted);
    if (coding !== "identity") reply.header("content-encoding", coding);
    return reply.header("content-type", kept.answer.type).send(bytes);
  };
}

/** Who reloads a page (RFC 9111 section 5.2.1), or is signed in and may have changed it himself. */
function wantsNewest({ headers, actor }: FastifyRequest): boolean {
  const told = headers["cache-control"] ?? headers.pragma ?? "";
  return /no-cache|max-age=0\b/.test(told) || (actor?.session ?? null) !== null;
}

function validated(reply: FastifyReply, stand: Stand, coding: Coding): FastifyReply {
  return reply
    .header("etag", etagOf(stand, coding))
    .header("last-modified", lastModified(stand).toUTCString())
    .header("cache-control", "no-cache");
}

/** Each coding is a representation of its own, with a tag of its own (RFC 9110 section 8.8.3). */
function etagOf({ tag }: Stand, coding: Coding): string {
  return coding === "identity" ? `"${tag}"` : `"${tag}-${coding}"`;
}

function isUnchanged(request: FastifyRequest, stand: Stand, coding: Coding): boolean {
  const match = request.headers["if-none-match"];
  if (match !== undefined) {
    const tags = match.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || tags.includes(etagOf(stand, coding));
  }
  const since = Date.parse(request.headers["if-modified-since"] ?? "");
  return since >= lastModified(stand).getTime();
}

/**
 * In whole seconds. Within the second of the last change another may follow, so until that second
 * is over the one before is named, and a reader that comes back then gets the newer answer.
 */
function lastModified({ changedAt, now }: Stand): Date {
  const second = Math.floor(changedAt.getTime() / 1000);
  const over = Math.floor(now.getTime() / 1000) > second;
  return new Date((over ? second : second - 1) * 1000);
}

/** Sends a value as JSON, its dates as text, past the schema of the route. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(value));
  return reply.header("content-type", "application/json; charset=utf-8").send(body);
}
