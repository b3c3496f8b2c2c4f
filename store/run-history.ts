import type { Capture } from "../model/capture.ts";
import type { Link } from "../model/link.ts";
import type { Run } from "../model/run.ts";
import { furtherBack } from "./latest.ts";
import type { Store } from "./store.ts";

/** A source's runs before a time, newest first. */
export function runsOf(
  store: Store,
  sourceId: string,
  { before, limit }: { before: Date; limit: number },
): Promise<Run[]> {
  return furtherBack({ before, limit }, (startedAt, left) =>
    store.collections.runs
      .find({ sourceId, startedAt })
      .sort({ startedAt: -1 })
      .limit(left)
      .toArray(),
  );
}

/** Runs of all sources before a time, newest first. */
export function latestRuns(
  { collections: { runs } }: Store,
  range: { before: Date; limit: number },
): Promise<Run[]> {
  return furtherBack(range, async (startedAt, left) => {
    const ask = (open: boolean) =>
      runs.find({ open, startedAt }).sort({ startedAt: -1 }).limit(left).toArray();
    const found = (await Promise.all([ask(true), ask(false)])).flat();
    const newestFirst = (a: Run, b: Run) => b.startedAt.getTime() - a.startedAt.getTime();
    return found.toSorted(newestFirst).slice(0, left);
  });
}

/** Links that a run was the last to ask for, at most `limit`. */
export function linksOfRun(store: Store, runId: string, limit: number): Promise<Link[]> {
  return store.collections.links.find({ runId }).limit(limit).toArray();
}

/** What a run asked for and what came, in order; bytes are those over the wire. */
export type RunResponse = Pick<
  Capture,
  "_id" | "linkId" | "kind" | "lane" | "url" | "status" | "bytes" | "ms" | "fetchedAt"
>;

/** The responses of a run, the earliest first, at most `limit`. */
export async function responsesOfRun(
  store: Store,
  run: Run,
  limit: number,
): Promise<RunResponse[]> {
  const fields = {
    linkId: 1,
    kind: 1,
    lane: 1,
    url: 1,
    status: 1,
    bytes: 1,
    ms: 1,
    fetchedAt: 1,
    runId: 1,
  };
  const found = await store.collections.captures
    .find({ sourceId: run.sourceId, fetchedAt: windowOf(run) }, { projection: fields })
    .sort({ fetchedAt: 1 })
    .limit(limit)
    .toArray();
  return found.filter(({ runId }) => runId === run._id);
}

/** Runs whose responses are counted at once: all began within so many ms. */
const NEAR = 10 * 60_000;
const AT_ONCE = 50;

/** Requests that runs made and bytes that came over the wire, by run; one without a response is not in the answer. */
export async function trafficOfRuns(
  store: Store,
  runs: readonly Run[],
): Promise<Map<string, { requests: number; bytes: number }>> {
  const sums = new Map<string, { requests: number; bytes: number }>();
  let left = runs.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  for (let [first] = left; first; [first] = left) {
    const end = first.startedAt.getTime() + NEAR;
    const some = left.slice(0, AT_ONCE).filter(({ startedAt }) => startedAt.getTime() <= end);
    left = left.slice(some.length);
    // Other runs of the sources are told apart here: beside the index's keys the runs would cost a scan.
    const found = await store.collections.captures
      .aggregate<{ _id: string | null; requests: number; bytes: number }>([
        {
          $match: {
            sourceId: { $in: [...new Set(some.map(({ sourceId }) => sourceId))] },
            fetchedAt: windowOfAll(some),
          },
        },
        { $group: { _id: "$runId", requests: { $sum: 1 }, bytes: { $sum: "$bytes" } } },
      ])
      .toArray();
    const wanted = new Set(some.map(({ _id }) => _id));
    for (const { _id, requests, bytes } of found) {
      if (_id !== null && wanted.has(_id)) sums.set(_id, { requests, bytes });
    }
  }
  return sums;
}

function windowOfAll(runs: readonly Run[]): { $gte: Date; $lte: Date } {
  const windows = runs.map(windowOf);
  return {
    $gte: new Date(Math.min(...windows.map(({ $gte }) => $gte.getTime()))),
    $lte: new Date(Math.max(...windows.map(({ $lte }) => $lte.getTime()))),
  };
}

/** When a run's responses came: clocks of several machines differ a little. */
function windowOf({ startedAt, finishedAt }: Run): { $gte: Date; $lte: Date } {
  const end = finishedAt ?? new Date();
  return { $gte: new Date(startedAt.getTime() - 60_000), $lte: new Date(end.getTime() + 60_000) };
}
