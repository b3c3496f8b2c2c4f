import { setTimeout } from "node:timers/promises";
import type { Article } from "../../model/articles/article.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import { getArticles, writeArticles } from "../../store/articles/articles.ts";
import {
  getFingerprints,
  getPlaces,
  putFeatures,
  type Settlement,
  saveClusters,
  staleFingerprints,
  staleSince,
} from "../../store/articles/fingerprints.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { DEDUPE, fingerprint } from "../matching/fingerprint.ts";
import { withholds } from "../reading/verdict.ts";
import { type Reclustering, recluster } from "./recluster.ts";
import { moves, outOfLine, representations } from "./representatives.ts";

/** Attempts while other processes store articles of the same stories. Then upkeep does it. */
const TRIES = 5;
const PAUSE = 20;
/** What upkeep repairs at once, and from which age: younger ones are being placed. */
const BATCH = 200;
const LEFT = 30_000;

/**
 * Writes decided clusters after the articles follow them; returns the articles that have to be
 * decided again because something near them moved meanwhile. `open` are such for another reason.
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
  // Articles may have joined those that moved along before they moved.
  const again = new Set([...open, ...followed, ...unsure, ...left, ...lost]);
  for (const id of await matchesOutdated(store, decided)) again.add(id);
  // Of two processes that placed articles of one story, the later one to look here sees both.
  for (const id of await outOfLine(store, sharedOf({ decided, stories }))) again.add(id);
  return again;
}

/** Stories with more articles than their first one, now or until now. */
function sharedOf({ decided, stories }: Pick<Reclustering, "decided" | "stories">): Set<string> {
  const prints = [...decided.values()];
  const follows = new Set(
    prints.flatMap(({ _id, cluster }) => (cluster && cluster.story !== _id ? cluster.story : [])),
  );
  return new Set(
    [...stories].filter((story) => {
      const first = decided.get(story);
      return follows.has(story) || !first || (first.linkConstraints?.length ?? 0) > 0;
    }),
  );
}

/** Articles whose cluster follows one that has moved. */
async function matchesOutdated(store: Store, decided: Reclustering["decided"]): Promise<string[]> {
  const matched = [...decided.values()].filter(({ cluster }) => cluster?.match);
  const bases = new Set(matched.map(({ cluster }) => cluster?.match?.with ?? ""));
  const now = await getPlaces(store, [...bases]);
  return matched
    .filter(({ cluster }) => {
      const base = now.get(cluster?.match?.with ?? "")?.cluster;
      const isEvent = cluster?.match?.kind === "same event";
      return base?.story !== cluster?.story || (!isEvent && base?.origin !== cluster?.origin);
    })
    .map(({ _id }) => _id);
}

/** Decides clusters again and updates their articles. Returns those it couldn't decide, which upkeep will. */
export async function repairStories(
  store: Store,
  ids: Iterable<string>,
  now: () => Date,
): Promise<{ moved: number; open: Set<string> }> {
  let open = new Set(ids);
  let moved = 0;
  for (let tries = 0; open.size > 0 && tries < TRIES; tries++) {
    // Not all at the same moment again.
    if (tries > 0) await setTimeout(PAUSE * tries * (0.5 + Math.random()));
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

/** Decides what processes that ended, or met each other, left undecided, and what an older version left. */
export async function repairStaleStories(store: Store, now: () => Date): Promise<number> {
  const ids = await staleSince(store, new Date(now().getTime() - LEFT), BATCH);
  if (ids.length === 0) return 0;
  await compareOutdated(store, ids, now());
  return (await repairStories(store, ids, now)).moved;
}

/** Trust of a source that is no longer configured. */
const UNKNOWN = 0.5;

/** Returns how far we trust each configured source. */
async function trustOfSources(store: Store): Promise<Map<string, number>> {
  return new Map((await listSources(store)).map(({ _id, trust }) => [_id, trust]));
}

/**
 * Makes what stored articles are compared by as today's rules do; returns how many differ, whose
 * clusters are stale then.
 */
async function compareAnew(
  store: Store,
  articles: readonly Article[],
  { trust, now }: { trust: ReadonlyMap<string, number>; now: Date },
): Promise<number> {
  const known = await getFingerprints(
    store,
    articles.map(({ _id }) => _id),
  );
  const changed = articles.flatMap((article) => {
    const before = known.get(article._id);
    if (isErased(article) || (before?.cluster && !isWhole(article))) return [];
    const trusted = trust.get(article.sourceId) ?? before?.trust ?? UNKNOWN;
    const features = featuresOf(article, trusted);
    if (before?.cluster && sameFeatures(features, before)) return [];
    return { _id: article._id, ...features };
  });
  await putFeatures(store, changed, now);
  return changed.length;
}

/** Renews the fingerprints among `ids` that an older version made. */
async function compareOutdated(store: Store, ids: string[], now: Date): Promise<void> {
  const prints = [...(await getFingerprints(store, ids)).values()];
  const outdated = prints.filter(({ rules }) => rules !== DEDUPE);
  if (outdated.length === 0) return;
  const articles = await getArticles(
    store,
    outdated.map(({ _id }) => _id),
  );
  await compareAnew(store, [...articles.values()], { trust: await trustOfSources(store), now });
}

/** Whether an article is erased, so nothing of it may be stored again. */
function isErased({ title }: Article): boolean {
  return title === "";
}

/** Whether an article's stored text is the one it was compared by: for some only the teaser is stored. */
function isWhole({ reservations = [] }: Article): boolean {
  return withholds(reservations) === null;
}

function featuresOf(article: Article, trust: number): Features {
  const { sourceId, title, text, language, publishedAt, firstSeenAt } = article;
  const at = publishedAt && publishedAt < firstSeenAt ? publishedAt : firstSeenAt;
  return fingerprint({ sourceId, trust, title, text, language, at });
}

/** The result of deciding the stories of a batch again. */
interface Restoried {
  /** Articles that are compared by something else than before. */
  compared: number;
  /** Articles that have a new representative. */
  moved: number;
  /** Articles whose cluster was still open at the end; upkeep decides them. */
  open: number;
}

/** Compares a batch of articles as today's rules do and decides their stories again; done twice, it changes nothing the second time. */
export async function restoryArticles(
  store: Store,
  articles: readonly Article[],
  now: () => Date,
): Promise<Restoried> {
  const trust = await trustOfSources(store);
  const compared = await compareAnew(store, articles, { trust, now: now() });
  const ids = articles.map(({ _id }) => _id);
  const { moved, open } = await repairStories(store, ids, now);
  return { compared, moved, open: open.size };
}

/** Whether two articles are compared by the same. */
export function sameFeatures(a: Features, b: Features): boolean {
  const featuresText = ({ rules, textHash, at, trust, keys, terms, numbers, words }: Features) =>
    JSON.stringify([rules, textHash, at, trust, keys, terms, numbers, words]);
  return featuresText(a) === featuresText(b);
}
