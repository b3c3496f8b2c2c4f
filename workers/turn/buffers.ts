import { Batcher, setBounded } from "../../lib/async.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import type { Claim, Lane, Link } from "../../model/crawl/link.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import {
  endLeases,
  type HostFacts,
  leaseHostTurns,
  saveFacts,
  type TurnLease,
} from "../../store/crawl/hosts.ts";
import { type Claiming, claimLinks, dueLinks, isFreeFor } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";

const WRITE_BATCH = { ms: 20, size: 50 };

/** Buffers the results of reading robots.txt and other files of hosts, and stores many at once. */
export interface FileBuffer {
  keep(response: { capture: Capture; body: Body | null }): Promise<void>;
  /** Stores the facts from a host's file in the host's record. */
  note(facts: HostFacts): Promise<void>;
}

export function createFileBuffer(store: Store): FileBuffer {
  const responses = new Batcher<Parameters<FileBuffer["keep"]>[0], void>(WRITE_BATCH, (all) => {
    const captures = all.map(({ capture }) => capture);
    const bodies = all.flatMap(({ body }) => body ?? []);
    return addCaptures(store, captures, bodies);
  });
  const facts = new Batcher<HostFacts, void>(WRITE_BATCH, (all) => saveFacts(store, all));
  return { keep: (response) => responses.add(response), note: (one) => facts.add(one) };
}

const MAX_BUFFERED_LANES = 2000;
const TURN_BATCH = { ms: 5, size: 50 };
/** A batch of claims waits longer than `TURN_BATCH`: the host's pace delays requests anyway. */
const CLAIM_BATCH = { ms: 15, size: 50 };
/** The sum must stay below `MAX_LEASED_MS` of the tick, which would wake leased hosts. */
const LEASE_MS = { least: 20_000, chance: 10_000 };

/**
 * A job's request for the next link of a host. A host has one job per concurrent request that it
 * allows; `turn` is the job's number, from 0.
 */
export interface LinkRequest {
  host: string;
  lane: Lane;
  turn: number;
  now: Date;
  /** Claim token of the previous link, whose page is still being stored; missing if none is. */
  storingToken?: string | undefined;
}

interface TurnEnd extends LinkRequest {
  earliest: Date;
}

/** Buffers due links of hosts. A link that has changed since it was read can't be claimed. */
export interface LinkBuffer {
  /** Returns the next due link that the job can claim; null if there is none. */
  peek(looking: LinkRequest): Promise<Link | null>;
  /** Returns the buffered links that the job can claim, in the order of `peek`. */
  ready(looking: LinkRequest): readonly Link[];
  /** Returns whether the job can claim a buffered link, or more due links might be stored. */
  mayHaveMore(looking: LinkRequest): boolean;
  /** Makes the next `peek` read the due links of this link's host and lane again. */
  forget(link: Pick<Link, "host" | "lane">): void;
  /** Claims a link from `peek`; null if another process has claimed or finished it. */
  claim(link: Link, claim: Omit<Claim, "worker">): Promise<Link | null>;
  /**
   * Ends a job that found no more links, and schedules the host's next job if a link is due within
   * a year. `next` is the due time of the host's first such link, even of a claimed one.
   */
  end(ending: TurnEnd): Promise<{ free: Link | null; next: Date | null }>;
}

export function createLinkBuffer(
  store: Store,
  { random = Math.random, worker }: { random?: () => number; worker: string },
): LinkBuffer {
  const known = new Map<string, BufferedLinks>();
  const reads = new Batcher<LinkRequest, BufferedLinks>(TURN_BATCH, (all) => readAhead(store, all));
  const ends = new Batcher<TurnEnd, BufferedLinks>(TURN_BATCH, async (all) => {
    const leases = new Map(all.map((ending) => [keyOf(ending), leaseOf(ending, random)]));
    // So that the next turn takes place even if this process crashes.
    await leaseHostTurns(store, [...leases.values()]);
    const left = await readAhead(store, all);
    const turns = new Map<string, Date>();
    for (const [index, ending] of all.entries()) {
      const next = left[index]?.next;
      if (!next) continue;
      const at = next > ending.earliest ? next : ending.earliest;
      const before = turns.get(keyOf(ending));
      turns.set(keyOf(ending), before && before < at ? before : at);
    }
    const ended = [...leases].map(([key, lease]) => ({ ...lease, next: turns.get(key) ?? null }));
    await endLeases(store, ended);
    return left;
  });
  const claims = new Batcher<Claiming, boolean>(CLAIM_BATCH, async (all) => {
    const granted = await claimLinks(store, all);
    return all.map(({ claim }) => granted.has(claim.token));
  });
  const freeIn = (looking: LinkRequest) =>
    (known.get(keyOf(looking))?.due ?? []).filter(
      (link) =>
        isFreeFor(link, looking.turn) && (!link.claim || link.claim.token !== looking.storingToken),
    );
  return {
    async peek(looking) {
      const [there] = freeIn(looking);
      if (there) return there;
      setBounded(known, keyOf(looking), await reads.add(looking), MAX_BUFFERED_LANES);
      return freeIn(looking)[0] ?? null;
    },
    ready: freeIn,
    mayHaveMore: (looking) =>
      freeIn(looking).length > 0 || known.get(keyOf(looking))?.isAll === false,
    forget: (link) => void known.delete(keyOf(link)),
    async claim(link, params) {
      const claim = { ...params, worker };
      const ahead = known.get(keyOf(link));
      if (ahead) ahead.due = ahead.due.filter(({ _id }) => _id !== link._id);
      if (!(await claims.add({ link, claim }))) return null;
      return { ...link, claim, attempts: link.attempts + 1 };
    },
    async end(ending) {
      const ahead = await ends.add(ending);
      setBounded(known, keyOf(ending), ahead, MAX_BUFFERED_LANES);
      return { free: freeIn(ending)[0] ?? null, next: ahead.next };
    },
  };
}

