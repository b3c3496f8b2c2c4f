import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Article } from "../../model/articles/article.ts";
import type { Features, Fingerprint, FingerprintKey } from "../../model/articles/fingerprint.ts";
import type { Representation } from "../../model/articles/story.ts";
import {
  type ArticleStatusRow,
  type ArticleWrite,
  getArticles,
  getStatuses,
  writeArticles,
} from "../../store/articles/articles.ts";
import {
  getFingerprints,
  getStoryMembers,
  membersOfStories,
  putFeatures,
  type Settlement,
  type StoryMember,
  saveClusters,
  similarFingerprints,
  staleFingerprints,
  staleSince,
  storyFingerprints,
} from "../../store/articles/fingerprints.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import {
  apartFrom,
  clusterOf,
  isBefore,
  joinedStories,
  joinedWith,
  type Member,
  matchOf,
  mayMove,
  represent,
} from "../matching/cluster.ts";
import { fingerprint, MATCHING_VERSION, probeKeys } from "../matching/fingerprint.ts";
import { withholds } from "../reading/parse-tasks.ts";
import { writeOf } from "../revisions/draft.ts";

const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 20;
const BATCH_SIZE = 200;
/** Another process might still decide a cluster that became stale less than this long ago. */
const MIN_STALE_MS = 30_000;

/**
 * Stores decided clusters. Returns the ids of the articles whose clusters must be decided again,
 * including `open`.
 */
export async function saveReclustering(
  store: Store,
  { decided, followed, stories, unsure, left }: Reclustering,
  { open, now }: { open: ReadonlySet<string>; now: Date },
): Promise<Set<string>> {
  const settlements = [...decided.values()].flatMap((print): Settlement[] => {
    const { _id: id, version, cluster } = print;
    const isStale = unsure.has(id) || open.has(id);
    return cluster ? [{ id, version, cluster, isStale }] : [];
  });
  const lost = await saveClusters(store, settlements);
  await staleFingerprints(store, [...left], now);
  // Other articles might have joined an article's previous cluster before the article moved.
  const again = new Set([...open, ...followed, ...unsure, ...left, ...lost]);
  for (const id of await matchesOutdated(store, decided)) again.add(id);
  // If two processes placed articles of one story, the process that checks later sees both.
  const shared = possiblySharedStories(decided, stories);
  for (const id of await withOutdatedRepresentative(store, shared)) again.add(id);
  return again;
}

function possiblySharedStories(
  decided: Reclustering["decided"],
  stories: Reclustering["stories"],
): Set<string> {
  const prints = [...decided.values()];
  const follows = new Set(
    prints.flatMap(({ _id, cluster }) => (cluster && cluster.story !== _id ? cluster.story : [])),
  );
  return new Set(
    [...stories].filter((story) => {
      const founder = decided.get(story);
      return follows.has(story) || !founder || (founder.linkConstraints?.length ?? 0) > 0;
    }),
  );
}

async function matchesOutdated(store: Store, decided: Reclustering["decided"]): Promise<string[]> {
  const matched = [...decided.values()].flatMap(({ _id, cluster }) =>
    cluster?.match ? { _id, ...cluster, match: cluster.match } : [],
  );
  const now = await getStoryMembers(store, [...new Set(matched.map(({ match }) => match.with))]);
  return matched.flatMap(({ _id, match, story, origin }) => {
    const base = now.get(match.with)?.cluster;
    const isOther = match.kind !== "same event" && base?.origin !== origin;
    return base?.story !== story || isOther ? _id : [];
  });
}

/**
 * Decides the clusters of articles again. Returns the number of updated articles (`moved`) and the
 * ids of undecided articles (`open`).
 */
export async function repairStories(
  store: Store,
  ids: Iterable<string>,
  now: () => Date,
): Promise<{ moved: number; open: Set<string> }> {
  let open = new Set(ids);
  let moved = 0;
  for (let tries = 0; open.size > 0 && tries < MAX_ATTEMPTS; tries++) {
    // A random pause, so that competing processes don't try again at the same moment.
    if (tries > 0) await setTimeout(RETRY_DELAY_MS * tries * (0.5 + Math.random()));
    const seeds = [...(await getFingerprints(store, [...open])).values()];
    const reclustering = await recluster(store, seeds);
    const writes = await moves(store, await representations(store, reclustering, []), now());
    const lost = await writeArticles(store, writes);
    moved += writes.length - lost.length;
    const again = new Set(lost.map(({ article }) => article._id));
    open = await saveReclustering(store, reclustering, { open: again, now: now() });
  }
  await staleFingerprints(store, [...open], now());
  return { moved, open };
}

