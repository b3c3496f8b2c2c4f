import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { shortHash } from "../../lib/hash.ts";
import type { AnswerCache, Rendered, Validators } from "./cache.ts";
import type { Head } from "./snapshot.ts";
import { usageHeaders } from "./usage.ts";

/** Returns a request from the cache, with validators; 304 where the reader has it already. */
export type Answer<State> = (
  request: FastifyRequest,
  reply: FastifyReply,
  /** What else decides the response besides the URL, e.g. the format that `Accept` chose. */
  variant: string,
  build: (state: State) => Promise<Rendered>,
) => Promise<FastifyReply>;

/** How long readers may be given what was the newest, ms, and what time it is. */
export interface Staleness {
  patience: number;
  now: () => Date;
}

/**
 * Makes the one way to answer reads: the entity tag follows from the stamp of the data that the
 * answer shows and the address, so a 304 and a repeated read cost no query beyond reading that
 * (RFC 9110 section 13). With a `staleness` readers are given what was the newest so short a time ago,
 * without any query, while a check runs in the background and builds it again where it has changed.
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
        // Whoever comes next finds it compressed.
        await bytesOf(answer, wanted);
        return answer;
      });
    };
    const soon = staleness && !wantsNewest(request) && cachedSince(cache, address, staleness);
    if (soon && !checking.has(address)) {
      checking.add(address);
      // Whoever waits for it gets the reason why it failed.
      void newest()
        .catch(() => {})
        .finally(() => checking.delete(address));
    }
    // A problem thrown while building must not carry the validators of the page it replaces.
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

/** Who reloads a page (RFC 9111 section 5.2.1), or is signed in and may have changed it himself. */
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

/** Each coding is a representation of its own, with a tag of its own (RFC 9110 section 8.8.3). */
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
 * In whole seconds. Within the second of the last change another may follow, so until that second
 * is over the one before is named, and a reader that comes back then gets the newer answer.
 */
function lastModified({ changedAt, now }: Validators): Date {
  const second = Math.floor(changedAt.getTime() / 1000);
  const over = Math.floor(now.getTime() / 1000) > second;
  return new Date((over ? second : second - 1) * 1000);
}

/** Sends a value as JSON, its dates as text, past the schema of the route. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(value));
  return reply.header("content-type", "application/json; charset=utf-8").send(body);
}

/** How an answer goes over the wire. */
type Coding = "br" | "gzip" | "identity";

/** Shorter answers fit into one packet as they are, characters. */
const SHORTEST = 1200;
/** Near the best that is still quick: an answer is compressed once for all who ask. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const compress = {
  br: (body: Buffer) => promisify(brotliCompress)(body, QUALITY),
  gzip: (body: Buffer) => promisify(gzip)(body),
  identity: async (body: Buffer) => body,
};

/** The coding of an answer for whoever accepts these (RFC 9110 section 12.5.3); what he refuses by `q=0` is not taken. */
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

/** The bytes of an answer, compressed once as long as it is cached; short ones stay as they are. */
export async function bytesOf(
  answer: { body: string | Buffer },
  coding: Coding,
): Promise<{ bytes: Buffer; coding: Coding }> {
  const used = answer.body.length < SHORTEST ? "identity" : coding;
  const known = compressed.get(answer) ?? new Map<Coding, Promise<Buffer>>();
  compressed.set(answer, known);
  const plain = () => (typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body);
  const bytes = known.get(used) ?? compress[used](plain());
  known.set(used, bytes);
  return { bytes: await bytes, coding: used };
}
