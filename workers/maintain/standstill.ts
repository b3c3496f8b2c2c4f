import type { Post } from "../../crawler/http/post.ts";
import { HOUR_MS } from "../../lib/time.ts";
import { lastFetchedAt } from "../../store/crawl/captures.ts";
import { dueHosts, getHosts } from "../../store/crawl/hosts.ts";
import { dueOfRun, findOpenRuns } from "../../store/crawl/runs.ts";
import { getSources, longestOverdue } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import type { Deps } from "../deps.ts";

const STALL_MS = HOUR_MS;

async function findStall({ store, now, diskSpace }: Pick<Deps, "store" | "now" | "diskSpace">) {
  const { low } = await diskSpace();
  if (low) return low;
  const since = new Date(now().getTime() - STALL_MS);
  const source = await longestOverdue(store, since);
  if (source)
    return `the source ${source._id} has been due for more than an hour, but no run has started`;
  const [http, browser] = await Promise.all([
    dueHosts(store, "http", since, 1),
    dueHosts(store, "browser", since, 1),
  ]);
  const [host] = [...http, ...browser];
  if (host)
    return `the host ${host._id} has been due for more than an hour, but no worker has contacted it`;
  const [run] = await findStalledRuns(store, now());
  return run ? `${run.runId} ${run.words}` : null;
}

/**
 * Pings a dead man's switch, such as healthchecks.io, unless work is stalled. Returns whether the
 * ping was accepted.
 */
export async function sendHeartbeat(
  deps: Pick<Deps, "store" | "now" | "diskSpace" | "log"> & { post: Pick<Post, "send"> },
  url: string,
): Promise<boolean> {
  const why = await findStall(deps);
  if (why !== null) {
    deps.log.error({ why }, "the pipeline is stalled: the dead man's switch isn't pinged");
    return false;
  }
  const answer = await deps.post.send(url, { headers: {}, body: "" });
  const taken = "status" in answer && answer.status < 400;
  if (!taken) deps.log.warn({ answer }, "can't ping the dead man's switch");
  return taken;
}

const MAX_CHECKED_RUNS = 200;
const MAX_CHECKED_LINKS_PER_RUN = 20;

/** The source starts no other run until the stalled run ends. */
interface StalledRun {
  runId: string;
  sourceId: string;
  words: string;
}

/** Returns open runs without a response for an hour, unless all their hosts are paused. */
export async function findStalledRuns(store: Store, now: Date): Promise<StalledRun[]> {
  const since = new Date(now.getTime() - STALL_MS);
  const runs = await findOpenRuns(store, since, MAX_CHECKED_RUNS);
  const ids = runs.map(({ sourceId }) => sourceId);
  const sources = await getSources(store, ids);
  const stalled: StalledRun[] = [];
  for (const { _id: runId, sourceId, startedAt } of runs) {
    if (sources.get(sourceId)?.openRunId !== runId) continue;
    const last = await lastFetchedAt(store, sourceId, now);
    if ((last && last > since) || (await waitsForHosts(store, runId, now))) continue;
    const words = `has been open since ${startedAt.toISOString()}, and got no response for more than an hour`;
    stalled.push({ runId, sourceId, words });
  }
  return stalled;
}

async function waitsForHosts(store: Store, runId: string, now: Date): Promise<boolean> {
  const links = await dueOfRun(store, runId, now, MAX_CHECKED_LINKS_PER_RUN);
  const hosts = await getHosts(store, [...new Set(links.map(({ host }) => host))]);
  return (
    hosts.size > 0 && [...hosts.values()].every(({ openUntil }) => openUntil && openUntil > now)
  );
}