/** Decides up to 200 stale clusters again. Returns the number of updated articles. */
export async function repairStaleStories(store: Store, now: () => Date): Promise<number> {
  const ids = await staleSince(store, new Date(now().getTime() - MIN_STALE_MS), BATCH_SIZE);
  if (ids.length === 0) return 0;
  await recomputeOutdatedFeatures(store, ids, now());
  return (await repairStories(store, ids, now)).moved;
}

const UNKNOWN_SOURCE_TRUST = 0.5;

async function recomputeFeatures(
  store: Store,
  articles: readonly Article[],
  now: Date,
): Promise<number> {
  const trust = new Map((await listSources(store)).map((source) => [source._id, source.trust]));
  const known = await getFingerprints(
    store,
    articles.map(({ _id }) => _id),
  );
  const changed = articles.flatMap((article) => {
    const before = known.get(article._id);
    // The data of an erased article, which has no title, must never be stored again.
    const isWithheld = withholds(article.reservations) !== null;
    if (article.title === "" || (before?.cluster && isWithheld)) return [];
    const trusted = trust.get(article.sourceId) ?? before?.trust ?? UNKNOWN_SOURCE_TRUST;
    const features = featuresOf(article, trusted, before?.guid ?? null);
    if (before?.cluster && sameFeatures(features, before)) return [];
    return { _id: article._id, ...features };
  });
  await putFeatures(store, changed, now);
  return changed.length;
}

async function recomputeOutdatedFeatures(store: Store, ids: string[], now: Date): Promise<void> {
  const prints = [...(await getFingerprints(store, ids)).values()];
  const outdated = prints.filter(({ rules }) => rules !== MATCHING_VERSION);
  if (outdated.length === 0) return;
  const articles = await getArticles(
    store,
    outdated.map(({ _id }) => _id),
  );
  await recomputeFeatures(store, [...articles.values()], now);
}

function featuresOf(article: Article, trust: number, guid: string | null): Features {
  const { sourceId, title, text, language, publishedAt, firstSeenAt } = article;
  const at = publishedAt && publishedAt < firstSeenAt ? publishedAt : firstSeenAt;
  const isAnnounced = article.completeness === "announced";
  return fingerprint({ sourceId, trust, title, text, language, at, guid, isAnnounced });
}

/** Recomputes features and decides the stories again. A repeated call changes nothing. */
export async function restoryArticles(store: Store, articles: readonly Article[], now: () => Date) {
  const featuresChanged = await recomputeFeatures(store, articles, now());
  const ids = articles.map(({ _id }) => _id);
  const { moved, open } = await repairStories(store, ids, now);
  return { featuresChanged, moved, open: open.size };
}

export function sameFeatures(a: Features, b: Features): boolean {
  const featuresText = (features: Features) => {
    const { rules, textHash, at, trust, keys, terms, numbers, words, isAnnounced } = features;
    return JSON.stringify([rules, textHash, at, trust, keys, terms, numbers, words, isAnnounced]);
  };
  return featuresText(a) === featuresText(b);
}

/** The clusters in `decided` aren't stored yet. */
interface Reclustered {
  decided: ReadonlyMap<string, StoryMember>;
  stories: ReadonlySet<string>;
}

/** The facts that decide which article represents a story. */
export type Status = Pick<Article, "_id" | "status" | "completeness" | "fieldScore">;

/**
 * Returns which articles represent each article's text and story, by article id. `own` has the
 * articles about to be stored.
 */
export async function representations(
  store: Store,
  reclustering: Reclustered,
  own: readonly Status[],
): Promise<Map<string, Representation>> {
  const { prints, stories } = await withJoined(store, reclustering);
  const joined = joinedStories([...prints.values()]);
  const known = new Map(own.map((each) => [each._id, each]));
  const others = [...prints.keys()].filter((id) => !known.has(id));
  for (const each of await getStatuses(store, others)) known.set(each._id, each);
  const byStory = new Map<string, Member[]>();
  for (const print of prints.values()) {
    const member = memberOf(print, known.get(print._id));
    if (!member || !stories.has(member.cluster.story)) continue;
    const story = joined.get(member.cluster.story) ?? member.cluster.story;
    byStory.set(story, [...(byStory.get(story) ?? []), member]);
  }
  return new Map([...byStory.values()].flatMap((members) => [...represent(members)]));
}

