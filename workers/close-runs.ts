import type { Run } from "../model/run.ts";
import type { SourceRecord } from "../model/source.ts";
import { traceIdOf } from "../model/trace.ts";
import { recordVisit } from "../schedule/adaptive.ts";
import { nextDueAfterRun } from "../schedule/next-due.ts";
import { hasDueLinks, newItemTimes } from "../store/links.ts";
import { closeRun, countRun, openRuns, type RunTally, tallyRun } from "../store/runs.ts";
import { getSources, releaseSource } from "../store/sources.ts";
import type { Deps } from "./deps.ts";
import { movesOf } from "./entry-moves.ts";
import { learnRun } from "./learn-run.ts";
import { runIdOf } from "./run-id.ts";
import { logOfRun } from "./traced.ts";
import { countPushed } from "./websub/count.ts";

/** Open runs looked at in one tick. */
const PER_TICK = 500;
/** A link that is parked longer than this (Retry-After, backoff) doesn't hold its run open. */
const PATIENCE = 60_000;

/** Pages that say something of a source, and the share without an article that is odd. */
const FEW_PAGES = 4;
const MOST = 0.8;

/** Runs beside the one that a source is at. */
const WITHOUT_ENTRY_POINTS = new Set<Run["trigger"]>(["backfill", "replay", "revisit"]);

/** Closes runs whose links are through, and gives their sources back with what the run taught. */
export async function closeFinishedRuns(deps: Deps): Promise<number> {
  const { store } = deps;
  const now = deps.now();
  const soon = new Date(now.getTime() + PATIENCE);
  let closed = 0;
  const runs = await openRuns(store, now, PER_TICK);
  const sources = await getSources(
    store,
    runs.map(({ sourceId }) => sourceId),
  );
  for (const run of runs) {
    const source = sources.get(run.sourceId) ?? null;
    const owns = source?.openRunId === run._id;
    // The crawl job ended between opening the run and taking the source: the next one goes on.
    if (!owns && source && runIdOf(source) === run._id) continue;
    if (!owns && now.getTime() - run.startedAt.getTime() <= PATIENCE) continue;
    const works = owns || WITHOUT_ENTRY_POINTS.has(run.trigger);
    if (works && (await hasDueLinks(store, run._id, soon))) continue;
    if (owns) await finish(deps, run, source);
    // A backfill, replay or looks that are through, or a run that its source has gone on without.
    else await closeRun(store, run, await countRun(store, run._id), now);
    closed++;
  }
  return closed;
}

async function finish(deps: Deps, run: Run, source: SourceRecord): Promise<void> {
  const { store } = deps;
  const log = logOfRun(deps.log, { runId: run._id, sourceId: source._id });
  const now = deps.now();
  const tallied = await tallyRun(store, run._id);
  const { counts } = tallied;
  const problem = problemOf(tallied, run.problems);
  const failed = isFailure(tallied);
  const failures = failed ? source.failures + 1 : 0;
  const newItems = counts.stored > 0 ? await newItemTimes(store, run._id) : [];
  const visit = { at: now, since: source.lastSuccessAt, newItems };
  const arrivals = failed ? source.arrivals : recordVisit(source.arrivals, visit);
  const empty = counts.skipped["not-article"] ?? 0;
  const news = failed ? null : await learnRun(store, source, { at: now, items: newItems, empty });
  // The source first: an open run is found again, a source with a closed run would wait for ever.
  await releaseSource(store, source._id, run._id, {
    ...dueAfter(
      source,
      run,
      nextDueAfterRun(source, {
        id: source._id,
        now,
        lastRunAt: source.lastAttemptAt,
        arrivals,
        problems: failures,
        ttl: source.ttl,
      }),
    ),
    arrivals,
    failures,
    lastProblem: problem,
    moved: await movesOf(store, source, now),
    ...(news && { lastSuccessAt: now, ...news.learnt }),
    ...(counts.stored > 0 ? { lastNewArticleAt: now, verified: true } : {}),
  });
  await news?.keep();
  await countPushed(store, source, run, counts.stored, now);
  await closeRun(store, run, counts, now);
  const { startedAt: from, trigger } = run;
  const told = { source: source._id, trigger, stored: counts.stored };
  deps.trace(traceIdOf(run._id)).note("run", told, { from, to: now });
  log.info({ ...counts, problem }, "run closed");
}

/** After a poll the next one is due, behind a look that a push asked for meanwhile; after a push, what was due before. */
function dueAfter(source: SourceRecord, { trigger }: Run, due: Date): Partial<SourceRecord> {
  if (trigger === "push") return {};
  return source.asked?.by === "push" ? { pollDueAt: due } : { nextDueAt: due };
}

/** What went wrong in a run, in words for the operator; null when it was fine. */
function problemOf({ counts, unread }: RunTally, [odd]: string[]): string | null {
  const because = odd ? ` (${odd})` : "";
  if (Object.keys(unread).length > 0) return `entry points not read: ${listOf(unread)}${because}`;
  const { dead, skipped, stored, updated, unchanged } = counts;
  if (Object.keys(dead).length > 0) return `gave up on ${listOf(dead)}`;
  const empty = skipped["not-article"] ?? 0;
  const read = stored + updated + unchanged + empty;
  // A redesigned site answers as it should, and its pages are no articles any more.
  return read >= FEW_PAGES && empty >= read * MOST
    ? `${empty} × not-article of ${read} pages`
    : null;
}

/** Whether a run brought nothing because of problems: no entry point was read, or no article. */
function isFailure({ counts, read, unread }: RunTally): boolean {
  if (read === 0) return Object.keys(unread).length > 0;
  const { stored, updated, unchanged, duplicates } = counts;
  return Object.keys(counts.dead).length > 0 && stored + updated + unchanged + duplicates === 0;
}

function listOf(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([reason, n]) => `${n} × ${reason}`)
    .join(", ");
}
