import { sleep } from "../../lib/time.ts";
import type { RunCounts } from "../../model/crawl/run.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { articlesWithPending } from "../../store/articles/articles.ts";
import { countRun, emptyCounts, getRun, lastRun, openRuns } from "../../store/crawl/runs.ts";
import { headSeq } from "../../store/publish/changes.ts";
import { ALL, getDay } from "../../store/publish/days.ts";
import { isBoilerplateOpen } from "../../store/sources/boilerplate.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { type DueWork, readDueWork, type WaitingLink } from "./waiting.ts";

/** Where one source stands in a pass. */
export interface SourceProgress {
  source: SourceRecord;
  counts: RunCounts;
  /** The run; null while it waits for one. */
  runId: string | null;
  /** `waiting` for its run, `running`, or `done`. */
  state: "waiting" | "running" | "done";
  seconds: number;
}

const POLL = 500;
/** When nothing has come of a pass for so long, it says what it waits for, ms. */
const TOLD_AFTER_MS = 5000;
/** Open runs that are looked at. */
const RUNS = 1000;

/** The runs that are waited for: those since a time, or that sources were at by then. */
interface WaitedFor {
  sourceIds: string[];
  since: Date;
  /** Ids of open runs by source. */
  underWay?: Map<string, string | null>;
}

/** How a pass ended: how each source stands, and the links that were not waited for any longer. */
export interface PassEnd {
  progress: SourceProgress[];
  waiting: WaitingLink[];
}

/**
 * Waits until every one of the sources has had its run, and the stream has taken all its changes;
 * calls `show`, if there is one, with what is known, twice a second. Ends early when `signal` fires, and when
 * nothing can be fetched, or nothing comes of it, for longer than `patienceMs`, without end by default.
 */
export async function waitForPass(
  store: Store,
  options: WaitedFor & {
    show?: (progress: SourceProgress[], waiting: WaitingLink[] | null) => void;
    signal: AbortSignal;
    patienceMs?: number;
  },
): Promise<PassEnd> {
  const { show, signal, patienceMs = Number.POSITIVE_INFINITY } = options;
  let waitingSince: Date | null = null;
  let reached = { at: new Date(), counts: "" };
  for (;;) {
    // To count the links of open runs costs as much as to crawl some of them: only for whoever looks.
    if (show || signal.aborted || !(await hasOpenRun(store, options.sourceIds))) {
      const progress = await readProgress(store, options);
      const work = await dueWorkOf(store, progress);
      const counts = JSON.stringify(progress.map((one) => one.counts));
      if (counts !== reached.counts) reached = { at: new Date(), counts };
      const idle = work.state === "fetching" ? 0 : Date.now() - reached.at.getTime();
      const isStuck = work.state === "waiting" || idle > TOLD_AFTER_MS;
      show?.(progress, isStuck ? work.links : null);
      const through = progress.length > 0 && progress.every(({ state }) => state === "done");
      if (signal.aborted || (through && (await isDrained(store)))) return { progress, waiting: [] };
      waitingSince = work.state === "waiting" ? (waitingSince ?? new Date()) : null;
      const until = work.links[0]?.until.getTime() ?? 0;
      const wait = waitingSince ? until - waitingSince.getTime() : 0;
      // Without a network each link is soon tried again, in vain.
      if (wait > patienceMs || idle > patienceMs) return { progress, waiting: work.links };
    }
    await sleep(POLL, signal);
  }
}

async function hasOpenRun(store: Store, sourceIds: readonly string[]): Promise<boolean> {
  const runs = await openRuns(store, new Date(), RUNS);
  return runs.some(({ sourceId }) => sourceIds.includes(sourceId));
}

/** What the open runs of sources have to fetch. */
async function dueWorkOf(store: Store, progress: readonly SourceProgress[]): Promise<DueWork> {
  const runIds = progress.flatMap(({ state, runId }) => (state === "running" && runId) || []);
  const isWaiting = progress.some(({ state }) => state === "waiting");
  if (isWaiting || runIds.length === 0) return { state: "fetching", links: [] };
  return readDueWork(store, runIds, new Date());
}

async function readProgress(store: Store, awaited: WaitedFor): Promise<SourceProgress[]> {
  const wanted = new Set(awaited.sourceIds);
  const sources = (await listSources(store)).filter(({ _id }) => wanted.has(_id));
  return Promise.all(sources.map((source) => progressOf(store, source, awaited)));
}

async function progressOf(
  store: Store,
  source: SourceRecord,
  { since, underWay }: WaitedFor,
): Promise<SourceProgress> {
  const open = underWay?.get(source._id);
  const run = open ? await getRun(store, open) : await lastRun(store, source._id, since);
  if (!run) return { source, runId: null, counts: emptyCounts(), state: "waiting", seconds: 0 };
  const end = run.finishedAt ?? new Date();
  const seconds = (end.getTime() - run.startedAt.getTime()) / 1000;
  const counts = run.open ? await countRun(store, run._id) : run.counts;
  return { source, runId: run._id, counts, state: run.open ? "running" : "done", seconds };
}

/** Whether no article waits to be read again, and every change is in the stream and counted. */
async function isDrained(store: Store): Promise<boolean> {
  if (await isBoilerplateOpen(store, new Date())) return false;
  if ((await articlesWithPending(store, new Date(), 1)).length > 0) return false;
  return (await getDay(store, ALL)).seq === (await headSeq(store));
}