async function withOutdatedRepresentative(
  store: Store,
  stories: ReadonlySet<string>,
): Promise<string[]> {
  if (stories.size === 0) return [];
  const wanted = await representations(store, { decided: new Map(), stories }, []);
  return (await differing(store, wanted)).map(({ _id }) => _id);
}

async function withJoined(
  store: Store,
  { decided, stories }: Reclustered,
): Promise<{ prints: Map<string, StoryMember>; stories: Set<string> }> {
  const prints = new Map(decided);
  const seen = new Set<string>();
  let open = new Set(stories);
  while (open.size > 0) {
    for (const story of open) seen.add(story);
    for (const each of await membersOfStories(store, [...open])) {
      if (!decided.has(each._id)) prints.set(each._id, each);
    }
    const others = new Set([...prints.values()].flatMap(joinedWith));
    const missing = [...others].filter((id) => !prints.has(id));
    for (const each of (await getStoryMembers(store, missing)).values()) prints.set(each._id, each);
    const next = [...others].flatMap((id) => prints.get(id)?.cluster?.story ?? []);
    open = new Set(next.filter((story) => !seen.has(story)));
  }
  return { prints, stories: seen };
}

function memberOf(print: StoryMember, status: Status | undefined): Member | null {
  const { cluster } = print;
  return status && cluster ? { ...status, ...print, cluster } : null;
}

export async function moves(
  store: Store,
  wanted: ReadonlyMap<string, Representation>,
  now: Date,
): Promise<ArticleWrite[]> {
  const apart = await differing(store, wanted);
  const articles = await getArticles(
    store,
    apart.map(({ _id }) => _id),
  );
  return [...articles.values()].flatMap((article) => {
    const to = wanted.get(article._id);
    return to && differs(article, to) ? moveTo(article, to, now) : [];
  });
}

async function differing(
  store: Store,
  wanted: ReadonlyMap<string, Representation>,
): Promise<ArticleStatusRow[]> {
  // A retracted article's story is decided when the article is published again.
  return (await getStatuses(store, [...wanted.keys()])).filter(
    (each) => each.status !== "retracted" && differs(each, wanted.get(each._id)),
  );
}

type Placed = Pick<Article, "duplicateOf" | "storyId" | "origin">;

function differs({ duplicateOf, storyId, origin }: Placed, wanted?: Representation): boolean {
  if (!wanted) return false;
  const other = !isDeepStrictEqual(origin, wanted.origin);
  return storyId !== wanted.storyId || duplicateOf !== wanted.duplicateOf || other;
}

function moveTo(article: Article, to: Representation, at: Date): ArticleWrite {
  const kind = article.duplicateOf === null && to.duplicateOf !== null ? "merged" : "updated";
  return writeOf({ ...article, ...to, version: article.version + 1 }, article, kind, at);
}

const MAX_DECIDED_CLUSTERS = 400;

export interface Reclustering {
  decided: Map<string, Fingerprint>;
  /** Ids of articles outside `seeds` whose cluster changed, because it depended on a seed. */
  followed: Set<string>;
  /** Ids of the stories of the decided articles, both previous and new. */
  stories: Set<string>;
  /**
   * Ids of decided articles to decide again, because each matches an earlier article that has no
   * cluster yet.
   */
  unsure: Set<string>;
  /** Ids of undecided articles: another process is placing them, or there were too many. */
  left: Set<string>;
}

