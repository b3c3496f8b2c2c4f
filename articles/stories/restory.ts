import type { Article } from "../../model/articles/article.ts";
import { isOfStory } from "../../model/articles/correction.ts";
import { readCorrections } from "../../store/articles/corrections.ts";
import { addRulings, getFingerprints } from "../../store/articles/fingerprints.ts";
import type { Store } from "../../store/store.ts";
import { compareAnew, trustOfSources } from "./compare-anew.ts";
import { mendStories } from "./stories.ts";
import { rulingsOf } from "./word.ts";

/** Corrections that are applied again, the latest. */
const MOST = 10_000;

/** What deciding the stories of a batch again came to. */
interface Restoried {
  /** Articles that are compared by something else than before. */
  compared: number;
  /** Articles that another one stands for now. */
  moved: number;
  /** Articles whose standing was still open at the end; upkeep decides them. */
  open: number;
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

/** Compares a batch of articles as today's rules do and decides their stories again; done twice, it changes nothing the second time. */
export async function restoryArticles(
  store: Store,
  articles: readonly Article[],
  now: () => Date,
): Promise<Restoried> {
  const trust = await trustOfSources(store);
  const compared = await compareAnew(store, articles, { trust, now: now() });
  const ids = articles.map(({ _id }) => _id);
  const { moved, open } = await mendStories(store, ids, now);
  return { compared, moved, open: open.size };
}
