import { type ListedArticle, readListing } from "../../../store/articles/listing.ts";
import { countStories, type Stories } from "../../../store/articles/stories.ts";
import { getDay } from "../../../store/publish/days.ts";
import type { Store } from "../../../store/store.ts";
import type { Around } from "../../server/edition.ts";

/** Articles of a day that are looked at, and told. */
const MOST = { read: 400, told: 40 };

/** The day digest: the stories of a day that most sources told, by topic. */
export interface DayDigest {
  day: string;
  /** Articles of the day. */
  articles: number;
  groups: readonly { topic: string | null; articles: readonly ListedArticle[] }[];
  stories: Stories;
}

/** Reads the digest of a day; of the newest articles of a day that has very many. */
export async function readDigest(
  store: Store,
  day: string,
  { config, snapshot }: Around,
): Promise<DayDigest> {
  const asked = { limit: MOST.read, now: snapshot.now };
  const [{ articles }, counted] = await Promise.all([
    readListing(store, { day }, asked),
    getDay(store, day),
  ]);
  const stories = await countStories(
    store,
    articles.map(({ storyId }) => storyId),
  );
  const told = rank(articles, stories).slice(0, MOST.told);
  return { day, articles: counted.articles, groups: byTopic(told, config.shownTopics), stories };
}

/** One article of each story; what most sources tell first, then the most relevant, then the newest. */
export function rank(articles: readonly ListedArticle[], stories: Stories): ListedArticle[] {
  const sources = ({ storyId }: ListedArticle) => stories.get(storyId)?.sources.size ?? 1;
  const score = ({ relevanceScore }: ListedArticle) => relevanceScore ?? 0;
  const best = articles.toSorted(
    (a, b) =>
      sources(b) - sources(a) ||
      score(b) - score(a) ||
      b.sortAt.getTime() - a.sortAt.getTime() ||
      (a._id < b._id ? -1 : 1),
  );
  const first = new Map(best.toReversed().map((article) => [article.storyId, article]));
  return best.filter((article) => first.get(article.storyId) === article);
}

/** Articles under the first of the portal's topics that they have, in the order of the topics; the rest last. */
export function byTopic(
  articles: readonly ListedArticle[],
  shown: readonly string[] | undefined,
): DayDigest["groups"] {
  const topics = shown ?? [...new Set(articles.flatMap((article) => article.topics))];
  const topicOf = (article: ListedArticle) =>
    topics.find((topic) => article.topics.includes(topic)) ?? null;
  return [...topics, null]
    .map((topic) => ({ topic, articles: articles.filter((one) => topicOf(one) === topic) }))
    .filter((group) => group.articles.length > 0);
}
