import { updateVisibility } from "../../articles/editorial/visibility-changes.ts";
import { LIMITS } from "../../config/limits.ts";
import { paceOf } from "../../crawler/politeness/pace.ts";
import type { Lane, Link } from "../../model/crawl/link.ts";
import { traceIdOf } from "../../model/crawl/outcome.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import {
  announceQueue,
  crawlQueue,
  fetchQueue,
  renderQueue,
  type TurnPayload,
} from "../../queues/queues.ts";
import { finishDueBoilerplate } from "../../sources/boilerplate.ts";
import { makeLinksDue } from "../../sources/operations.ts";
import { isShut, runIdOf } from "../../sources/schedule/next-due.ts";
import {
  dueHosts,
  findHostTurns,
  getHosts,
  openHostIds,
  wakeHosts,
} from "../../store/crawl/hosts.ts";
import {
  countDue,
  dueRevisits,
  findDueLanes,
  hasAnnouncements,
  scheduleRevisits,
} from "../../store/crawl/links.ts";
import { addRuns, getRun, newRun } from "../../store/crawl/runs.ts";
import { dueSources, getSource } from "../../store/sources/sources.ts";
import { EPOCH, FAR_FUTURE, type Store } from "../../store/store.ts";
import type { Deps } from "../deps.ts";
import { closeFinishedRuns } from "./close-runs.ts";

const SOURCES_PER_TICK = 2000;

/** The results of a tick. They are logged, and used by callers that wait until nothing is due. */
export interface Tick {
  crawls: number;
  /** Number of articles made due for a revisit. */
  revisits: number;
  turns: number;
  /** Number of hosts that had due links but no planned job; the tick has planned one for each. */
  woken: number;
  closed: number;
  /** Number of articles whose embargo ended or that expired. */
  expired: number;
  /** Number of waiting links while the backlog is full, otherwise null. */
  backlog: number | null;
  /** Why fetching is paused: disk space or Redis memory is low; null while it isn't paused. */
  low: string | null;
}

/**
 * Enqueues jobs for everything that is due in the database. Starts no runs while the backlog is
 * full, and fetches nothing while disk or Redis memory is low.
 */
export async function tick(deps: Deps, bound: number = LIMITS.backlog): Promise<Tick> {
  const { store, producer } = deps;
  const closed = await closeFinishedRuns(deps);
  await finishDueBoilerplate(deps);
  deps.noteProgress();
  const backlog = await countBacklog(deps, bound);
  const full = backlog >= bound;
  const { low } = await deps.diskSpace();
  const crawls = full || low ? 0 : await enqueueCrawls(deps);
  deps.noteProgress();
  const revisits = full || low ? 0 : await startRevisits(deps);
  const woken = low ? 0 : await wakeForgotten(deps);
  const turns = low ? 0 : await enqueueTurns(deps);
  if (await hasAnnouncements(store, FAR_FUTURE)) await producer.refill(announceQueue, [{}]);
  const expired = await updateVisibility(deps);
  if (low) deps.log.error({ why: low }, "fetching is paused");
  if (full) deps.log.warn({ backlog }, "the backlog is full; no new runs until it shrinks");
  return { crawls, revisits, woken, turns, closed, expired, backlog: full ? backlog : null, low };
}

const MAX_PAUSED_HOSTS = 200;
const MAX_PAUSED_FACTOR = 10;

async function countBacklog({ store, now, noteProgress }: Deps, bound: number): Promise<number> {
  const at = now();
  const due = await countDue(store, at, bound);
  if (due < bound) return due;
  // The links of a few paused hosts must not keep all sources from being fetched.
  let paused = 0;
  const most = bound * MAX_PAUSED_FACTOR;
  for (const host of await openHostIds(store, at, MAX_PAUSED_HOSTS)) {
    for (const lane of LANES)
      if (paused < most) paused += await countDue(store, at, most - paused, { host, lane });
    noteProgress();
  }
  return (await countDue(store, at, bound + paused)) - paused;
}

async function enqueueCrawls(deps: Deps): Promise<number> {
  const { store, producer, now, trace } = deps;
  const { only } = deps.settings;
  const due = (await dueSources(store, now(), SOURCES_PER_TICK)).filter(
    (source) => !source.openRunId && (!only || only.includes(source._id)),
  );
  await producer.add(
    crawlQueue,
    due.map(({ _id: sourceId }) => ({ sourceId })),
  );
  for (const source of due) {
    const runId = runIdOf(source);
    if (!runId || !source.nextDueAt) continue;
    const times = { from: source.nextDueAt, to: now() };
    trace(traceIdOf(runId)).note("schedule", { source: source._id }, times);
  }
  return due.length;
}

const REVISITS_PER_TICK = 500;
const REVISIT_WINDOW_MS = 5 * 60_000;
const SOURCE_RECHECK_DELAY_MS = 60 * 60_000;

async function startRevisits(deps: Deps): Promise<number> {
  const at = deps.now();
  const { only } = deps.settings;
  const bySource = new Map<string, Link[]>();
  for (const link of await dueRevisits(deps.store, at, REVISITS_PER_TICK)) {
    bySource.set(link.sourceId, [...(bySource.get(link.sourceId) ?? []), link]);
  }
  let count = 0;
  for (const [sourceId, links] of bySource) {
    deps.noteProgress();
    const source = await getSource(deps.store, sourceId);
    const isForeign = only && !only.includes(sourceId);
    if (source?.active && !isForeign && !isPaused(source, at) && !isShut(at, source.schedule)) {
      count += await revisitArticles(deps, source, links);
      continue;
    }
    const later = source?.active ? new Date(at.getTime() + SOURCE_RECHECK_DELAY_MS) : null;
    const postponed = links.map(({ _id }) => ({ _id, at: later }));
    await scheduleRevisits(deps.store, postponed);
  }
  return count;
}

