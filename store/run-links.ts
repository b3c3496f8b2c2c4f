import { piecesOf } from "../lib/pieces.ts";
import { dueBy, type Store } from "./store.ts";

/** Runs and links that are read at once to tell which runs still have something due. */
const RUNS = 50;
const SOME = 100;

/** The runs among these that still have links due by `until`. */
export async function runsWithDueLinks(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Set<string>> {
  const busy = new Set<string>();
  for (const some of piecesOf(runIds, RUNS)) {
    let asked = some;
    // A run of many links fills what is read: the others are asked about again without it.
    for (let found = SOME; found === SOME && asked.length > 0; ) {
      const due = await store.collections.links
        .find(
          { runId: { $in: asked }, state: "due", dueAt: dueBy(until) },
          { projection: { runId: 1 } },
        )
        .limit(SOME)
        .toArray();
      for (const { runId } of due) busy.add(runId);
      asked = asked.filter((id) => !busy.has(id));
      found = due.length;
    }
  }
  return busy;
}

/** When each new article of a run was published, or found where the entry point didn't say. */
export async function newItemTimes(store: Store, runId: string): Promise<Date[]> {
  const done = await store.collections.links
    .find({ runId, state: "done" }, { projection: { outcome: 1, hints: 1, firstSeenAt: 1 } })
    .toArray();
  return done
    .filter(({ outcome }) => outcome === "new" || outcome === "copy")
    .map(({ hints, firstSeenAt }) => hints.publishedAt ?? firstSeenAt);
}

/** Article links that a run has taken on so far. */
export async function countArticleLinks(store: Store, runId: string): Promise<number> {
  // What a run left out (a first run may leave thousands) isn't read; the kind is told apart here.
  const taken = await store.collections.links
    .find({ runId, state: { $in: ["due", "done", "dead"] } }, { projection: { kind: 1 } })
    .toArray();
  return taken.filter(({ kind }) => kind === "article").length;
}
