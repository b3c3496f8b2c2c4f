import { batchesOf, chunksOf } from "../../lib/async.ts";
import type { Claim, Lane, Link, LinkChanges } from "../../model/crawl/link.ts";
import {
  findAll,
  findById,
  findIn,
  furtherBack,
  ignoreDuplicates,
  projectionOf,
  readDue,
  removeEach,
  soon,
  updateEach,
  writeEach,
} from "../queries.ts";
import { dueBy, EPOCH, type Store } from "../store.ts";

const KNOWN = [
  "state",
  "reason",
  "detail",
  "announcement",
  "hints",
  "sourceId",
  "kind",
  "articleId",
  "doneAt",
  "revisits",
  "nextFetchAt",
  "runId",
  "parentId",
  "articlePageOf",
  "foundUrl",
] as const;

export type KnownLink = Pick<Link, "_id" | (typeof KNOWN)[number]>;

export function knownLinks(store: Store, ids: string[]): Promise<Map<string, KnownLink>> {
  return findById(store.collections.links, ids, { projection: projectionOf(KNOWN) });
}

export function entryLinks(
  store: Store,
  ids: string[],
): Promise<Pick<Link, "_id" | "url" | "foundUrl" | "hops" | "state" | "reason">[]> {
  const projection = { url: 1, foundUrl: 1, hops: 1, state: 1, reason: 1 };
  return findIn(store.collections.links, "_id", ids, { projection });
}

const ANNOUNCED = [
  "foundUrl",
  "kind",
  "state",
  "reason",
  "detail",
  "attempts",
  "hints",
  "articleId",
  "articlePageOf",
  "parentId",
  "witness",
  "firstSeenAt",
] as const;

export type AnnouncedLink = Pick<Link, "_id" | (typeof ANNOUNCED)[number]>;

export function knownLinkStates(store: Store, ids: string[]): Promise<Map<string, AnnouncedLink>> {
  return findById(store.collections.links, ids, { projection: projectionOf(ANNOUNCED) });
}

/** Returns the given link ids whose links led to an article. */
export async function linksWithArticle(store: Store, ids: string[]): Promise<Set<string>> {
  const projection = { articleId: 1 };
  const found = await findIn(store.collections.links, "_id", ids, { projection });
  return new Set(found.flatMap(({ _id, articleId }) => (articleId ? [_id] : [])));
}

export function announcedLinks(
  store: Store,
  sourceId: string,
  { from, until, limit }: { from: Date; until: Date; limit: number },
): Promise<AnnouncedLink[]> {
  const options = { projection: projectionOf(ANNOUNCED), sort: { firstSeenAt: 1 }, limit } as const;
  const within = { $gt: from, $lte: until };
  return findAll(store.collections.links, { sourceId, firstSeenAt: within }, options);
}

export function getLink(store: Store, id: string): Promise<Link | null> {
  return store.collections.links.findOne({ _id: id });
}

export function getLinks(store: Store, ids: string[]): Promise<Map<string, Link>> {
  return findById(store.collections.links, ids);
}

/** Adds links. Existing links stay as they are. */
export async function addLinks(store: Store, links: Link[]): Promise<void> {
  for (const some of chunksOf(links, LINK_BATCH_SIZE)) {
    await ignoreDuplicates(store.collections.links.insertMany(some, { ordered: false }));
  }
}

/** Writing a sitemap's 50,000 links at once would block all other queries for a minute. */
const LINK_BATCH_SIZE = 1000;

/** Makes links due, as if they had never been tried, and sets the fields in `set`. */
export async function reviveLinks(
  store: Store,
  links: { id: string; runId: string; dueAt: Date; set?: LinkChanges }[],
): Promise<void> {
  await writeEach(store.collections.links, links, ({ id, runId, dueAt, set }) => ({
    updateOne: {
      filter: { _id: id },
      update: { $set: { ...set, ...REVIVED, runId, dueAt } },
    },
  }));
}

const REVIVED: LinkChanges = {
  state: "due",
  attempts: 0,
  claim: null,
  hops: [],
  reason: null,
  detail: null,
  outcome: null,
};

export function dueRevisits(store: Store, now: Date, limit: number): Promise<Link[]> {
  return readDue(store.collections.links, "nextFetchAt", { now, limit });
}

/** Sets when links are revisited next (`at`; null: never), and replaces `hints` if given. */
export async function scheduleRevisits(
  store: Store,
  links: { _id: string; at: Date | null; hints?: Link["hints"] }[],
): Promise<void> {
  await writeEach(store.collections.links, links, ({ _id, at, hints }) => ({
    updateOne: {
      filter: { _id },
      update: { $set: { nextFetchAt: at, ...(hints && { hints }) } },
    },
  }));
}

