import { Piscina } from "piscina";
import { QueryProblem } from "../../model/publish/search.ts";
import type { IndexFile } from "./index-file.ts";
import type { IndexCall, IndexReply, IndexThreadData } from "./index-thread.ts";

/** The search index. It runs in a separate thread, because SQLite would block the event loop. */
export type SearchIndex = {
  [Verb in Exclude<keyof IndexFile, "close">]: (
    ...args: Parameters<IndexFile[Verb]>
  ) => Promise<ReturnType<IndexFile[Verb]>>;
} & { close(): Promise<void> };

// Threads run compiled code. Tests that run from source use the build next to it.
const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../../dist/archive/search/index-thread.js", import.meta.url)
  : new URL("./index-thread.js", import.meta.url);

/** Opens the index at `path` in a separate thread, which runs one call at a time. */
export function openSearchIndex(path: string): SearchIndex {
  const pool = new Piscina({
    filename: THREAD.href,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: { path } satisfies IndexThreadData,
  });
  const call = async (verb: keyof IndexFile, args: readonly unknown[]): Promise<unknown> => {
    const reply = (await pool.run({ verb, args } satisfies IndexCall)) as IndexReply;
    if ("answer" in reply) return reply.answer;
    const { message, at, code } = reply.problem;
    throw new QueryProblem(message, at, code);
  };
  const verb = <V extends Exclude<keyof IndexFile, "close">>(name: V) =>
    ((...args: unknown[]) => call(name, args)) as SearchIndex[V];
  return {
    state: verb("state"),
    count: verb("count"),
    find: verb("find"),
    articles: verb("articles"),
    misses: verb("misses"),
    put: verb("put"),
    begin: verb("begin"),
    add: verb("add"),
    finish: verb("finish"),
    dropBefore: verb("dropBefore"),
    clean: verb("clean"),
    async close() {
      await call("close", []);
      await pool.close();
    },
  };
}
