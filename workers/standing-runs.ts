import { lastFetchedAt } from "../store/crawl/captures.ts";
import { getHosts } from "../store/crawl/hosts.ts";
import { dueOfRun } from "../store/crawl/run-links.ts";
import { openRuns } from "../store/crawl/runs.ts";
import { getSources } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";

/** A run of which nothing came for so long doesn't go on, ms. */
const STANDING = 60 * 60_000;
/** Runs looked at, those that are open for longest first. */
const MOST = 200;
/** Links of a run by whose hosts one tells whether it has to wait. */
const LINKS = 20;

/** A run that stays open although nothing comes any more: its source isn't looked at meanwhile. */
interface StandingRun {
  runId: string;
  sourceId: string;
  words: string;
}

/** Runs that keep their sources and of which no answer came for an hour, while their hosts may be asked. */
export async function standingRuns(store: Store, now: Date): Promise<StandingRun[]> {
  const since = new Date(now.getTime() - STANDING);
  const runs = await openRuns(store, since, MOST);
  const sources = await getSources(
    store,
    runs.map(({ sourceId }) => sourceId),
  );
  const standing: StandingRun[] = [];
  for (const { _id: runId, sourceId, startedAt } of runs) {
    if (sources.get(sourceId)?.openRunId !== runId) continue;
    const last = await lastFetchedAt(store, sourceId, now);
    if ((last && last > since) || (await waitsForHosts(store, runId, now))) continue;
    const words = `is open since ${startedAt.toISOString()}, and nothing came for more than an hour`;
    standing.push({ runId, sourceId, words });
  }
  return standing;
}

/** Whether every host that the run has something to ask of is left alone for now. */
async function waitsForHosts(store: Store, runId: string, now: Date): Promise<boolean> {
  const links = await dueOfRun(store, runId, now, LINKS);
  const hosts = await getHosts(store, [...new Set(links.map(({ host }) => host))]);
  return (
    hosts.size > 0 && [...hosts.values()].every(({ openUntil }) => openUntil && openUntil > now)
  );
}