export function dueAnnouncements(store: Store, now: Date, limit: number): Promise<Link[]> {
  return readDue(store.collections.links, "announceAt", { now, limit });
}

export async function hasAnnouncements(store: Store, until: Date): Promise<boolean> {
  const due = { announceAt: dueBy(until) };
  return (await store.collections.links.findOne(due, { projection: { _id: 1 } })) !== null;
}

/** Sets fields of links whose `announceAt` hasn't changed; returns how many links changed. */
export async function recordAnnounced(
  store: Store,
  announced: { link: Pick<Link, "_id" | "announceAt">; set: LinkChanges }[],
): Promise<number> {
  return updateEach(
    store.collections.links,
    announced.map(({ link: { _id, announceAt }, set }) => ({ _id, expected: { announceAt }, set })),
  );
}

/** Makes links' announcements due to be published at `now`; skips links that have an article. */
export async function recheckAnnouncements(store: Store, ids: string[], now: Date): Promise<void> {
  const stray = { _id: { $in: ids }, articleId: null };
  await store.collections.links.updateMany(stray, { $set: { announceAt: now } });
}

/** Stores articles' announcements in their links. Links that have an article stay as they are. */
export async function announceLinks(
  store: Store,
  links: Pick<Link, "_id" | "hints" | "announcement" | "announceAt">[],
): Promise<void> {
  await updateEach(
    store.collections.links,
    links.map(({ _id, ...set }) => ({ _id, expected: { articleId: null }, set })),
  );
}

/** Records that links led to an article. Links that already name an article stay as they are. */
export async function recordArticleOfLinks(
  store: Store,
  ids: string[],
  articleId: string,
): Promise<void> {
  await writeEach(store.collections.links, ids, (_id) => ({
    updateOne: { filter: { _id, articleId: null }, update: { $set: { articleId } } },
  }));
}

/** Returns the links that are due by `until` in one lane on the given hosts, earliest due first. */
export function dueLinks(
  store: Store,
  hosts: readonly string[],
  lane: Lane,
  until: Date,
  limit: number,
): Promise<Link[]> {
  const host = hosts.length === 1 ? (hosts[0] ?? "") : { $in: [...hosts] };
  const options = { sort: { dueAt: 1 }, limit } as const;
  return findAll(store.collections.links, { host, lane, dueAt: dueBy(until) }, options);
}

/** Returns host, lane and due time of links due after `from` and by `until`, earliest first. */
export function findDueLanes(
  store: Store,
  span: { from: Date; until: Date },
  limit: number,
): Promise<Pick<Link, "host" | "lane" | "dueAt">[]> {
  return findAll(
    store.collections.links,
    { dueAt: { $gt: span.from, $lte: span.until } },
    { projection: { host: 1, lane: 1, dueAt: 1 }, sort: { dueAt: 1 }, limit },
  );
}

interface Settlement {
  id: string;
  token: string;
  set: LinkChanges;
}

/** Stores outcomes and ends the claims; skips links whose claims were replaced meanwhile. */
export async function recordOutcomes(store: Store, settlements: Settlement[]): Promise<void> {
  await updateEach(
    store.collections.links,
    settlements.map(({ id, token, set }) => {
      return { _id: id, expected: { "claim.token": token }, set: { ...set, claim: null } };
    }),
  );
}

/** Removes links. If a link is being fetched, the result of the fetch will be discarded. */
export async function removeLinks(store: Store, ids: string[]): Promise<void> {
  await removeEach(store.collections.links, ids);
}

/** Counts the due links of all hosts, or of one host and lane, up to `bound`. */
export function countDue(
  store: Store,
  now: Date,
  bound: number,
  of: Partial<Pick<Link, "host" | "lane">> = {},
): Promise<number> {
  return store.collections.links.countDocuments({ ...of, dueAt: dueBy(now) }, { limit: bound });
}

/**
 * Yields the links of a source whose `reason` is the given one, in batches. Can miss links that
 * change meanwhile.
 */
export async function* linksByReason(
  store: Store,
  sourceId: string,
  reason: NonNullable<Link["reason"]>,
  size: number,
): AsyncGenerator<Link[]> {
  yield* batchesOf(store.collections.links.find({ sourceId, reason }).batchSize(size), size);
}

/** Sets fields of unclaimed links whose last attempt ended at `doneAt`; skips other links. */
export async function revertLinks(
  store: Store,
  reverts: { id: string; doneAt: Date; set: LinkChanges }[],
): Promise<void> {
  await writeEach(store.collections.links, reverts, ({ id, doneAt, set }) => ({
    updateOne: { filter: { _id: id, doneAt, claim: null }, update: { $set: set } },
  }));
}

