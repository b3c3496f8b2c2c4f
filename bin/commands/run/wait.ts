import { sleep } from "../../../lib/time.ts";
import type { RunCounts } from "../../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { articlesWithPending } from "../../../store/articles/articles.ts";
import { getHosts } from "../../../store/crawl/hosts.ts";
import {
  countRun,
  dueOfRuns,
  emptyCounts,
  findOpenRuns,
  getRun,
  lastRun,
} from "../../../store/crawl/runs.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { ALL_DAYS, getDay } from "../../../store/publish/counters.ts";
import { isBoilerplateOpen } from "../../../store/sources/learned.ts";
import { listSources } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { plainTable, utc } from "../../output.ts";

export interface SourceProgress {
  source: SourceRecord;
  counts: RunCounts;
  /** Id of the run; null before the run begins. */
  runId: string | null;
  state: "waiting" | "running" | "done";
  seconds: number;
}

const POLL_INTERVAL_MS = 500;
const SHOW_WAITING_AFTER_MS = 5000;
const MAX_OPEN_RUNS = 1000;

interface WaitedFor {
  sourceIds: string[];
  since: Date;
  underWay?: Map<string, string | null>;
}

export interface RunsReport {
  progress: SourceProgress[];
  waiting: WaitingLink[];
}

/**
 * Waits until every source has had its run and all changes are in the stream. Ends early if
 * `signal` aborts, or if nothing can be fetched for longer than `patienceMs`.
 */
export async function waitForRuns(
  store: Store,
  options: WaitedFor & {
    show?: (progress: SourceProgress[], waiting: WaitingLink[] | null) => void;
    signal: AbortSignal;
    patienceMs?: number;
  },
): Promise<RunsReport> {
  const { show, signal, patienceMs = Number.POSITIVE_INFINITY } = options;
  let progressed = { at: Date.now(), counts: "" };
  for (;;) {
    // Counting the links of open runs costs as much as crawling some of them, so count only if
    // somebody watches.
    if (show || signal.aborted || !(await hasOpenRun(store, options.sourceIds))) {
      const progress = await readProgress(store, options);
      const work = await dueWorkOf(store, progress);
      const counts = JSON.stringify(progress.map((one) => one.counts));
      const now = Date.now();
      if (counts !== progressed.counts) progressed = { at: now, counts };
      // A run that hasn't begun can have links that are due sooner.
      const haveBegun = progress.every(({ state }) => state !== "waiting");
      const nextTryAt = Math.max(now, (haveBegun && work.links[0]?.until.getTime()) || 0);
      // Without a network, links are due again soon but always fail.
      const idleMs = work.state === "fetching" ? 0 : nextTryAt - progressed.at;
      const isStuck = work.state === "waiting" || idleMs > SHOW_WAITING_AFTER_MS;
      show?.(progress, isStuck && work.links.length > 0 ? work.links : null);
      const through = progress.length > 0 && progress.every(({ state }) => state === "done");
      if (signal.aborted || (through && (await isDrained(store)))) return { progress, waiting: [] };
      if (idleMs > patienceMs) return { progress, waiting: work.links };
    }
    await sleep(POLL_INTERVAL_MS, signal);
  }
}

async function hasOpenRun(store: Store, sourceIds: readonly string[]): Promise<boolean> {
  const runs = await findOpenRuns(store, new Date(), MAX_OPEN_RUNS);
  return runs.some(({ sourceId }) => sourceIds.includes(sourceId));
}

async function dueWorkOf(store: Store, progress: readonly SourceProgress[]): Promise<DueWork> {
  const runIds = progress.flatMap(({ state, runId }) => (state === "running" && runId) || []);
  // Without disk space, for example, no run begins.
  const isWaiting = progress.some(({ state }) => state === "waiting");
  if (runIds.length === 0) return { state: isWaiting ? "waiting" : "fetching", links: [] };
  return readDueWork(store, runIds, new Date());
}

