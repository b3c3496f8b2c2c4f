import type { Article } from "../model/article.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { Because } from "../model/story.ts";
import { mayQuote } from "../model/to-item.ts";
import { findIn } from "./find-in.ts";
import type { PackedFingerprint } from "./packed-fingerprint.ts";
import type { Store } from "./store.ts";

/** Articles of one chunk of stories that are counted at most. */
const COUNTED = 2000;

/** What readers see of a story. */
export interface StoryCount {
  articles: number;
  /** Who tells it. */
  sources: ReadonlySet<string>;
}

/** Who tells the stories of the articles of a list. */
export type Stories = ReadonlyMap<string, StoryCount>;

/** How many articles and which sources readers see of each story that has any. */
export async function countStories(
  store: Store,
  storyIds: readonly string[],
): Promise<Map<string, StoryCount>> {
  const found = await findIn(store.collections.articles, "storyId", [...new Set(storyIds)], {
    projection: { storyId: 1, sourceId: 1, status: 1 },
    limit: COUNTED,
  });
  const counts = new Map<string, { articles: number; sources: Set<string> }>();
  for (const { storyId, sourceId, status } of found) {
    if (status !== "published") continue;
    const count = counts.get(storyId) ?? { articles: 0, sources: new Set<string>() };
    counts.set(storyId, { articles: count.articles + 1, sources: count.sources.add(sourceId) });
  }
  return counts;
}

type Told = Pick<Article, "_id" | "storyId" | "reservations">;

/**
 * Why each article is in its story, as far as readers may know: nothing of an article that they
 * don't see, and no words of one whose publisher reserves any. Without an entry it began the story.
 */
export async function whyInStory(
  { collections }: Store,
  articles: readonly Told[],
): Promise<Map<string, Because>> {
  const ids = articles.map(({ _id }) => _id);
  const prints = await findIn<PackedFingerprint>(collections.fingerprints, "_id", ids, {
    projection: { standing: 1, rulings: 1 },
  });
  const reasons = new Map(prints.map((print) => [print._id, reasonsOf(print)]));
  const partners = [...new Set([...reasons.values()].flat().map((one) => one.with))];
  const found = await findIn<Article>(collections.articles, "_id", partners, {
    projection: { storyId: 1, status: 1, reservations: 1 },
  });
  const seen = new Map(found.map((one) => [one._id, one]));
  return new Map(
    articles.flatMap((article): [string, Because][] => {
      for (const { terms, ...because } of reasons.get(article._id) ?? []) {
        const other = seen.get(because.with);
        if (other?.status !== "published" || other.storyId !== article.storyId) continue;
        const isOpen = mayQuote(article) && mayQuote(other);
        return [[article._id, { ...because, ...(isOpen && terms && { terms }) }]];
      }
      return [];
    }),
  );
}

function reasonsOf({
  standing,
  rulings = [],
}: Pick<Fingerprint, "standing" | "rulings">): Because[] {
  const joined = rulings.filter(({ say }) => say === "joined").flatMap((ruling) => ruling.with);
  const words = joined.map((id): Because => ({ kind: "joined by an editor", with: id, score: 1 }));
  return standing?.bond ? [standing.bond, ...words] : words;
}
