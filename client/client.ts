import { type Call, caller } from "./call.ts";
import { type Following, follow } from "./follow.ts";
import type { Api } from "./types.ts";

export { ProblemError } from "./call.ts";
export type { Following, Step } from "./follow.ts";
export type { Api, Article, Change, Item, Listed, ProblemDetails } from "./types.ts";

/** A client of the API at `base`, the server's address; `key` is one of `newsgather keys add`. */
export function createClient(base: string, { key }: { key?: string } = {}) {
  const call = caller(base, key);
  return {
    /** Any operation that the client has types of, once. */
    call,
    /** Published articles, newest first, page after page. */
    articles: (query: Api["GET /v1/articles"]["query"] = {}) => articles(call, query),
    /** One article, with how each field was read; throws 404 or 410 problems. */
    article: (id: string) => call("GET /v1/articles/{id}", { path: { id } }),
    /** Yields a snapshot, then changes, from your cursor on. */
    follow: (following: Following = {}) => follow(call, following),
    /** A reader whose position the server stores. */
    consumer: (name: string) => ({
      /** The next changes, for nobody else; throws a 409 problem while another has them. */
      lease: (
        body: Api["POST /v1/consumers/{name}/lease"]["body"] = {},
        { signal }: { signal?: AbortSignal } = {},
      ) => call("POST /v1/consumers/{name}/lease", { path: { name }, body, signal }),
      /** Says that a lease is dealt with, whole or up to `seq`. */
      ack: (body: Api["POST /v1/consumers/{name}/ack"]["body"]) =>
        call("POST /v1/consumers/{name}/ack", { path: { name }, body }),
    }),
  };
}

async function* articles(call: Call, query: Api["GET /v1/articles"]["query"]) {
  for (let pageQuery = query; ; ) {
    const { items, next_cursor: cursor } = await call("GET /v1/articles", { query: pageQuery });
    yield* items;
    if (cursor === null) return;
    pageQuery = { ...query, cursor };
  }
}