const MAX_DEAD_LETTER_AGE_MS = 365 * 86_400_000;

/**
 * Returns the dead letters from before the time `before` (by default, now), newest first. Goes back
 * at most one year.
 */
export function deadLinks(
  store: Store,
  now: Date,
  wanted: { sourceId?: string; cause?: string; before?: Date; limit: number },
): Promise<Link[]> {
  const { sourceId, cause, before = soon(now), limit } = wanted;
  const all = sourceId === undefined && cause === undefined;
  return furtherBack({ before, limit, most: MAX_DEAD_LETTER_AGE_MS }, async (doneAt, left) => {
    // The index covers state and time only; the other conditions are checked here.
    const cursor = store.collections.links
      .find({ state: "dead-letter", doneAt })
      .sort({ doneAt: -1 });
    if (all) return cursor.limit(left).toArray();
    const found: Link[] = [];
    for await (const link of cursor) {
      if (sourceId !== undefined && link.sourceId !== sourceId) continue;
      if (cause !== undefined && link.reason !== cause) continue;
      found.push(link);
      if (found.length === left) break;
    }
    return found;
  });
}

/** A due link, as read from the store, and the claim that a worker tries to make on it. */
export interface Claiming {
  link: Pick<Link, "_id" | "dueAt" | "attempts" | "claim">;
  claim: Claim;
}

/** Claims due links for one fetch each, and returns the tokens of the successful claims. */
export async function claimLinks(
  store: Store,
  claimings: readonly Claiming[],
): Promise<Set<string>> {
  const free = claimings.filter(({ link, claim }) => isFreeFor(link, claim.turn));
  const wanted = new Set(free.map(({ claim }) => claim.token));
  if (free.length === 0) return wanted;
  const { links } = store.collections;
  const modified = await updateEach(
    links,
    free.map(({ link: { _id, dueAt, attempts, claim: before }, claim }) => ({
      _id,
      expected: { state: "due", dueAt, attempts, "claim.token": before?.token ?? null },
      set: { claim, attempts: attempts + 1 },
    })),
  );
  if (modified === free.length) return wanted;
  if (modified === 0) return new Set();
  const ids = [...new Set(free.map(({ link }) => link._id))];
  const now = await findIn(links, "_id", ids, { projection: { claim: 1 } });
  return new Set(now.flatMap(({ claim }) => claim?.token ?? []).filter((one) => wanted.has(one)));
}

/** Whether the link is unclaimed, or claimed by the host's job with the number `turn`. */
export function isFreeFor({ claim }: Pick<Link, "claim">, turn: number): boolean {
  // An earlier job with the same number can't still run, so its worker was lost.
  return claim === null || claim.turn === turn;
}

/** Releases up to 1,000 links whose claim is older than `before`; returns how many were found. */
export async function releaseClaims(store: Store, before: Date): Promise<number> {
  const lost = await findAll(
    store.collections.links,
    { "claim.at": { $gt: EPOCH, $lte: before } },
    { projection: { claim: 1 }, limit: 1000 },
  );
  await recordOutcomes(
    store,
    lost.flatMap(({ _id, claim }) => (claim ? { id: _id, token: claim.token, set: {} } : [])),
  );
  return lost.length;
}

const LOST = ["url", "sourceId", "attempts", "claim", "losses"] as const;
/** More than the number of links that one process fetches at once. */
const MAX_CLAIMED_LINKS = 2000;

/** A link that a worker process has claimed. The process might have ended. */
export type LostLink = Pick<Link, "_id" | (typeof LOST)[number]>;

/** Returns the links that a worker process has claimed; at most 2,000. */
export function claimsOf(store: Store, worker: string, now: Date): Promise<LostLink[]> {
  const at = { $gt: EPOCH, $lte: new Date(now.getTime() + MAX_CLOCK_SKEW_MS) };
  const options = { projection: projectionOf(LOST), limit: MAX_CLAIMED_LINKS };
  return findAll(store.collections.links, { "claim.at": at, "claim.worker": worker }, options);
}

const MAX_CLOCK_SKEW_MS = 60 * 60_000;

/** Marks the claims of lost workers, so that each loss is counted once; skips replaced claims. */
export async function markLost(store: Store, links: readonly LostLink[]): Promise<void> {
  await updateEach(
    store.collections.links,
    links.flatMap(({ _id, claim, losses, attempts }) => {
      if (!claim) return [];
      const set = { claim: { ...claim, lost: true }, losses, attempts };
      return { _id, expected: { "claim.token": claim.token }, set };
    }),
  );
}