async function revisitArticles(
  { store, now }: Deps,
  source: SourceRecord,
  links: Link[],
): Promise<number> {
  const slot = Math.floor(now().getTime() / REVISIT_WINDOW_MS);
  const runId = `${source._id}-revisit-${slot.toString(36)}`;
  await addRuns(store, [newRun(source, { _id: runId, trigger: "revisit", startedAt: now() })]);
  // The run of this period is closed already: the next one takes the links.
  if (!(await getRun(store, runId))?.open) return 0;
  // Start from the link's original URL: the last redirect target may be another host, with its own
  // turns. The host of an imported article can be new.
  const again = links.map((link) => ({ ...link, url: link.foundUrl }));
  await makeLinksDue(store, source, again, { runId, at: now(), nextFetchAt: null });
  return links.length;
}

const LANES = ["http", "browser"] as const;
const TURN_QUEUES = { http: fetchQueue, browser: renderQueue } as const;
const HOSTS_PER_TICK = 2000;

/**
 * Enqueues the jobs that fetch the due links of hosts. Returns the number of jobs, including
 * existing ones.
 */
export async function enqueueTurns({ store, producer, now }: Deps): Promise<number> {
  let count = 0;
  for (const lane of LANES) {
    const turns = (await dueHosts(store, lane, now(), HOSTS_PER_TICK)).flatMap(turnsOf);
    // During a crawl, most of these jobs are running or waiting already.
    await producer.refill(TURN_QUEUES[lane], turns);
    count += turns.length;
  }
  return count;
}

export async function enqueueTurnsOf(
  { producer }: Pick<Deps, "producer">,
  hosts: readonly { host: string; lane: Lane; concurrency: number }[],
): Promise<void> {
  for (const lane of LANES) {
    const inLane = hosts.filter((one) => one.lane === lane);
    const turns = inLane.flatMap(({ host, concurrency }) => turnsOf({ _id: host, concurrency }));
    await producer.add(TURN_QUEUES[lane], turns);
  }
}

function turnsOf(host: { _id: string; concurrency: number }): TurnPayload[] {
  return Array.from({ length: host.concurrency }, (_, turn) => ({ host: host._id, turn }));
}

const LINKS_PER_TICK = 200;
/**
 * A link that has been due for less time is ignored, because its host's job might not exist yet.
 */
const MIN_OVERDUE_MS = 5_000;
/** A lease postpones a host's turn by less than this. */
const MAX_LEASED_MS = 30_000;

const nextLinkCheck = new WeakMap<Store, { from: Date; limit: number }>();

/**
 * Schedules a job for hosts that have due links but no scheduled job, for example after a crash.
 * Returns the number of jobs.
 */
export async function wakeForgotten({ store, now, log, settings }: Deps): Promise<number> {
  const at = now();
  const { from, limit } = nextLinkCheck.get(store) ?? { from: EPOCH, limit: LINKS_PER_TICK };
  const until = new Date(at.getTime() - MIN_OVERDUE_MS);
  const links = await findDueLanes(store, { from, until }, limit);
  const [first, last] = [links[0]?.dueAt, links.at(-1)?.dueAt];
  if (!first || !last || links.length < limit) nextLinkCheck.delete(store);
  // All are due at the same time: check more links, to reach those that are due later.
  else if (first.getTime() === last.getTime()) nextLinkCheck.set(store, { from, limit: 2 * limit });
  else nextLinkCheck.set(store, { from: new Date(last.getTime() - 1), limit: LINKS_PER_TICK });
  if (links.length === 0) return 0;
  const byLane = links.map(({ host, lane }) => [`${lane} ${host}`, { host, lane }] as const);
  const due = [...new Map(byLane).values()];
  const turns = await findHostTurns(store, [...new Set(due.map(({ host }) => host))]);
  const nextOf = ({ host, lane }: Pick<Link, "host" | "lane">) =>
    turns.get(host)?.nextTurnAt[lane]?.getTime() ?? Infinity;
  const late = due.filter(
    (turn) => turns.has(turn.host) && nextOf(turn) - at.getTime() > MAX_LEASED_MS,
  );
  const hosts = await getHosts(store, [...new Set(late.map(({ host }) => host))]);
  const forgotten = late.filter((turn) => {
    const host = hosts.get(turn.host);
    const delay = host ? paceOf(host, settings.product).delay : 0;
    const open = Math.max(at.getTime(), host?.openUntil?.getTime() ?? 0);
    return nextOf(turn) - open > MAX_LEASED_MS + delay;
  });
  const woken = forgotten.map((turn) => ({ ...turn, at }));
  await wakeHosts(store, woken);
  if (forgotten.length > 0)
    log.warn({ turns: forgotten }, "woke hosts that had due links but no job");
  return forgotten.length;
}

/** Records that a host has due links in `lane`, and enqueues a job that fetches these links. */
export async function wakeHost(deps: Deps, host: string, lane: Lane): Promise<void> {
  await wakeHosts(deps.store, [{ host, lane, at: deps.now() }]);
  await deps.producer.add(TURN_QUEUES[lane], [{ host, turn: 0 }]);
}