async function readProgress(
  store: Store,
  { sourceIds, since, underWay }: WaitedFor,
): Promise<SourceProgress[]> {
  const wanted = new Set(sourceIds);
  const sources = (await listSources(store)).filter(({ _id }) => wanted.has(_id));
  const progressOf = async (source: SourceRecord): Promise<SourceProgress> => {
    const open = underWay?.get(source._id);
    const run = open ? await getRun(store, open) : await lastRun(store, source._id, since);
    if (!run) return { source, runId: null, counts: emptyCounts(), state: "waiting", seconds: 0 };
    const end = run.finishedAt ?? new Date();
    const seconds = (end.getTime() - run.startedAt.getTime()) / 1000;
    const counts = run.open ? await countRun(store, run._id) : run.counts;
    return { source, runId: run._id, counts, state: run.open ? "running" : "done", seconds };
  };
  return Promise.all(sources.map(progressOf));
}

async function isDrained(store: Store): Promise<boolean> {
  if (await isBoilerplateOpen(store, new Date())) return false;
  if ((await articlesWithPending(store, new Date(), 1)).length > 0) return false;
  return (await getDay(store, ALL_DAYS)).seq === (await headSeq(store));
}

/** A link that an open run has to fetch, no earlier than `until`. `why` is the reason to wait. */
export interface WaitingLink {
  url: string;
  host: string;
  until: Date;
  why: string;
}

const MAX_LINKS_PER_RUN = 200;
const SOON_MS = 1500;
const WAITS_FOR_PACE = "waiting until the host's pace allows a request";

interface DueWork {
  /**
   * `fetching`: a link is being fetched, or a run is about to begin or end. `ready`: a link is due
   * within `SOON_MS`. `waiting`: neither.
   */
  state: "fetching" | "ready" | "waiting";
  links: WaitingLink[];
}

export async function readDueWork(
  store: Store,
  runIds: readonly string[],
  now: Date,
): Promise<DueWork> {
  const due = await dueOfRuns(store, runIds, MAX_LINKS_PER_RUN);
  const hosts = await getHosts(store, [...new Set(due.map(({ host }) => host))]);
  const links = due.map((link): WaitingLink => {
    const host = hosts.get(link.host);
    const shutUntil = host?.openUntil ?? null;
    const turnAt = host?.nextTurnAt[link.lane] ?? null;
    const times = [link.dueAt, shutUntil, turnAt].map((time) => time?.getTime() ?? 0);
    const until = new Date(Math.max(...times));
    const isShut = shutUntil !== null && shutUntil >= until;
    const breaker = isShut ? host?.openReason : null;
    const why = breaker ?? link.detail ?? link.reason ?? WAITS_FOR_PACE;
    return { url: link.url, host: link.host, until, why };
  });
  const sorted = links.toSorted((a, b) => a.until.getTime() - b.until.getTime());
  // A run without a due link is about to close, or its first job hasn't started yet.
  const covered = new Set(due.map(({ runId }) => runId));
  const isUnderWay = covered.size < new Set(runIds).size || due.some(({ claim }) => claim !== null);
  if (isUnderWay) return { state: "fetching", links: sorted };
  const [first] = sorted;
  const isReady = first !== undefined && first.until.getTime() <= now.getTime() + SOON_MS;
  return { state: isReady ? "ready" : "waiting", links: sorted };
}

export function describeWaiting(waiting: readonly WaitingLink[]): string {
  const [first] = waiting;
  if (!first) return "nothing is waiting";
  const counts = new Map<string, number>();
  for (const { host, why } of waiting) {
    const text = `${host}: ${why}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 3);
  const reasons = most.map(([text, count]) => (count > 1 ? `${text} (${count} links)` : text));
  const more = counts.size > most.length ? `; other reasons: ${counts.size - most.length}` : "";
  const links = waiting.length === 1 ? "1 link waits" : `${waiting.length} links wait`;
  return `${links}, the first until ${utc(first.until)} UTC: ${reasons.join("; ")}${more}`;
}

export function waitingTable(waiting: readonly WaitingLink[]): string {
  const rows = waiting.map(({ url, until, why }) => [url, utc(until), why]);
  return plainTable(["link that waits", "until (UTC)", "why"], rows);
}
