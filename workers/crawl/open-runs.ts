import { newLink } from "../../articles/ingest/links.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import type { Link } from "../../model/crawl/link.ts";
import { type Run, traceIdOf } from "../../model/crawl/outcome.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import type { CrawlPayload } from "../../queues/queues.ts";
import { insteadOfMissed, isShut, nextDue, runIdOf } from "../../sources/schedule/next-due.ts";
import { admitHosts } from "../../store/crawl/hosts.ts";
import { addLinks, knownLinks, reviveLinks } from "../../store/crawl/links.ts";
import { areOpen, newRun, openSourceRuns } from "../../store/crawl/runs.ts";
import { getSources, nextFor, rescheduleSource, takeSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import type { Deps } from "../deps.ts";
import { logOfRun } from "../runtime/telemetry.ts";
import { enqueueTurnsOf } from "../schedule/tick.ts";

const MAX_REQUEST_AGE_MS = 15 * MINUTE_MS;

interface Opening {
  source: SourceRecord;
  run: Run;
  links: Link[];
  nextDueAt: Date;
}

/** Opens runs of due sources. Repeated or concurrent calls don't open a run twice. */
export async function crawl(deps: Deps, payloads: readonly CrawlPayload[]): Promise<void> {
  const { store } = deps;
  const now = deps.now();
  const ids = payloads.map(({ sourceId }) => sourceId);
  const sources = await getSources(store, ids);
  const due: Opening[] = [];
  for (const source of sources.values()) {
    const opening = await openingOf(deps, source, now);
    if (opening) due.push(opening);
  }
  if (due.length === 0) return;
  const runs = due.map(({ run }) => run);
  const open = await openSourceRuns(store, runs);
  const openings = due.flatMap((opening): Opening[] => {
    const runId = open.get(opening.source._id);
    if (runId === undefined) return [];
    const links = opening.links.map((link) => ({ ...link, runId }));
    return [{ ...opening, run: { ...opening.run, _id: runId }, links }];
  });
  await makeSourcesOfClosedRunsDue(
    store,
    due.filter(({ source }) => !open.has(source._id)),
    now,
  );
  await markEntryPoints(deps, openings, now);
  const taken = openings.map(({ source, run: { _id: runId }, nextDueAt }) => {
    return { source, run: { runId, now, nextDueAt } };
  });
  await takeSources(store, taken);
  await enqueueTurnsOf(deps, openings.flatMap(turnsOf));
  for (const { source, run, links } of openings) {
    const times = { from: now, to: deps.now() };
    const fields = { source: source._id, trigger: run.trigger };
    deps.trace(traceIdOf(run._id)).note("crawl", fields, times);
    const log = logOfRun(deps.log, { runId: run._id, sourceId: source._id });
    log.info({ entryPoints: links.length }, "run opened");
  }
}

/**
 * Moves a due time to now if a run for that due time is already closed, for example after a
 * restore. The run that follows gets another id.
 */
async function makeSourcesOfClosedRunsDue(
  store: Store,
  openings: Opening[],
  now: Date,
): Promise<void> {
  const ids = openings.map(({ run }) => run._id);
  const open = await areOpen(store, ids);
  for (const { source, run } of openings)
    if (open.get(run._id) === false)
      await rescheduleSource(store, source, { nextDueAt: now, openRunId: null });
}

async function openingOf(
  { store, log }: Deps,
  source: SourceRecord,
  now: Date,
): Promise<Opening | null> {
  const runId = runIdOf(source);
  if (source.openRunId || !runId || !source.nextDueAt || source.nextDueAt > now) return null;
  if (!source.active || isPaused(source, now)) {
    // It was paused or retired while another process set its due time.
    await rescheduleSource(store, source, { nextDueAt: nextFor(source, now) });
    return null;
  }
  const { _id: id, nextDueAt: dueAt, lastAttemptAt: lastRunAt } = source;
  const instead = source.runRequest ? null : insteadOfMissed(source, dueAt, { now, lastRunAt });
  if (instead) {
    await rescheduleSource(store, source, { nextDueAt: instead, missedAt: dueAt });
    const missed = { dueAt, nextDueAt: instead };
    logOfRun(log, { runId, sourceId: id }).warn(missed, "skipped a missed run");
    return null;
  }
  const requestedAt = source.runRequest?.at.getTime() ?? 0;
  const isFresh = now.getTime() - requestedAt <= MAX_REQUEST_AGE_MS;
  if (!isFresh && isShut(now, source.schedule)) {
    const next = nextDue(source, { now, lastRunAt: null });
    await rescheduleSource(store, source, { nextDueAt: next });
    return null;
  }
  const requested = source.runRequest?.actor === "push" ? "push" : "manual";
  const first = source.lastSuccessAt === null;
  // A push doesn't postpone the next poll.
  const poll = source.pollDueAt && source.pollDueAt > now ? source.pollDueAt : null;
  return {
    source,
    run: newRun(source, {
      _id: runId,
      trigger: source.runRequest ? requested : "schedule",
      first,
      startedAt: now,
    }),
    links: entryPoints(source).map((found) => {
      const lane = source.render === "browser" && found.kind === "listing" ? "browser" : "http";
      return newLink(found, { id: urlKey(found.url), source, runId, lane, now, parentId: null });
    }),
    nextDueAt: poll ?? nextDue(source, { now, lastRunAt: now }),
  };
}

async function markEntryPoints({ store }: Deps, openings: Opening[], now: Date): Promise<void> {
  const links = openings.flatMap((opening) => opening.links);
  const ids = links.map((link) => link._id);
  const known = await knownLinks(store, ids);
  const fresh = links.filter((link) => !known.has(link._id));
  const again = links.filter((link) => known.has(link._id));
  await addLinks(store, fresh);
  await reviveLinks(
    store,
    again.map(({ _id: id, runId, kind, lane, url, host, sourceId }) => {
      return { id, runId, dueAt: now, set: { kind, lane, url, host, sourceId, page: 1 } };
    }),
  );
  const turns = openings.flatMap(turnsOf).map((turn) => ({ ...turn, at: now }));
  await admitHosts(store, turns);
}

function turnsOf({ source, links }: Opening) {
  const lanes = new Map(links.map(({ host, lane }) => [`${lane} ${host}`, { host, lane }]));
  return [...lanes.values()].map((turn) => ({ ...turn, ...source.pace }));
}
