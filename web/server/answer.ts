import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { shortHash } from "../../lib/hash.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { AnswerCache, Rendered, Validators } from "./cache.ts";
import type { Head } from "./snapshot.ts";
import { usageHeaders, usageOf } from "./usage.ts";

/** A function that sends a response from the cache or from `build`, or 304 if the reader has it. */
export type Answer<State> = (
  request: FastifyRequest,
  reply: FastifyReply,
  /** Selects one of several responses at the same URL, for example by requested format. */
  variant: string,
  build: (state: State) => Promise<Rendered>,
) => Promise<FastifyReply>;

/** How long readers get a cached response without a check for newer data. */
export interface Staleness {
  /**
   * A cached response that was current less than this many ms ago is sent at once. The check for
   * newer data follows in the background.
   */
  patience: number;
  now: () => Date;
}

/**
 * Returns a function that answers read requests from a cache. The entity tag is a hash of the URL
 * and the data's `stamp`, so a 304 or a repeated read only queries the stamp (RFC 9110 section 13).
 * With `staleness`, a response that was current less than `patience` ms ago is sent at once, and a
 * check in the background rebuilds it if the data has changed. Readers who reload the page or are
 * logged in get the newest data.
 */
export function answerer<State extends Pick<Head, "stamp" | "changedAt" | "now">>(
  read: () => Promise<State>,
  cache: AnswerCache,
  staleness?: Staleness,
): Answer<State> {
  const checking = new Set<string>();
  return async (request, reply, variant, build) => {
    const address = `${variant}\n${request.url}`;
    const wanted = codingFor(request.headers["accept-encoding"]);
    reply.header("vary", variant ? "accept, accept-encoding" : "accept-encoding");
    const newest = async (): Promise<Validators & { answer?: Rendered }> => {
      const state = await read();
      const { changedAt, now } = state;
      const validators = { tag: shortHash(`${state.stamp}\n${address}`), changedAt, now };
      if (isUnchanged(request, validators, wanted)) {
        cache.seen(address, validators);
        return validators;
      }
      return cache.get(address, validators, async () => {
        const answer = await build(state);
        // Later readers get these compressed bytes from the cache.
        await bytesOf(answer, wanted);
        return answer;
      });
    };
    const soon = staleness && !wantsNewest(request) && cachedSince(cache, address, staleness);
    if (soon && !checking.has(address)) {
      checking.add(address);
      // The error is ignored here: the next reader who waits for a new response gets it.
      void newest()
        .catch(() => {})
        .finally(() => checking.delete(address));
    }
    // The validators are set only after building, because an error response must not have them.
    const found = soon || (await newest());
    setValidators(reply, found, wanted);
    if (!found.answer || isUnchanged(request, found, wanted)) return reply.code(304).send();
    const { bytes, coding } = await bytesOf(found.answer, wanted);
    if (coding !== "identity") reply.header("content-encoding", coding);
    return reply
      .headers({ ...usageHeaders(found.answer.usage), ...found.answer.headers })
      .header("content-type", found.answer.type)
      .send(bytes);
  };
}

function cachedSince(cache: AnswerCache, address: string, { patience, now }: Staleness) {
  const cached = cache.find(address);
  return cached && now().getTime() - cached.now.getTime() < patience ? cached : undefined;
}

/** Returns whether a reader reloads the page (RFC 9111 section 5.2.1) or is logged in. */
function wantsNewest({ headers, actor }: FastifyRequest): boolean {
  const directives = headers["cache-control"] ?? headers.pragma ?? "";
  return /no-cache|max-age=0\b/.test(directives) || (actor?.session ?? null) !== null;
}

function setValidators(reply: FastifyReply, validators: Validators, coding: Coding): void {
  reply
    .header("etag", etagOf(validators, coding))
    .header("last-modified", lastModified(validators).toUTCString())
    .header("cache-control", "no-cache");
}

/** Returns an entity tag. Each coding has its own tag (RFC 9110 section 8.8.3). */
function etagOf({ tag }: Validators, coding: Coding): string {
  return coding === "identity" ? `"${tag}"` : `"${tag}-${coding}"`;
}

function isUnchanged(request: FastifyRequest, validators: Validators, coding: Coding): boolean {
  const match = request.headers["if-none-match"];
  if (match !== undefined) {
    const tags = match.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || tags.includes(etagOf(validators, coding));
  }
  const since = Date.parse(request.headers["if-modified-since"] ?? "");
  return since >= lastModified(validators).getTime();
}

/**
 * Returns the time of the latest change in whole seconds. While that second isn't over, returns the
 * second before it, so that a reader also gets another change within the same second.
 */
function lastModified({ changedAt, now }: Validators): Date {
  const second = Math.floor(changedAt.getTime() / 1000);
  const over = Math.floor(now.getTime() / 1000) > second;
  return new Date((over ? second : second - 1) * 1000);
}

/** Sends a value as JSON, with dates as text, without applying the route's schema. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(value));
  return reply.header("content-type", "application/json; charset=utf-8").send(body);
}

/** Returns a JSON response with the usage terms of the articles in it. */
export function renderJson(value: unknown, articles: readonly ListedArticle[]): Rendered {
  const type = "application/json; charset=utf-8";
  return { type, body: JSON.stringify(value), usage: usageOf(articles) };
}

type Coding = "br" | "gzip" | "identity";

/** Shorter responses aren't compressed, because they fit into one packet. */
const MIN_COMPRESSED_CHARS = 1200;
/** Nearly the best compression in a fraction of the time. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const compress = {
  br: (body: Buffer) => promisify(brotliCompress)(body, BROTLI_OPTIONS),
  gzip: (body: Buffer) => promisify(gzip)(body),
  identity: async (body: Buffer) => body,
};

/** Returns the best accepted coding, `br` first. `q=0` means refused (RFC 9110 section 12.5.3). */
export function codingFor(accepted: string | undefined): Coding {
  const taken = (accepted ?? "")
    .toLowerCase()
    .split(",")
    .map((part) => part.split(";").map((piece) => piece.trim()))
    .filter(([, q = ""]) => !/^q=0(\.0*)?$/.test(q))
    .map(([name]) => name);
  return (["br", "gzip"] as const).find((coding) => taken.includes(coding)) ?? "identity";
}

const compressed = new WeakMap<object, Map<Coding, Promise<Buffer>>>();

/** Returns a response's bytes, compressed once per coding. A short response isn't compressed. */
export async function bytesOf(
  answer: { body: string | Buffer },
  coding: Coding,
): Promise<{ bytes: Buffer; coding: Coding }> {
  const used = answer.body.length < MIN_COMPRESSED_CHARS ? "identity" : coding;
  const known = compressed.get(answer) ?? new Map<Coding, Promise<Buffer>>();
  compressed.set(answer, known);
  const plain = () => (typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body);
  const bytes = known.get(used) ?? compress[used](plain());
  known.set(used, bytes);
  return { bytes: await bytes, coding: used };
}
