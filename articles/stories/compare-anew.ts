import type { Article } from "../../model/articles/article.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { getFingerprints, putFeatures } from "../../store/articles/fingerprints.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { fingerprint } from "../matching/fingerprint.ts";
import { DEDUPE } from "../matching/version.ts";
import { withholds } from "../reading/reserved.ts";
import { sameFeatures } from "./place-articles.ts";

/** Trust of a source that is no longer configured. */
const UNKNOWN = 0.5;

/** How far the word of each configured source is taken. */
export async function trustOfSources(store: Store): Promise<Map<string, number>> {
  return new Map((await listSources(store)).map(({ _id, trust }) => [_id, trust]));
}

/**
 * Makes what stored articles are compared by as today's rules do; answers how many differ, whose
 * standings are stale then.
 */
export async function compareAnew(
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
    if (isErased(article) || (before?.standing && !isWhole(article))) return [];
    const trusted = trust.get(article.sourceId) ?? before?.trust ?? UNKNOWN;
    const features = featuresOf(article, trusted);
    if (before?.standing && sameFeatures(features, before)) return [];
    return { _id: article._id, ...features };
  });
  await putFeatures(store, changed, now);
  return changed.length;
}

/** Makes anew what an older version compared articles by, of those among `ids`. */
export async function compareOutdated(store: Store, ids: string[], now: Date): Promise<void> {
  const prints = [...(await getFingerprints(store, ids)).values()];
  const outdated = prints.filter(({ rules }) => rules !== DEDUPE);
  if (outdated.length === 0) return;
  const articles = await getArticles(
    store,
    outdated.map(({ _id }) => _id),
  );
  await compareAnew(store, [...articles.values()], { trust: await trustOfSources(store), now });
}

/** Of what was erased nothing may be stored again. */
function isErased({ title }: Article): boolean {
  return title === "";
}

/** Whether an article's stored text is the one that it was compared by: of some the teaser alone is kept. */
function isWhole({ reservations = [] }: Article): boolean {
  return withholds(reservations) === null;
}

function featuresOf(article: Article, trust: number): Features {
  const { sourceId, title, text, language, publishedAt, firstSeenAt } = article;
  const at = publishedAt && publishedAt < firstSeenAt ? publishedAt : firstSeenAt;
  return fingerprint({ sourceId, trust, title, text, language, at });
}
