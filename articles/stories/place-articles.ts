import type { Features, Fingerprint } from "../../model/articles/fingerprint.ts";
import type { ArticleWrite } from "../../store/articles/articles.ts";
import { addFeatures, getFingerprints, putFeatures } from "../../store/articles/fingerprints.ts";
import type { Store } from "../../store/store.ts";
import { type Decision, writeOf } from "../publication/decide.ts";
import { type Restanding, restand } from "./graph.ts";
import { moves, representations } from "./sync.ts";

/** What is to be written of decided pages, their stories included. */
export interface Placement {
  /** The write of each article that readers see a difference of, by article. */
  own: Map<string, ArticleWrite>;
  /** Other articles that get another one to stand for them. */
  moved: ArticleWrite[];
  standing: Restanding;
}

/** Finds the stories of articles that are new or compared by something new. */
export async function placeArticles(
  store: Store,
  decisions: readonly Decision[],
  now: Date,
): Promise<Placement> {
  const telling = decisions.filter(({ features }) => features !== null);
  const known = await getFingerprints(
    store,
    telling.map(({ articleId }) => articleId),
  );
  const seeds = telling.flatMap((decision) => seedOf(decision, known.get(decision.articleId)));
  // First written, then compared: of two processes that place copies, one sees the other's.
  const isNew = ({ _id }: Fingerprint) => !known.has(_id);
  await addFeatures(store, seeds.filter(isNew).map(featuresOf), now);
  await putFeatures(store, seeds.filter((seed) => !isNew(seed)).map(featuresOf), now);
  const standing = await restand(store, seeds);
  const drafts = decisions.flatMap(({ draft }) => draft ?? []);
  const wanted = await representations(store, standing, drafts);
  const own = new Map<string, ArticleWrite>();
  for (const { articleId, draft, before } of decisions) {
    if (!draft) continue;
    const article = { ...draft, ...wanted.get(articleId) };
    const isMerged = before?.duplicateOf === null && article.duplicateOf !== null;
    const kind = isMerged ? "merged" : "updated";
    own.set(articleId, writeOf(article, before, before ? kind : "created", now));
    wanted.delete(articleId);
  }
  return { own, moved: await moves(store, wanted, now), standing };
}

/** The fingerprint of an article whose standing has to be decided; nothing where it holds. */
function seedOf(
  { articleId, features, before, draft }: Decision,
  known: Fingerprint | undefined,
): Fingerprint[] {
  if (!features) return [];
  const isPlaced = known?.standing && !known.staleAt;
  if (before && !draft && isPlaced) return [];
  const isAsBefore = before && draft && isPlaced && rankOf(before) === rankOf(draft);
  if (isAsBefore && sameFeatures(features, known)) return [];
  return [{ ...known, ...features, _id: articleId, version: (known?.version ?? 0) + 1 }];
}

/** What else decides which of several articles stands for a story. */
function rankOf({ status, completeness }: NonNullable<Decision["draft"]>): string {
  return `${status} ${completeness}`;
}

/** Whether two articles are compared by the same. */
export function sameFeatures(a: Features, b: Features): boolean {
  const said = ({ rules, textHash, at, trust, keys, terms, numbers, words }: Features) =>
    JSON.stringify([rules, textHash, at, trust, keys, terms, numbers, words]);
  return said(a) === said(b);
}

function featuresOf(seed: Fingerprint): Features & { _id: string } {
  const { version: _, standing: __, staleAt: ___, rulings: ____, ...features } = seed;
  return features;
}
