import { shortHash } from "../../lib/text.ts";
import type {
  Host,
  HostFetch,
  LongRobots,
  RobotsCopy,
  StoredRightsDocument,
  Unreliability,
  UnreliableKind,
} from "../../model/crawl/host.ts";
import type { Lane } from "../../model/crawl/link.ts";
import type { RightsDocument } from "../../model/usage-rights.ts";
import { findAll, findById, findIn, readDue, updateEach, writeEach } from "../queries.ts";
import { FAR_FUTURE, type Store } from "../store.ts";

const NEW_HOST: Omit<Host, "_id" | "nextTurnAt" | "delay" | "concurrency"> = {
  robots: null,
  address: null,
  failures: 0,
  openUntil: null,
  openReason: null,
  render: {},
};

export async function hasHostAnswered(store: Store): Promise<boolean> {
  const answered = { "robots.state": { $in: ["ok", "none"] as const } };
  return (await store.collections.hosts.findOne(answered, { projection: { _id: 1 } })) !== null;
}

/**
 * Adds hosts. For hosts that are already stored, can only lengthen `delay` and lower `concurrency`.
 */
export async function ensureHosts(
  store: Store,
  hosts: { host: string; delay: number; concurrency: number }[],
): Promise<void> {
  await writeEach(store.collections.hosts, hosts, ({ host, delay, concurrency }) => {
    const first = { ...NEW_HOST, nextTurnAt: {} };
    const update = { $setOnInsert: first, $max: { delay }, $min: { concurrency } };
    return { updateOne: { filter: { _id: host }, update, upsert: true } };
  });
}

/** Adds hosts like `ensureHosts`, and makes them due at `at` or earlier, like `wakeHosts`. */
export async function admitHosts(
  store: Store,
  hosts: { host: string; delay: number; concurrency: number; lane: Lane; at: Date }[],
): Promise<void> {
  await writeEach(store.collections.hosts, hosts, ({ host, delay, concurrency, lane, at }) => {
    const least = { concurrency, [`nextTurnAt.${lane}`]: at };
    const update = { $setOnInsert: NEW_HOST, $max: { delay }, $min: least };
    return { updateOne: { filter: { _id: host }, update, upsert: true } };
  });
}

/** Records that each host has something due at `at`, unless an earlier time is recorded. */
export async function wakeHosts(
  store: Store,
  hostTurns: { host: string; lane: Lane; at: Date }[],
): Promise<void> {
  await writeEach(store.collections.hosts, hostTurns, ({ host, lane, at }) => ({
    updateOne: { filter: { _id: host }, update: { $min: { [`nextTurnAt.${lane}`]: at } } },
  }));
}

export async function dueHosts(
  store: Store,
  lane: Lane,
  now: Date,
  limit: number,
): Promise<Pick<Host, "_id" | "concurrency">[]> {
  const projection = { concurrency: 1 };
  return readDue(store.collections.hosts, `nextTurnAt.${lane}`, { now, limit, projection });
}

/** Returns the due time of the host that has waited longest in a lane; null if none is due. */
export async function longestDue(store: Store, lane: Lane, now: Date): Promise<Date | null> {
  const options = { now, limit: 1, projection: { nextTurnAt: 1 } };
  const [host] = await readDue(store.collections.hosts, `nextTurnAt.${lane}`, options);
  return host?.nextTurnAt[lane] ?? null;
}

export interface TurnLease {
  host: string;
  lane: Lane;
  until: Date;
}

/**
 * Postpones hosts to the end of their leases. Until then, no other process starts to work on the
 * hosts.
 */
export async function leaseHostTurns(store: Store, leases: readonly TurnLease[]): Promise<void> {
  await writeEach(store.collections.hosts, leases, ({ host, lane, until }) => {
    const update = { $set: { [`nextTurnAt.${lane}`]: until } };
    return { updateOne: { filter: { _id: host }, update } };
  });
}

/**
 * Ends leases. Each host becomes due at `next`; if `next` is null, the host isn't due again. Skips
 * hosts that were rescheduled during their lease.
 */
export async function endLeases(
  store: Store,
  leases: readonly (TurnLease & { next: Date | null })[],
): Promise<void> {
  await writeEach(store.collections.hosts, leases, ({ host, lane, until, next }) => {
    const turn = `nextTurnAt.${lane}`;
    const forget = { $unset: { [turn]: "" } as Record<string, ""> };
    const update = next ? { $set: { [turn]: next } } : forget;
    return { updateOne: { filter: { _id: host, [turn]: until }, update } };
  });
}

export function findHostTurns(
  store: Store,
  ids: string[],
): Promise<Map<string, Pick<Host, "nextTurnAt">>> {
  return findById(store.collections.hosts, ids, { projection: { nextTurnAt: 1 } });
}

