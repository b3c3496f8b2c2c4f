import type { Lane } from "../model/crawl/link.ts";
import { turnsOfHosts, wakeHosts } from "../store/crawl/hosts.ts";
import { placesDue } from "../store/crawl/links.ts";
import { EPOCH, type Store } from "../store/store.ts";
import type { Deps } from "./deps.ts";

/** Due links that one tick looks at; the next one goes on where it ended. */
const PER_TICK = 200;
/** A link whose host was woken has its turn by then, ms. */
const SETTLED = 5_000;
/** A turn that is put off further than by a lease, ms, may be for another link. */
const FAR = 30_000;

/** Where the next tick goes on while there are more: behind which time, and how many links it looks at. */
const places = new WeakMap<Store, { from: Date; limit: number }>();

/**
 * Wakes hosts that have due links and no turn, as where a process ended after it made a link due and before it woke
 * the host; answers how many lanes of hosts. Each tick looks at a bounded part of what is due.
 */
export async function wakeForgotten({ store, now, log }: Deps): Promise<number> {
  const at = now();
  const { from, limit } = places.get(store) ?? { from: EPOCH, limit: PER_TICK };
  const until = new Date(at.getTime() - SETTLED);
  const links = await placesDue(store, { from, until }, limit);
  const [first, last] = [links[0]?.dueAt, links.at(-1)?.dueAt];
  if (!first || !last || links.length < limit) places.delete(store);
  // All of one instant: where more are due then is seen by looking at more of them.
  else if (first.getTime() === last.getTime()) places.set(store, { from, limit: 2 * limit });
  else places.set(store, { from: new Date(last.getTime() - 1), limit: PER_TICK });
  if (links.length === 0) return 0;
  const due = [
    ...new Map(links.map(({ host, lane }) => [`${lane} ${host}`, { host, lane }])).values(),
  ];
  const turns = await turnsOfHosts(store, [...new Set(due.map(({ host }) => host))]);
  const late = new Date(at.getTime() + FAR);
  const isForgotten = ({ host, lane }: { host: string; lane: Lane }) => {
    const next = turns.get(host)?.[lane];
    return turns.has(host) && (!next || next > late);
  };
  const forgotten = due.filter(isForgotten);
  await wakeHosts(
    store,
    forgotten.map((turn) => ({ ...turn, at })),
  );
  if (forgotten.length > 0) log.warn({ turns: forgotten }, "hosts had due links and no turn");
  return forgotten.length;
}
