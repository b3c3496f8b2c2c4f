import type { Link } from "../../model/crawl/link.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { isShut } from "../../sources/schedule/next-due.ts";
import { wakeHosts } from "../../store/crawl/hosts.ts";
import { dueRevisits, planFetches, reviveLinks } from "../../store/crawl/links.ts";
import { addRuns, getRun, newRun } from "../../store/crawl/runs.ts";
import { getSource } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";

/** Looks that one tick makes due; the rest comes with the next tick. */
const PER_TICK = 500;
/** A source's looks are gathered, so that they are a run each so often at most. */
const GATHERED = 5 * 60_000;
/** When a source that is paused or quiet is asked about again. */
const LATER = 60 * 60_000;

/** Makes articles due whose next look has come, a run for each source; answers how many. */
export async function startRevisits(deps: Deps): Promise<number> {
  const bySource = new Map<string, Link[]>();
  for (const link of await dueRevisits(deps.store, deps.now(), PER_TICK)) {
    bySource.set(link.sourceId, [...(bySource.get(link.sourceId) ?? []), link]);
  }
  let count = 0;
  for (const [sourceId, links] of bySource) {
    const source = await getSource(deps.store, sourceId);
    const at = postponed(source, deps);
    if (at === "now" && source) count += await revisitArticles(deps, source, links);
    else if (at !== "now") {
      await planFetches(
        deps.store,
        links.map(({ _id }) => ({ _id, at })),
      );
    }
  }
  return count;
}

/** When a source's articles may be looked at: never again once it is retired. */
function postponed(source: SourceRecord | null, { settings, now }: Deps): Date | null | "now" {
  if (!source?.active) return null;
  const foreign = settings.only && !settings.only.includes(source._id);
  const waits = foreign || isPaused(source, now()) || isShut(now(), source.schedule);
  return waits ? new Date(now().getTime() + LATER) : "now";
}

async function revisitArticles(
  { store, now }: Deps,
  source: SourceRecord,
  links: Link[],
): Promise<number> {
  const slot = Math.floor(now().getTime() / GATHERED);
  const runId = `${source._id}-revisit-${slot.toString(36)}`;
  await addRuns(store, [newRun(source, { _id: runId, trigger: "revisit", startedAt: now() })]);
  // This slot's run is through already: the next one takes them.
  if (!(await getRun(store, runId))?.open) return 0;
  await reviveLinks(
    store,
    links.map(({ _id, foundUrl }) => ({
      id: _id,
      runId,
      dueAt: now(),
      // From its own address again: where it led to last time may be another host, with turns of its own.
      set: { url: foundUrl, host: new URL(foundUrl).host, nextFetchAt: null },
    })),
  );
  await wakeHosts(
    store,
    links.map(({ foundUrl, lane }) => ({ host: new URL(foundUrl).host, lane, at: now() })),
  );
  return links.length;
}
