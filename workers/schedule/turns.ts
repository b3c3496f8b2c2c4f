import type { Lane } from "../../model/crawl/link.ts";
import type { TurnPayload } from "../../queues/queues.ts";
import { fetchQueue, renderQueue } from "../../queues/queues.ts";
import { dueHosts, findHostTurns, wakeHosts } from "../../store/crawl/hosts.ts";
import { findDueLanes } from "../../store/crawl/links.ts";
import { EPOCH, type Store } from "../../store/store.ts";
import type { Deps } from "../deps.ts";

const HOSTS_PER_TICK = 2000;

/** Returns the number of jobs, including those that were already waiting. */
export async function enqueueTurns({ store, producer, now }: Deps): Promise<number> {
  const [http, browser] = await Promise.all([
    dueHosts(store, "http", now(), HOSTS_PER_TICK),
    dueHosts(store, "browser", now(), HOSTS_PER_TICK),
  ]);
  const turns = http.flatMap(turnsOf);
  const renders = browser.flatMap(turnsOf);
  // During a crawl, most of these jobs are running or waiting already.
  await producer.refill(fetchQueue, turns);
  await producer.refill(renderQueue, renders);
  return turns.length + renders.length;
}

export async function enqueueTurnsOf(
  { producer }: Pick<Deps, "producer">,
  hosts: readonly { host: string; lane: Lane; concurrency: number }[],
): Promise<void> {
  const turnsIn = (wanted: Lane) =>
    hosts
      .filter(({ lane }) => lane === wanted)
      .flatMap(({ host, concurrency }) => turnsOf({ _id: host, concurrency }));
  await producer.add(fetchQueue, turnsIn("http"));
  await producer.add(renderQueue, turnsIn("browser"));
}

function turnsOf(host: { _id: string; concurrency: number }): TurnPayload[] {
  return Array.from({ length: host.concurrency }, (_, turn) => ({ host: host._id, turn }));
}

/** Number of due links that one tick usually checks. The next tick continues after them. */
const LINKS_PER_TICK = 200;
/** For links that became due more recently, the turn might not have been scheduled yet. */
const MIN_OVERDUE_MS = 5_000;
/** A turn that is more than this many ms away counts as none: leases postpone turns by less. */
const MAX_LEASED_MS = 30_000;

/** Where the next tick continues: with up to `limit` links that are due after `from`. */
const resumeAt = new WeakMap<Store, { from: Date; limit: number }>();

/** Schedules turns for hosts with due links but no turn, for example after a crash. */
export async function wakeForgotten({ store, now, log }: Deps): Promise<number> {
  const at = now();
  const { from, limit } = resumeAt.get(store) ?? { from: EPOCH, limit: LINKS_PER_TICK };
  const until = new Date(at.getTime() - MIN_OVERDUE_MS);
  const links = await findDueLanes(store, { from, until }, limit);
  const [first, last] = [links[0]?.dueAt, links.at(-1)?.dueAt];
  if (!first || !last || links.length < limit) resumeAt.delete(store);
  // All are due at the same time: check more links, to reach those that are due later.
  else if (first.getTime() === last.getTime()) resumeAt.set(store, { from, limit: 2 * limit });
  else resumeAt.set(store, { from: new Date(last.getTime() - 1), limit: LINKS_PER_TICK });
  if (links.length === 0) return 0;
  const due = [
    ...new Map(links.map(({ host, lane }) => [`${lane} ${host}`, { host, lane }])).values(),
  ];
  const turns = await findHostTurns(store, [...new Set(due.map(({ host }) => host))]);
  const late = new Date(at.getTime() + MAX_LEASED_MS);
  const isForgotten = ({ host, lane }: { host: string; lane: Lane }) => {
    const next = turns.get(host)?.[lane];
    return turns.has(host) && (!next || next > late);
  };
  const forgotten = due.filter(isForgotten);
  await wakeHosts(
    store,
    forgotten.map((turn) => ({ ...turn, at })),
  );
  if (forgotten.length > 0)
    log.warn({ turns: forgotten }, "woke hosts that had due links but no job");
  return forgotten.length;
}

/** Records that a host has something due in a lane, and enqueues a job for it. */
export async function wakeHost(deps: Deps, host: string, lane: Lane): Promise<void> {
  await wakeHosts(deps.store, [{ host, lane, at: deps.now() }]);
  await deps.producer.add(lane === "http" ? fetchQueue : renderQueue, [{ host, turn: 0 }]);
}
