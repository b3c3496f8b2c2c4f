import type { Article } from "../model/article.ts";
import { isOfStory } from "../model/correction.ts";
import { readCorrections } from "../store/corrections.ts";
import { getFingerprints } from "../store/fingerprints.ts";
import { addRulings } from "../store/rulings.ts";
import type { Store } from "../store/store.ts";
import { articlesBetween } from "../store/story-range.ts";
import { compareAnew, trustOfSources } from "./compare-anew.ts";
import { mendStories } from "./stories.ts";
import { rulingsOf } from "./story-word.ts";

/** Corrections that are applied again, the latest. */
const MOST = 10_000;

/** What deciding the stories of a time again came to. */
export interface Rebuilt {
  articles: number;
  /** Articles that are compared by something else than before. */
  compared: number;
  /** Articles that another one stands for now. */
  moved: number;
  /** Articles whose standing was still open at the end; upkeep decides them. */
  open: number;
}

/**
 * Compares the articles of a time (by `sortAt`) as today's rules do and decides their stories again,
 * in batches. Run twice it changes nothing the second time; stopped half-way, it leaves nothing wrong
 * and may be run again.
 */
export async function rebuildStories(
  store: Store,
  { since, until }: { since: Date; until: Date },
  { now, tell }: { now: () => Date; tell?: (so: Rebuilt) => void },
): Promise<Rebuilt> {
  const so: Rebuilt = { articles: 0, compared: 0, moved: 0, open: 0 };
  for await (const articles of articlesBetween(store, since, until)) {
    const { compared, moved, open } = await restoryArticles(store, articles, now);
    so.articles += articles.length;
    so.compared += compared;
    so.moved += moved;
    so.open += open;
    tell?.(so);
  }
  so.moved += await applyWords(store, now);
  return so;
}

/** Applies what editors said of stories where it is not, e.g. since fingerprints were lost. */
export async function applyWords(store: Store, now: () => Date): Promise<number> {
  const words = (await readCorrections(store, now(), MOST)).filter(isOfStory);
  const rulings = words.filter(({ undone }) => undone === null).flatMap(rulingsOf);
  const prints = await getFingerprints(store, [...new Set(rulings.map((each) => each.articleId))]);
  const missing = rulings.filter(({ articleId, ruling }) => {
    const print = prints.get(articleId);
    return print && !print.rulings?.some(({ id }) => id === ruling.id);
  });
  await addRulings(store, missing, now());
  const ids = new Set(missing.map(({ articleId }) => articleId));
  return (await mendStories(store, ids, now)).moved;
}

/** Compares a batch of articles as today's rules do and decides their stories again. */
export async function restoryArticles(
  store: Store,
  articles: readonly Article[],
  now: () => Date,
): Promise<Omit<Rebuilt, "articles">> {
  const trust = await trustOfSources(store);
  const compared = await compareAnew(store, articles, { trust, now: now() });
  const ids = articles.map(({ _id }) => _id);
  const { moved, open } = await mendStories(store, ids, now);
  return { compared, moved, open: open.size };
}
