import { piecesOf } from "../../lib/batch.ts";
import type { Link } from "../../model/crawl/link.ts";
import { findIn } from "../queries.ts";
import { dueBy, FAR_FUTURE, type Store } from "../store.ts";

/** Runs and links that are read at once to tell which runs still have something due. */
const RUNS = 50;
const SOME = 100;
/** Of several indexes that may serve, the embedded database tries each on all links of a small collection. */
const OF_RUN = { runId: 1, state: 1, dueAt: 1 } as const;

/** By run, a link that was due at the last query: while it still is, no other link of the run is read. */
const lastDue = new WeakMap<Store, Map<string, string>>();

/** The runs among these that still have links due by `until`. */
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

/** By run the link that was due the last time, where it is due now too. */
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

/** By run one of its links that are due: the last that is found, which will be due for longest. */
async function findDue(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Map<string, string>> {
  const due = new Map<string, string>();
  for (const some of piecesOf(runIds, RUNS)) {
    let undecided = some;
    // A run of many links fills the result: the others are queried again without it.
    for (let found = SOME; found === SOME && undecided.length > 0; ) {
      const links = await store.collections.links
        .find(
          { runId: { $in: undecided }, state: "due", dueAt: dueBy(until) },
          { projection: { runId: 1 } },
        )
        .limit(SOME)
        .toArray();
      for (const { _id, runId } of links) due.set(runId, _id);
      undecided = undecided.filter((id) => !due.has(id));
      found = links.length;
    }
  }
  return due;
}

/** Links of a run that are due by `until`. */
export function dueOfRun(
  store: Store,
  runId: string,
  until: Date,
  limit: number,
): Promise<Pick<Link, "host">[]> {
  return store.collections.links
    .find({ runId, state: "due", dueAt: dueBy(until) }, { projection: { host: 1 }, hint: OF_RUN })
    .limit(limit)
    .toArray();
}

/** A due link of a run, as much of it as says what it waits for. */
export type DueLink = Pick<
  Link,
  "_id" | "url" | "host" | "runId" | "lane" | "dueAt" | "claim" | "reason" | "detail"
>;

const DUE_LINK = { url: 1, host: 1, runId: 1, lane: 1, dueAt: 1, claim: 1, reason: 1, detail: 1 };

/** Due links of runs, at most `limit` of each. */
export async function dueOfRuns(
  store: Store,
  runIds: readonly string[],
  limit: number,
): Promise<DueLink[]> {
  const found = runIds.map((runId) =>
    store.collections.links
      .find(
        { runId, state: "due", dueAt: dueBy(FAR_FUTURE) },
        { projection: DUE_LINK, hint: OF_RUN },
      )
      .limit(limit)
      .toArray(),
  );
  return (await Promise.all(found)).flat();
}

/** When each new article of a run was published, or found where the entry point didn't say. */
export async function newItemTimes(store: Store, runId: string): Promise<Date[]> {
  const done = await store.collections.links
    .find(
      { runId, state: "done" },
      { projection: { outcome: 1, hints: 1, firstSeenAt: 1 }, hint: OF_RUN },
    )
    .toArray();
  return done
    .filter(({ outcome }) => outcome === "new" || outcome === "copy")
    .map(({ hints, firstSeenAt }) => hints.publishedAt ?? firstSeenAt);
}

/** Article links that a run has taken on so far. */
export async function countArticleLinks(store: Store, runId: string): Promise<number> {
  // What a run left out (a first run may leave thousands) isn't read; the kind is told apart here.
  const taken = await store.collections.links
    .find(
      { runId, state: { $in: ["due", "done", "dead-letter"] } },
      { projection: { kind: 1 }, hint: OF_RUN },
    )
    .toArray();
  return taken.filter(({ kind }) => kind === "article").length;
}
