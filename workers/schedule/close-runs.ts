import { entryPoints } from "../../crawler/links/entry-points.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { chunksOf } from "../../lib/async.ts";
import { type Run, traceIdOf } from "../../model/crawl/outcome.ts";
import { isSubscribed } from "../../model/crawl/subscription.ts";
import { EMPTY_SAMPLE } from "../../model/sources/learned.ts";
import { isPaused, type Moved, type SourceRecord } from "../../model/sources/source.ts";
import { movedAfter } from "../../sources/discovery/moved.ts";
import {
  afterRun,
  learnRhythm,
  repeatedTitles,
  silentAfter,
  spikeIn,
} from "../../sources/health/drift.ts";
import { nextDueAfterRun, recordVisit, runIdOf } from "../../sources/schedule/next-due.ts";
import { entryLinks } from "../../store/crawl/links.ts";
import {
  CONCURRENT_TRIGGERS,
  closeRuns,
  emptyTally,
  findOpenRuns,
  newItemTimes,
  type RunTally,
  runsWithDueLinks,
  tallyRuns,
} from "../../store/crawl/runs.ts";
import { subscriptionsOf, updateSubscription } from "../../store/crawl/subscriptions.ts";
import { finishBoilerplateFrom, readBaseline, saveBaseline } from "../../store/sources/learned.ts";
import { getSources, type Learnt, releaseSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import type { Deps } from "../deps.ts";
import { logOfRun } from "../runtime/telemetry.ts";

const RUNS_PER_TICK = 500;
const BATCH_SIZE = 50;
const OPEN_RUN_GRACE_MS = 60_000;

const MIN_READ_PAGES = 4;
const MAX_EMPTY_SHARE = 0.8;

interface FinishedRun {
  run: Run;
  source: SourceRecord | null;
}

/** Closes runs that have no link due within a minute. Returns their number. */
export async function closeFinishedRuns(deps: Deps): Promise<number> {
  const now = deps.now();
  const runs = await findOpenRuns(deps.store, now, RUNS_PER_TICK);
  const ended = await finishedAmong(deps, runs, now);
  for (const some of chunksOf(ended, BATCH_SIZE)) await close(deps, some, now);
  return ended.length;
}

async function close(deps: Deps, ended: FinishedRun[], now: Date): Promise<void> {
  const { store } = deps;
  const ids = ended.map(({ run }) => run._id);
  const tallies = await tallyRuns(store, ids);
  const tallyOf = ({ _id }: Run): RunTally => tallies.get(_id) ?? emptyTally();
  const finished = ended.flatMap(({ run, source }) => (source ? { run, source } : []));
  const entryKeysOf = (source: SourceRecord) => entryPoints(source).map(({ url }) => urlKey(url));
  const keys = finished.flatMap(({ source }) => entryKeysOf(source));
  const entries = new Map((await entryLinks(store, keys)).map((link) => [link._id, link]));
  const lessons: Lesson[] = [];
  for (const { run, source } of finished) {
    const own = entryKeysOf(source).flatMap((key) => entries.get(key) ?? []);
    const moved = movedAfter(source.moved ?? [], own, now);
    lessons.push(await learnFrom(deps, { run, source, tallied: tallyOf(run), moved }, now));
    deps.noteProgress();
  }
  // Sources first: an open run is found again, but a source with a closed run would wait forever.
  await releaseSources(store, lessons);
  for (const { keep, source, run, tallied } of lessons) {
    await keep?.();
    await countPushed(store, source, run, tallied.counts.stored, now);
    deps.noteProgress();
  }
  const stored = ended.filter(({ run }) => tallyOf(run).counts.stored > 0);
  const changed = stored.map(({ run }) => run.sourceId);
  await finishBoilerplateFrom(store, changed, now);
  // Backfills, replays and revisits, and runs that their source no longer refers to, are only
  // closed.
  const closed = ended.map(({ run }) => ({ run, counts: tallyOf(run).counts }));
  await closeRuns(store, closed, now);
  for (const lesson of lessons) logRun(deps, lesson, now);
}

function logRun(deps: Deps, { run, sourceId, tallied, learnt }: Lesson, now: Date): void {
  const { _id: runId, startedAt: from, trigger } = run;
  const { counts } = tallied;
  const fields = { source: sourceId, trigger, stored: counts.stored };
  deps.trace(traceIdOf(runId)).note("run", fields, { from, to: now });
  const log = logOfRun(deps.log, { runId, sourceId });
  log.info({ ...counts, problem: learnt.lastProblem }, "run closed");
}

async function finishedAmong({ store }: Deps, runs: Run[], now: Date): Promise<FinishedRun[]> {
  const ids = runs.map(({ sourceId }) => sourceId);
  const sources = await getSources(store, ids);
  const candidates = runs.flatMap((run) => {
    const source = sources.get(run.sourceId) ?? null;
    const owns = source?.openRunId === run._id;
    // The crawl job ended between opening the run and taking the source: the next one continues.
    if (!owns && source && runIdOf(source) === run._id) return [];
    if (!owns && now.getTime() - run.startedAt.getTime() <= OPEN_RUN_GRACE_MS) return [];
    const works = owns || CONCURRENT_TRIGGERS.has(run.trigger);
    return { run, works, source: owns ? source : null };
  });
  const working = candidates.filter(({ works }) => works).map(({ run }) => run._id);
  const busy = await runsWithDueLinks(store, working, new Date(now.getTime() + OPEN_RUN_GRACE_MS));
  return candidates.filter(({ run }) => !busy.has(run._id));
}

type Lesson = Awaited<ReturnType<typeof learnFrom>>;

async function learnFrom(
  { store }: Deps,
  finished: { run: Run; source: SourceRecord; tallied: RunTally; moved: Moved[] },
  now: Date,
) {
  const { run, source, tallied, moved } = finished;
  const { counts } = tallied;
  const problem = problemOf(tallied, run.problems);
  const failed = isFailure(tallied);
  const failures = failed ? source.failures + 1 : 0;
  const newItems = counts.stored > 0 ? await newItemTimes(store, run._id) : [];
  const visit = { at: now, since: source.lastSuccessAt, newItems };
  const arrivals = failed ? source.arrivals : recordVisit(source.arrivals, visit);
  const empty = counts.skipped["not-article"] ?? 0;
  const news = failed ? null : await learnNews(store, source, { at: now, items: newItems, empty });
  const times = { now, lastRunAt: source.lastAttemptAt };
  const scheduled = { ...source, arrivals, failures };
  return {
    ...finished,
    sourceId: source._id,
    runId: run._id,
    learnt: {
      // If the source was paused or retired during the run, its due time is set already.
      ...(source.active &&
        !isPaused(source, now) &&
        dueAfter(source, run, nextDueAfterRun(scheduled, times))),
      arrivals,
      failures,
      lastProblem: problem,
      moved,
      ...(news && { lastSuccessAt: now, ...news.learnt }),
      ...(counts.stored > 0 ? { lastNewArticleAt: now, verified: true } : {}),
    },
    keep: news?.keep,
  };
}

/**
 * Returns the fields to set in a source after a successful run, and `keep`, which updates the
 * baseline. `items` has the times of the new articles, and `empty` counts pages without an article.
 */
async function learnNews(
  store: Store,
  source: SourceRecord,
  { at, items, empty }: { at: Date; items: Date[]; empty: number },
): Promise<{ learnt: Learnt; keep?: () => Promise<void> }> {
  if (items.length + empty === 0) return { learnt: { spike: null } };
  const baseline = await readBaseline(store, source._id);
  const run = { ...EMPTY_SAMPLE, ...baseline.run, empty };
  const repeated = repeatedTitles(baseline.titles ?? [], run.articles);
  const { recent, usual, drift } = afterRun(baseline, { ...run, repeated });
  const { lastNewArticleAt: lastNewAt, lastSuccessAt: lastFetchAt } = source;
  const arrival = { at, lastNewAt, lastFetchAt, items };
  const rhythm = items.length > 0 ? learnRhythm(baseline.rhythm, arrival) : baseline.rhythm;
  return {
    learnt: {
      spike: spikeIn(baseline.rhythm, arrival),
      drift,
      ...(rhythm && items.length > 0 && { silentAt: silentAfter(rhythm, at) }),
    },
    keep: () => saveBaseline(store, baseline, { recent, usual, ...(rhythm && { rhythm }) }),
  };
}

function dueAfter(source: SourceRecord, { trigger }: Run, due: Date): Partial<SourceRecord> {
  if (trigger === "push") return {};
  // A run that a push has requested meanwhile comes first.
  return source.runRequest?.actor === "push" ? { pollDueAt: due } : { nextDueAt: due };
}

function problemOf({ counts, unread }: RunTally, [odd]: string[]): string | null {
  const because = odd ? ` (${odd})` : "";
  if (Object.keys(unread).length > 0) return `entry points not read: ${listOf(unread)}${because}`;
  const { deadLetters, skipped, stored, updated, unchanged } = counts;
  if (Object.keys(deadLetters).length > 0) return `gave up on ${listOf(deadLetters)}`;
  const empty = skipped["not-article"] ?? 0;
  const read = stored + updated + unchanged + empty;
  // A redesigned site answers normally, but its pages no longer contain articles.
  return read >= MIN_READ_PAGES && empty >= read * MAX_EMPTY_SHARE
    ? `${empty} of ${read} pages have no article (${empty} × not-article)`
    : null;
}

function isFailure({ counts, read, unread }: RunTally): boolean {
  if (read === 0) return Object.keys(unread).length > 0;
  const { stored, updated, unchanged, duplicates } = counts;
  return (
    Object.keys(counts.deadLetters).length > 0 && stored + updated + unchanged + duplicates === 0
  );
}

function listOf(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([reason, n]) => `${n} × ${reason}`)
    .join(", ");
}

/**
 * Adds the number of a run's new articles to `found` of the source's push subscriptions. If no push
 * started the run, adds the number to `missed` instead.
 */
export async function countPushed(
  store: Store,
  source: SourceRecord,
  { trigger }: Pick<Run, "trigger">,
  articles: number,
  now: Date,
): Promise<void> {
  if (articles === 0 || Object.keys(source.hubs ?? {}).length === 0) return;
  const before = source.lastSuccessAt;
  for (const subscription of await subscriptionsOf(store, source._id)) {
    const { _id, since } = subscription;
    // A subscription that was already active should have announced the articles.
    const wasSubscribed =
      isSubscribed(subscription, now) && since !== null && before !== null && since < before;
    if (trigger === "push") await updateSubscription(store, _id, {}, { found: articles });
    else if (wasSubscribed) await updateSubscription(store, _id, {}, { missed: articles });
  }
}
