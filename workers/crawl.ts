import { urlKey } from "../discover/canonical-url.ts";
import { entryPoints } from "../discover/entry-points.ts";
import type { FoundLink } from "../model/discovery.ts";
import type { Link } from "../model/link.ts";
import { isPaused, type SourceRecord } from "../model/source.ts";
import { traceIdOf } from "../model/trace.ts";
import type { CrawlPayload } from "../queues/crawl.ts";
import { insteadOfMissed, nextDue } from "../schedule/next-due.ts";
import { ensureHosts, wakeHosts } from "../store/hosts.ts";
import { addLinks, knownLinks, reviveLinks } from "../store/links.ts";
import { newRun, openRun } from "../store/runs.ts";
import { getSource, skipMissed, takeSource } from "../store/sources.ts";
import type { Deps } from "./deps.ts";
import { newLink } from "./new-link.ts";
import { runIdOf } from "./run-id.ts";
import { enqueueTurns } from "./schedule.ts";
import { logOfRun } from "./traced.ts";

/**
 * Opens a run of a due source and marks its entry points due. The run's id comes from the source
 * and the time it was due, so doing it again after a crash, or twice at once, opens one run.
 */
export async function crawl(deps: Deps, { sourceId, trigger }: CrawlPayload): Promise<void> {
  const { store } = deps;
  const now = deps.now();
  const source = await getSource(store, sourceId);
  if (!source?.active || source.openRunId || isPaused(source, now)) return;
  const runId = runIdOf(source);
  if (!runId || !source.nextDueAt || source.nextDueAt > now) return;
  const log = logOfRun(deps.log, { runId, sourceId });

  const { arrivals, failures, ttl, nextDueAt: dueAt } = source;
  const state = { id: sourceId, now, lastRunAt: now, arrivals, problems: failures, ttl };
  const late = { ...state, lastRunAt: source.lastAttemptAt };
  const instead = source.asked ? null : insteadOfMissed(source, dueAt, late);
  if (instead) {
    await skipMissed(store, { _id: sourceId, dueAt, nextDueAt: instead });
    log.warn({ dueAt, nextDueAt: instead }, "missed run left out");
    return;
  }
  const first = source.lastSuccessAt === null;
  const asked = source.asked ? (source.asked.by === "push" ? "push" : "manual") : trigger;
  await openRun(store, newRun(source, { _id: runId, trigger: asked, first, startedAt: now }));
  const links = await markEntryPoints(deps, source, runId);
  // A push postpones no poll.
  const poll = source.pollDueAt && source.pollDueAt > now ? source.pollDueAt : null;
  await takeSource(store, source, { runId, now, nextDueAt: poll ?? nextDue(source, state) });
  await enqueueTurns(deps);
  const times = { from: now, to: deps.now() };
  deps.trace(traceIdOf(runId)).note("crawl", { source: sourceId, trigger: asked }, times);
  log.info({ entryPoints: links.length }, "run opened");
}

async function markEntryPoints(
  { store, now }: Deps,
  source: SourceRecord,
  runId: string,
): Promise<Link[]> {
  const links = entryPoints(source).map((found) => entryLink(found, source, runId, now()));
  const known = await knownLinks(
    store,
    links.map((link) => link._id),
  );
  await addLinks(
    store,
    links.filter((link) => !known.has(link._id)),
  );
  await reviveLinks(
    store,
    links
      .filter((link) => known.has(link._id))
      .map(({ _id, kind, lane, url, host, sourceId }) => ({
        id: _id,
        runId,
        dueAt: now(),
        set: { kind, lane, url, host, sourceId, page: 1 },
      })),
  );
  await ensureHosts(
    store,
    links.map(({ host }) => ({ host, ...source.pace })),
  );
  await wakeHosts(
    store,
    links.map(({ host, lane }) => ({ host, lane, at: now() })),
  );
  return links;
}

function entryLink(found: FoundLink, source: SourceRecord, runId: string, now: Date): Link {
  const lane = source.render === "browser" && found.kind === "listing" ? "browser" : "http";
  return newLink(found, { id: urlKey(found.url), source, runId, lane, now, parentId: null });
}
