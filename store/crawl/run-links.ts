import { piecesOf } from "../../lib/batch.ts";
import type { Link } from "../../model/crawl/link.ts";
import { findIn } from "../queries.ts";
import { dueBy, FAR_FUTURE, type Store } from "../store.ts";

const RUN_BATCH_SIZE = 50;
const MAX_LINKS_PER_QUERY = 100;
/** An index hint: without one, the embedded database tries every index. */
const RUN_INDEX = { runId: 1, state: 1, dueAt: 1 } as const;

/**
 * The id of one link of each run, by run id. The link was due at the last check. If it is still
 * due, the run's other links need not be read.
 */
const lastDue = new WeakMap<Store, Map<string, string>>();

export async function runsWithDueLinks(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Set<string>> {
  const known = await stillDue(store, runIds, until);
  const others = runIds.filter((id) => !known.has(id));
  for (const [runId, link] of await findDue(store, others, until)) known.set(runId, link);
  lastDue.set(store, known);
  return new Set(known.keys());
}

async function stillDue(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Map<string, string>> {
  const before = lastDue.get(store);
  const ids = runIds.flatMap((runId) => before?.get(runId) ?? []);
  const projection = { runId: 1, state: 1, dueAt: 1 };
  const links = await findIn(store.collections.links, "_id", ids, { projection });
  const due = links.filter(({ state, dueAt }) => state === "due" && dueAt && dueAt <= until);
  const wanted = new Set(runIds);
  return new Map(due.flatMap(({ _id, runId }) => (wanted.has(runId) ? [[runId, _id]] : [])));
}

/**
 * Returns the id of one due link of each run, by run id. Of several links, it takes the last one
 * found, which will probably stay due longest. Runs without due links are missing.
 */
async function findDue(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Map<string, string>> {
  const due = new Map<string, string>();
  for (const some of piecesOf(runIds, RUN_BATCH_SIZE)) {
    let undecided = some;
    // A run with many links can fill the result: query the other runs again without it.
    for (let found = MAX_LINKS_PER_QUERY; found === MAX_LINKS_PER_QUERY && undecided.length > 0; ) {
      const links = await store.collections.links
        .find(
          { runId: { $in: undecided }, state: "due", dueAt: dueBy(until) },
          { projection: { runId: 1 } },
        )
        .limit(MAX_LINKS_PER_QUERY)
        .toArray();
      for (const { _id, runId } of links) due.set(runId, _id);
      undecided = undecided.filter((id) => !due.has(id));
      found = links.length;
    }
  }
  return due;
}

/** Returns a run's links, except those that a later run fetches again. */
export function linksOfRun(store: Store, runId: string, limit: number): Promise<Link[]> {
  return store.collections.links.find({ runId }).limit(limit).toArray();
}

/** Returns the hosts of a run's due links; a host can appear more than once. */
export function dueOfRun(
  store: Store,
  runId: string,
  until: Date,
  limit: number,
): Promise<Pick<Link, "host">[]> {
  return store.collections.links
    .find(
      { runId, state: "due", dueAt: dueBy(until) },
      { projection: { host: 1 }, hint: RUN_INDEX },
    )
    .limit(limit)
    .toArray();
}

export type DueLink = Pick<
  Link,
  "_id" | "url" | "host" | "runId" | "lane" | "dueAt" | "claim" | "reason" | "detail"
>;

const DUE_LINK = { url: 1, host: 1, runId: 1, lane: 1, dueAt: 1, claim: 1, reason: 1, detail: 1 };

/** Returns the links that runs must still fetch, now or later; at most `limit` per run. */
export async function dueOfRuns(
  store: Store,
  runIds: readonly string[],
  limit: number,
): Promise<DueLink[]> {
  const found = runIds.map((runId) =>
    store.collections.links
      .find(
        { runId, state: "due", dueAt: dueBy(FAR_FUTURE) },
        { projection: DUE_LINK, hint: RUN_INDEX },
      )
      .limit(limit)
      .toArray(),
  );
  return (await Promise.all(found)).flat();
}

/**
 * Returns the times at which a run's new articles, including copies, were published or, if that is
 * unknown, found.
 */
export async function newItemTimes(store: Store, runId: string): Promise<Date[]> {
  const done = await store.collections.links
    .find(
      { runId, state: "done" },
      { projection: { outcome: 1, hints: 1, firstSeenAt: 1 }, hint: RUN_INDEX },
    )
    .toArray();
  return done
    .filter(({ outcome }) => outcome === "new" || outcome === "copy")
    .map(({ hints, firstSeenAt }) => hints.publishedAt ?? firstSeenAt);
}

export async function countArticleLinks(store: Store, runId: string): Promise<number> {
  // A first run can skip thousands of links, which are not read. The kind of link is checked here.
  const taken = await store.collections.links
    .find(
      { runId, state: { $in: ["due", "done", "dead-letter"] } },
      { projection: { kind: 1 }, hint: RUN_INDEX },
    )
    .toArray();
  return taken.filter(({ kind }) => kind === "article").length;
}