/** Returns hosts whose latest requests failed, most failures in a row first; at most `limit`. */
export async function failingHosts(store: Store, limit: number): Promise<Host[]> {
  return store.collections.hosts
    .find({ failures: { $gte: 1, $lte: 1_000_000 } })
    .sort({ failures: -1 })
    .limit(limit)
    .toArray();
}

/** Counts the hosts whose circuit breaker is open, up to `bound`. */
export function countOpenHosts(store: Store, now: Date, bound: number): Promise<number> {
  const openUntil = { $gt: now, $lt: FAR_FUTURE };
  return store.collections.hosts.countDocuments({ openUntil }, { limit: bound });
}

/** Returns the ids of hosts whose circuit breaker is open, those that stay open longest first. */
export async function openHostIds(store: Store, now: Date, limit: number): Promise<string[]> {
  const options = { projection: { _id: 1 }, sort: { openUntil: -1 }, limit } as const;
  const openUntil = { $gt: now, $lt: FAR_FUTURE };
  const found = await findAll(store.collections.hosts, { openUntil }, options);
  return found.map(({ _id }) => _id);
}

const MAX_ARTICLE_FETCHES = 40;

/** Records for each host the fetches of known articles, and whether each article still existed. */
export async function noteHostFetches(
  store: Store,
  fetches: (HostFetch & { host: string })[],
): Promise<void> {
  await writeEach(store.collections.hosts, fetches, ({ host, ...fetch }) => ({
    updateOne: {
      filter: { _id: host },
      update: { $push: { articleFetches: { $each: [fetch], $slice: -MAX_ARTICLE_FETCHES } } },
    },
  }));
}

export async function getHost(store: Store, id: string): Promise<Host | null> {
  return (await getHosts(store, [id])).get(id) ?? null;
}

/** Returns hosts by id, with their robots.txt, licences and policies. Omits unknown hosts. */
export async function getHosts(store: Store, ids: string[]): Promise<Map<string, Host>> {
  const stored = await findIn(store.collections.hosts, "_id", ids);
  const found = await withDocuments(store, await withRobots(store, stored));
  return new Map(found.map((host) => [host._id, host]));
}

const MAX_HOST_IDS = 20_000;

/** Returns the ids of all hosts (`HOST` or `HOST:PORT`); at most 20,000. */
export async function listHostIds({ collections }: Store): Promise<string[]> {
  const found = await collections.hosts
    .find({}, { projection: { _id: 1 } })
    .limit(MAX_HOST_IDS)
    .toArray();
  return found.map(({ _id }) => _id);
}

export interface HostFacts {
  id: string;
  set: Partial<Pick<Host, "robots" | "address" | "tdm" | "rightsChangedAt">>;
}

export async function saveFacts(store: Store, facts: readonly HostFacts[]): Promise<void> {
  const byHost = new Map<string, HostFacts["set"]>();
  for (const { id, set } of facts) byHost.set(id, { ...byHost.get(id), ...set });
  const read = [...byHost].flatMap(([id, { robots }]) => (robots ? { id, copy: robots } : []));
  const short = await shortenRobots(store, read);
  const each = [...byHost].map(([_id, set]) => {
    const robots = short.get(_id);
    return { _id, expected: {}, set: robots ? { ...set, robots } : set };
  });
  await updateEach(store.collections.hosts, each);
}

const MAX_HOST_DOCUMENTS = 20;

/**
 * Stores a licence or policy of a host. If `rightsChangedAt` isn't null, sets it in every host that
 * names the document.
 */
export async function saveDocument(
  { collections }: Store,
  hostId: string,
  document: RightsDocument,
  rightsChangedAt: Date | null,
): Promise<void> {
  const { rightsDocuments, hosts } = collections;
  const _id = shortHash(document.url);
  await rightsDocuments.replaceOne({ _id }, document, { upsert: true });
  // Both steps change the list on the server, because another process can add a document at the
  // same time.
  await hosts.updateOne({ _id: hostId }, { $pull: { documentIds: _id } });
  const last = { $each: [_id], $slice: -MAX_HOST_DOCUMENTS };
  await hosts.updateOne({ _id: hostId }, { $push: { documentIds: last } });
  if (rightsChangedAt) await hosts.updateMany({ documentIds: _id }, { $set: { rightsChangedAt } });
}

/** Returns a licence or policy as last read, whichever host named it; null if none is stored. */
export async function getDocument(store: Store, url: string): Promise<RightsDocument | null> {
  const found = await store.collections.rightsDocuments.findOne({ _id: shortHash(url) });
  return found && withoutId(found);
}

function withoutId({ _id, ...document }: StoredRightsDocument): RightsDocument {
  return document;
}

async function withDocuments({ collections }: Store, hosts: readonly Host[]): Promise<Host[]> {
  const ids = [...new Set(hosts.flatMap(({ documentIds = [] }) => documentIds))];
  if (ids.length === 0) return [...hosts];
  const byId = await findById(collections.rightsDocuments, ids);
  return hosts.map((host) => {
    if (!host.documentIds) return host;
    const documents = [...new Set(host.documentIds)].flatMap((id) => byId.get(id) ?? []);
    return { ...host, documents: documents.map(withoutId) };
  });
}

