import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { cachedPer } from "../../lib/async.ts";
import { shortHash } from "../../lib/text.ts";
import type { UsageTerms } from "../../model/usage-rights.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import { usageHeaders, usageOf } from "./usage.ts";

/** The state of the data. Two responses with the same `stamp` and URL are equal. */
export interface DataState {
  stamp: string;
  /** When this process began the first read that returned the current `stamp`. */
  changedAt: Date;
  now: Date;
}

export type Answer<State> = (
  request: FastifyRequest,
  reply: FastifyReply,
  /** Tells apart the responses at the same URL, for example by requested format. */
  variant: string,
  build: (state: State) => Promise<Rendered>,
) => Promise<FastifyReply>;

/** How long readers get a cached response without a check for newer data. */
interface Staleness {
  /**
   * A cached response younger than this, in ms, is sent at once and checked for newer data
   * afterwards.
   */
  patience: number;
  now: () => Date;
}

/**
 * Returns a function that answers read requests from a cache, with entity tags (RFC 9110 section
 * 13). Readers who reload the page or are logged in get the newest data.
 */
export function answerer<State extends DataState>(
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
      cache.confirm(address, validators);
      if (isUnchanged(request, validators, wanted)) return validators;
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
    reply
      .header("etag", etagOf(found, wanted))
      .header("last-modified", lastModified(found).toUTCString())
      .header("cache-control", "no-cache");
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
  const found = cache.find(address);
  return found && now().getTime() - found.now.getTime() < patience ? found : undefined;
}

function wantsNewest({ headers, actor }: FastifyRequest): boolean {
  // Browsers send these values when a reader reloads a page (RFC 9111 section 5.2.1).
  const requested = headers["cache-control"] ?? headers.pragma ?? "";
  return /no-cache|max-age=0\b/.test(requested) || (actor?.session ?? null) !== null;
}

function etagOf({ tag }: Validators, coding: Coding): string {
  // Each coding needs its own tag (RFC 9110 section 8.8.3).
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

function lastModified({ changedAt, now }: Validators): Date {
  // A reader must also get another change within the same second.
  const second = Math.floor(changedAt.getTime() / 1000);
  const over = Math.floor(now.getTime() / 1000) > second;
  return new Date((over ? second : second - 1) * 1000);
}

/** Sends a value as JSON, with dates as text, without applying the route's schema. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(value));
  return reply.header("content-type", "application/json; charset=utf-8").send(body);
}

/** An object with dates in place of texts. */
type WithDates<T> = { [Name in keyof T]: T[Name] | (string extends T[Name] ? Date : never) };

/**
 * Returns the fields of a value that a schema names, in the schema's order, with dates as text and
 * null for missing fields. Other fields of a stored document, such as secrets, aren't shown.
 */
export function fieldsOf<T extends z.ZodObject>(
  schema: T,
  value: WithDates<z.input<T>>,
): z.input<T> {
  const shown = Object.keys(schema.shape).map((name) => {
    const field: unknown = Reflect.get(value, name);
    return [name, field instanceof Date ? field.toISOString() : (field ?? null)];
  });
  return Object.fromEntries(shown) as z.input<T>;
}

/** Returns a JSON response with the usage terms of the articles in it. */
export function renderJson(value: unknown, articles: readonly ListedArticle[]): Rendered {
  const type = "application/json; charset=utf-8";
  return { type, body: JSON.stringify(value), usage: usageOf(articles) };
}

type Coding = "br" | "gzip" | "identity";

/** Responses shorter than this aren't compressed, because they fit into one packet. */
const MIN_COMPRESSED_CHARS = 1200;
/** Quality 5 gives nearly the best compression in a fraction of the time. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const compress = {
  br: (body: string | Buffer) => promisify(brotliCompress)(body, BROTLI_OPTIONS),
  gzip: (body: string | Buffer) => promisify(gzip)(body),
  identity: async (body: string | Buffer) => (typeof body === "string" ? Buffer.from(body) : body),
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

const compressed = cachedPer(
  ({ body }: { body: string | Buffer }, coding) => compress[coding as Coding](body),
  { ttl: Number.POSITIVE_INFINITY, size: Object.keys(compress).length },
);

/** Returns a response's bytes, compressed once per coding. A short response isn't compressed. */
export async function bytesOf(
  answer: { body: string | Buffer },
  coding: Coding,
): Promise<{ bytes: Buffer; coding: Coding }> {
  const used = answer.body.length < MIN_COMPRESSED_CHARS ? "identity" : coding;
  return { bytes: await compressed(answer, used), coding: used };
}

/** A finished response, ready to be sent. */
export interface Rendered {
  body: string;
  type: string;
  headers?: Record<string, string>;
  /** Usage terms of each article, null if not stated. The headers state the strictest. */
  usage: readonly (UsageTerms | null)[];
}

/** Values from the store that show whether a response is still current. */
export interface Validators {
  /** Hash of the URL and the state of the data. Responses with the same tag are equal. */
  tag: string;
  changedAt: Date;
  now: Date;
}

/**
 * A cached response with its validators. `now` is when the response was last known to be current.
 */
interface CachedAnswer extends Validators {
  answer: Rendered;
}

/** The newest response for each URL. Beyond a limit, the least recently used are removed. */
export class AnswerCache {
  #answers = new Map<string, CachedAnswer>();
  #made = new Map<string, { tag: string; building: Promise<CachedAnswer> }>();
  #size = 0;
  readonly #limits: { entries: number; chars: number };

  constructor(limits: { entries: number; chars: number }) {
    this.#limits = limits;
  }

  /** Returns the response with this tag, cached or built. Concurrent callers share one build. */
  async get(
    address: string,
    validators: Validators,
    build: () => Promise<Rendered>,
  ): Promise<CachedAnswer> {
    const cached = this.find(address);
    if (cached?.tag === validators.tag) return cached;
    const running = this.#made.get(address);
    if (running?.tag === validators.tag) return running.building;
    const building = build().then((answer) => ({ ...validators, answer }));
    const made = { tag: validators.tag, building };
    this.#made.set(address, made);
    try {
      const built = await building;
      this.#keep(address, built);
      return built;
    } finally {
      if (this.#made.get(address) === made) this.#made.delete(address);
    }
  }

  /** Marks the cached response as current if the tag matches. */
  confirm(address: string, { tag, now }: Validators): void {
    const cached = this.find(address);
    if (cached?.tag === tag && now > cached.now) cached.now = now;
  }

  /** Returns the cached response for a URL, even if it is outdated; undefined if there is none. */
  find(address: string): CachedAnswer | undefined {
    const cached = this.#answers.get(address);
    if (!cached) return undefined;
    this.#answers.delete(address);
    this.#answers.set(address, cached);
    return cached;
  }

  #keep(address: string, cached: CachedAnswer): void {
    const before = this.#answers.get(address);
    // A newer build finished first.
    if (before && before.now > cached.now) return;
    this.#drop(address);
    const { entries, chars } = this.#limits;
    if (cached.answer.body.length > chars) return;
    this.#answers.set(address, cached);
    this.#size += cached.answer.body.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= entries && this.#size <= chars) break;
      this.#drop(oldest);
    }
  }

  #drop(address: string): void {
    this.#size -= this.#answers.get(address)?.answer.body.length ?? 0;
    this.#answers.delete(address);
  }
}