function keyOf({ host, lane }: Pick<Link, "host" | "lane">): string {
  return `${lane} ${host}`;
}

/** Returns a lease with a random end, by which a process recognises its own lease. */
function leaseOf({ host, lane, now }: TurnEnd, random: () => number): TurnLease {
  const until = new Date(now.getTime() + LEASE_MS.least + Math.floor(random() * LEASE_MS.chance));
  return { host, lane, until };
}

interface BufferedLinks {
  due: Link[];
  next: Date | null;
  isAll: boolean;
}

const READ_AHEAD_LINKS = 16;
const READ_HORIZON_MS = 365 * 86_400_000;

type LaneRequest = Pick<LinkRequest, "host" | "lane" | "now">;

async function readAhead(store: Store, wanted: readonly LaneRequest[]): Promise<BufferedLinks[]> {
  const found = new Map<string, BufferedLinks>();
  for (const lane of ["http", "browser"] as const) {
    const inLane = wanted.filter((one) => one.lane === lane);
    for (const [host, ahead] of await readLane(store, lane, inLane))
      found.set(keyOf({ host, lane }), ahead);
  }
  return wanted.map((one) => found.get(keyOf(one)) ?? { due: [], next: null, isAll: true });
}

async function readLane(
  store: Store,
  lane: Lane,
  wanted: readonly LaneRequest[],
): Promise<Map<string, BufferedLinks>> {
  const hosts = [...new Set(wanted.map(({ host }) => host))];
  if (hosts.length === 0) return new Map();
  const now = new Date(Math.max(...wanted.map((one) => one.now.getTime())));
  const until = new Date(now.getTime() + READ_HORIZON_MS);
  const read = async (some: string[]) => {
    const limit = some.length * READ_AHEAD_LINKS;
    const links = await dueLinks(store, some, lane, until, limit);
    const isAll = links.length < limit;
    const ahead = some.map((host) => [host, toBufferedLinks(links, host, { now, isAll })] as const);
    return { ahead, isAll };
  };
  const { ahead, isAll } = await read(hosts);
  if (hosts.length === 1 || isAll) return new Map(ahead);
  // A host with many links may have left no space for the others: query each host alone.
  const alone = await Promise.all(hosts.map((host) => read([host])));
  return new Map(alone.flatMap((one) => one.ahead));
}

function toBufferedLinks(
  links: Link[],
  host: string,
  known: { now: Date; isAll: boolean },
): BufferedLinks {
  const own = links.filter((link) => link.host === host);
  const due = own.filter(({ dueAt }) => dueAt !== null && dueAt <= known.now);
  return {
    due: due.slice(0, READ_AHEAD_LINKS),
    next: own[0]?.dueAt ?? null,
    isAll: known.isAll && due.length <= READ_AHEAD_LINKS,
  };
}

const MAX_SUSPECT_WAIT_MS = 10_000;

/** The links that one process is working on. */
export interface LinksInProgress {
  /** The process's name, as in its claims of links. */
  readonly worker: string;
  add(token: string, url: string): void;
  remove(token: string): void;
  has(token: string): boolean;
  urls(): string[];
  /**
   * Asks to try a link that was in progress when a worker was lost. Returns a function to call
   * after the attempt; null while another such link is tried.
   */
  suspect(): (() => void) | null;
}

export function createLinksInProgress(
  worker: string,
  now: () => number = () => performance.now(),
): LinksInProgress {
  const urls = new Map<string, string>();
  let suspectUntil = 0;
  return {
    worker,
    add: (token, url) => void urls.set(token, url),
    remove: (token) => void urls.delete(token),
    has: (token) => urls.has(token),
    urls: () => [...new Set(urls.values())],
    suspect() {
      if (now() < suspectUntil) return null;
      const mine = now() + MAX_SUSPECT_WAIT_MS;
      suspectUntil = mine;
      return () => {
        if (suspectUntil === mine) suspectUntil = 0;
      };
    },
  };
}
