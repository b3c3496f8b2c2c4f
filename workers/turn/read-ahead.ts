import type { Lane, Link } from "../../model/link.ts";
import { dueLinks } from "../../store/links.ts";
import type { Store } from "../../store/store.ts";

/** What was read of a host's lane. */
export interface Ahead {
  due: Link[];
  /** When the earliest link is due, a later one too; null when none is within a year. */
  next: Date | null;
  /** Whether that is all that is due. */
  isAll: boolean;
}

/** Links read ahead per host and lane: one read serves many turns. */
const AHEAD = 16;
/** Later than anything is due, ms. */
const HORIZON = 365 * 86_400_000;

interface Wanted {
  host: string;
  lane: Lane;
  now: Date;
}

/** The links of hosts that are due next, in one read for each lane, in order. */
export async function readAhead(store: Store, wanted: readonly Wanted[]): Promise<Ahead[]> {
  const found = new Map<string, Ahead>();
  for (const lane of ["http", "browser"] as const) {
    const asked = wanted.filter((one) => one.lane === lane);
    for (const [host, ahead] of await readLane(store, lane, asked)) {
      found.set(`${lane} ${host}`, ahead);
    }
  }
  return wanted.map(({ host, lane }) => {
    return found.get(`${lane} ${host}`) ?? { due: [], next: null, isAll: true };
  });
}

async function readLane(
  store: Store,
  lane: Lane,
  wanted: readonly Wanted[],
): Promise<Map<string, Ahead>> {
  const hosts = [...new Set(wanted.map(({ host }) => host))];
  if (hosts.length === 0) return new Map();
  const now = new Date(Math.max(...wanted.map((one) => one.now.getTime())));
  const until = new Date(now.getTime() + HORIZON);
  const limit = hosts.length * AHEAD;
  const links = await dueLinks(store, hosts, lane, until, limit);
  if (hosts.length === 1 || links.length < limit) {
    const isAll = links.length < limit;
    return new Map(hosts.map((host) => [host, aheadOf(links, host, { now, isAll })]));
  }
  // A host of many links may have kept others out.
  const alone = hosts.map(async (host) => {
    const own = await dueLinks(store, [host], lane, until, AHEAD);
    return [host, aheadOf(own, host, { now, isAll: own.length < AHEAD })] as const;
  });
  return new Map(await Promise.all(alone));
}

function aheadOf(links: Link[], host: string, known: { now: Date; isAll: boolean }): Ahead {
  const own = links.filter((link) => link.host === host);
  const due = own.filter(({ dueAt }) => dueAt !== null && dueAt <= known.now);
  return {
    due: due.slice(0, AHEAD),
    next: own[0]?.dueAt ?? null,
    isAll: known.isAll && due.length <= AHEAD,
  };
}
