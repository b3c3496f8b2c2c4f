import type { Capture } from "../model/capture.ts";
import type { Link } from "../model/link.ts";
import type { Run } from "../model/run.ts";
import { EPOCH, type Store } from "./store.ts";

/** A source's runs before a time, newest first. */
export function runsOf(
  store: Store,
  sourceId: string,
  { before, limit }: { before: Date; limit: number },
): Promise<Run[]> {
  return store.collections.runs
    .find({ sourceId, startedAt: { $gt: EPOCH, $lt: before } })
    .sort({ startedAt: -1 })
    .limit(limit)
    .toArray();
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

/** Requests that a run made and bytes that came over the wire. */
export async function trafficOfRun(
  store: Store,
  run: Run,
): Promise<{ requests: number; bytes: number }> {
  // Other runs of the source are told apart here: beside the index's keys the run would cost a scan.
  const sums = await store.collections.captures
    .aggregate<{ _id: string | null; requests: number; bytes: number }>([
      { $match: { sourceId: run.sourceId, fetchedAt: windowOf(run) } },
      { $group: { _id: "$runId", requests: { $sum: 1 }, bytes: { $sum: "$bytes" } } },
    ])
    .toArray();
  const sum = sums.find(({ _id }) => _id === run._id);
  return { requests: sum?.requests ?? 0, bytes: sum?.bytes ?? 0 };
}

/** When a run's responses came: clocks of several machines differ a little. */
function windowOf({ startedAt, finishedAt }: Run): { $gte: Date; $lte: Date } {
  const end = finishedAt ?? new Date();
  return { $gte: new Date(startedAt.getTime() - 60_000), $lte: new Date(end.getTime() + 60_000) };
}
