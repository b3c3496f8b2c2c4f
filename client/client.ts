import { type Call, caller } from "./call.ts";
import { type Following, follow } from "./follow.ts";
import type { Api } from "./types.ts";

export { ProblemError } from "./call.ts";
export type { Following, Step } from "./follow.ts";
export type { Api, Article, Change, Item, Listed, ProblemDetails } from "./types.ts";

/** Returns a client of the API at the URL `base`; `key` comes from `newsgather keys add`. */
export function createClient(base: string, { key }: { key?: string } = {}) {
  const call = caller(base, key);
  return {
    call,
    /** Iterates over published articles, newest first. Fetches further pages as needed. */
    articles: (query: Api["GET /v1/articles"]["query"] = {}) => articles(call, query),
    /** Returns an article with evidence. Throws a 404 problem if unknown, a 410 if retracted. */
    article: (id: string) => call("GET /v1/articles/{id}", { path: { id } }),
    /** Iterates over the changes after a cursor; without a cursor, over a snapshot first. */
    follow: (following: Following = {}) => follow(call, following),
    /** Returns a consumer: a reader of the change stream whose position the server stores. */
    consumer: (name: string) => ({
      /** Leases the next changes. Throws a 409 problem until the current lease, if any, is over. */
      lease: (
        body: Api["POST /v1/consumers/{name}/lease"]["body"] = {},
        { signal }: { signal?: AbortSignal } = {},
      ) => call("POST /v1/consumers/{name}/lease", { path: { name }, body, signal }),
      /** Acknowledges the changes of a lease: all of them, or only the changes up to `seq`. */
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