/** Decides the clusters of `seeds` and of later articles that depend on `seeds`. Stores nothing. */
export async function recluster(
  store: Store,
  seeds: readonly Fingerprint[],
): Promise<Reclustering> {
  const graph = openGraph(store, seeds);
  const result: Reclustering = {
    decided: new Map(),
    followed: new Set(),
    stories: new Set(),
    unsure: new Set(),
    left: new Set(),
  };
  const ids = new Set(seeds.map(({ _id }) => _id));
  const open = new Map(seeds.map((seed) => [seed._id, seed]));
  for (const each of await graph.followersOf(seeds)) open.set(each._id, each);
  while (open.size > 0) {
    await graph.expand([...open.values()]);
    // A cluster depends only on earlier articles, so each article is decided once.
    for (let next = first(open); next && graph.isExpanded(next); next = first(open)) {
      open.delete(next._id);
      if (result.decided.size >= MAX_DECIDED_CLUSTERS) result.left.add(next._id);
      else for (const each of decide(next)) open.set(each._id, each);
    }
  }
  return result;

  /**
   * Decides the cluster of `own`. Returns the articles later than `own` whose clusters must be
   * decided again.
   */
  function decide(own: Fingerprint): Fingerprint[] {
    const neighbours = graph.neighboursOf(own);
    const cluster = clusterOf(own, { neighbours, get: graph.get });
    const print = { ...own, cluster };
    graph.put(print);
    result.decided.set(own._id, print);
    for (const each of [own.cluster?.story, cluster.story]) if (each) result.stories.add(each);
    if (neighbours.some((each) => isPending(each) && isBefore(each, own) && matchOf(own, each))) {
      result.unsure.add(own._id);
    }
    if (!ids.has(own._id)) {
      if (isDeepStrictEqual(own.cluster, cluster)) return [];
      result.followed.add(own._id);
    }
    const touched = neighbours.filter(
      (each) => isBefore(own, each) && mayMove(each, own, graph.get),
    );
    for (const each of touched.filter(isPending)) result.left.add(each._id);
    return touched.filter((each) => !isPending(each));
  }

  function isPending({ _id, cluster }: Fingerprint): boolean {
    return !cluster && !ids.has(_id);
  }
}

function first(open: Map<string, Fingerprint>): Fingerprint | undefined {
  let earliest: Fingerprint | undefined;
  for (const each of open.values()) if (!earliest || isBefore(each, earliest)) earliest = each;
  return earliest;
}

function openGraph(store: Store, seeds: readonly Fingerprint[]) {
  const prints = new Map<string, Fingerprint>();
  const byKey = new Map<FingerprintKey, string[]>();
  const probes = new Map<string, readonly FingerprintKey[]>();
  const add = (print: Fingerprint) => {
    if (prints.has(print._id)) return;
    put(print);
    for (const key of print.keys) byKey.get(key)?.push(print._id);
  };
  const put = (print: Fingerprint) => void prints.set(print._id, print);
  const open = (keys: ReadonlySet<FingerprintKey>) => {
    for (const key of keys) byKey.set(key, []);
    for (const { _id, keys: own } of prints.values()) {
      for (const key of own) if (keys.has(key)) byKey.get(key)?.push(_id);
    }
  };
  seeds.forEach(add);

  return {
    put,
    get: (id: string) => prints.get(id),
    isExpanded: ({ _id }: Fingerprint) => probes.has(_id),

    async expand(seen: readonly Fingerprint[]): Promise<void> {
      const fresh = seen.filter(({ _id }) => !probes.has(_id));
      if (fresh.length === 0) return;
      for (const each of fresh) probes.set(each._id, probeKeys(each));
      const keys = new Set(fresh.flatMap(({ _id }) => probes.get(_id) ?? []));
      open(new Set([...keys].filter((key) => !byKey.has(key))));
      const found = await similarFingerprints(store, [...keys]);
      found.forEach(add);
      await this.read(fresh.flatMap(apartFrom));
      await this.read(
        found.flatMap(({ cluster }) => (cluster ? [cluster.origin, cluster.story] : [])),
      );
    },

    async read(ids: readonly string[]): Promise<void> {
      const missing = new Set(ids.filter((id) => !prints.has(id)));
      for (const print of (await getFingerprints(store, [...missing])).values()) add(print);
    },

    neighboursOf(own: Fingerprint): Fingerprint[] {
      const ids = new Set(apartFrom(own));
      for (const key of probes.get(own._id) ?? [])
        for (const id of byKey.get(key) ?? []) ids.add(id);
      ids.delete(own._id);
      return [...ids].flatMap((id) => prints.get(id) ?? []);
    },

    async followersOf(heads: readonly Fingerprint[]): Promise<Fingerprint[]> {
      const ids = new Set(heads.map(({ _id }) => _id));
      const stories = new Set(heads.flatMap(({ cluster }) => cluster?.story ?? []));
      const members = await storyFingerprints(store, [...stories]);
      members.forEach(add);
      return members.filter(
        ({ _id, cluster }) =>
          !ids.has(_id) && cluster && (ids.has(cluster.origin) || ids.has(cluster.story)),
      );
    },
  };
}