export async function saveBreaker(
  store: Store,
  id: string,
  state: Pick<Host, "failures" | "openUntil" | "openReason">,
): Promise<void> {
  await store.collections.hosts.updateOne({ _id: id }, { $set: state });
}

const MAX_PAGE_TYPES = 200;

/**
 * Stores whether a host's pages of one type need the browser. Removes all but the latest
 * `MAX_PAGE_TYPES` decisions.
 */
export async function saveRenderDecision(
  store: Store,
  { _id, render }: Pick<Host, "_id" | "render">,
  type: string,
  verdict: Host["render"][string],
): Promise<void> {
  const others = Object.entries(render).filter(([other]) => other !== type);
  const oldest = others
    .toSorted(([, a], [, b]) => b.at.getTime() - a.at.getTime())
    .slice(MAX_PAGE_TYPES - 1);
  const gone = Object.fromEntries(oldest.map(([other]) => [`render.${other}`, ""] as const));
  await store.collections.hosts.updateOne(
    { _id },
    {
      $set: { [`render.${type}`]: verdict },
      ...(oldest.length > 0 && { $unset: gone as Record<string, ""> }),
    },
  );
}

/** Counts a page without a new article for its URL pattern. Removes the patterns in `old`. */
export async function countPatternMiss(
  store: Store,
  id: string,
  miss: { key: string; pattern: string; at: Date; old: string[] },
): Promise<void> {
  const { key, pattern, at } = miss;
  const old = miss.old.filter((each) => each !== key);
  const isOld = old.length < miss.old.length;
  const trap = `traps.${key}`;
  await store.collections.hosts.updateOne(
    { _id: id },
    {
      $set: {
        [`${trap}.pattern`]: pattern,
        [`${trap}.at`]: at,
        ...(isOld && { [`${trap}.misses`]: 1 }),
      },
      ...(!isOld && { $inc: { [`${trap}.misses`]: 1 } }),
      ...(old.length > 0 && {
        $unset: Object.fromEntries(old.map((each) => [`traps.${each}`, ""])) as Record<string, "">,
      }),
    },
  );
}

export async function clearTrap(store: Store, id: string, key: string): Promise<void> {
  await store.collections.hosts.updateOne(
    { _id: id },
    { $unset: { [`traps.${key}`]: "" } as Record<string, ""> },
  );
}

/**
 * A robots.txt longer than this is stored in another collection, because a host's document is often
 * rewritten.
 */
const MAX_INLINE_ROBOTS_CHARS = 8000;

async function shortenRobots(
  { collections: { robots } }: Store,
  copies: readonly { id: string; copy: RobotsCopy }[],
): Promise<Map<string, RobotsCopy>> {
  const long: LongRobots[] = [];
  const short = copies.map(({ id, copy }): [string, RobotsCopy] => {
    const { text } = copy;
    if (text === null || text.length <= MAX_INLINE_ROBOTS_CHARS) return [id, copy];
    long.push({ _id: id, text, readAt: copy.fetchedAt });
    return [id, { ...copy, text: "", isLong: true }];
  });
  await writeEach(robots, long, ({ _id, ...replacement }) => ({
    replaceOne: { filter: { _id }, replacement, upsert: true },
  }));
  return new Map(short);
}

async function withRobots({ collections }: Store, hosts: readonly Host[]): Promise<Host[]> {
  const ids = hosts.filter(({ robots }) => robots?.isLong).map(({ _id }) => _id);
  const texts = await findById(collections.robots, ids);
  return hosts.map((host) => {
    if (!host.robots?.isLong) return host;
    const { isLong: _, ...robots } = host.robots;
    const text = texts.get(host._id)?.text;
    // A missing text has expired.
    return { ...host, robots: text === undefined ? null : { ...robots, text } };
  });
}

export async function saveUnreliability(
  store: Store,
  id: string,
  kind: UnreliableKind,
  unreliability: Unreliability,
): Promise<void> {
  await store.collections.hosts.updateOne(
    { _id: id },
    {
      $set: { [`unreliable.${kind}`]: unreliability },
      ...(unreliability.until && { $max: { mistrustedUntil: unreliability.until } }),
    },
  );
}

const YEAR_MS = 365 * 86_400_000;

/**
 * Returns up to `limit` hosts that are currently distrusted, for example because of unreliable
 * ETags.
 */
export async function mistrustedHosts(store: Store, now: Date, limit: number): Promise<Host[]> {
  return store.collections.hosts
    .find({ mistrustedUntil: { $gt: now, $lte: new Date(now.getTime() + YEAR_MS) } })
    .limit(limit)
    .toArray();
}
