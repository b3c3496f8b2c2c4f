import type { Article } from "../model/article.ts";
import { type Correction, isOfStory, type StoryWord } from "../model/correction.ts";
import type { Bond } from "../model/story.ts";
import { correctionsOf } from "./corrections.ts";
import { getPlaces } from "./fingerprints.ts";
import type { Store } from "./store.ts";

/** An article of a story, and why it is in it. */
export interface StoryMember
  extends Pick<
    Article,
    "_id" | "title" | "url" | "sourceId" | "status" | "duplicateOf" | "storyId" | "sortAt"
  > {
  /** What decides which one stands for the story: its source's trust, its time, how completely it was read. */
  trust: number;
  at: Date;
  completeness: number;
  /** null for the article that begins the story. */
  bond: Bond | null;
  /** What editors said of its story, and that holds. */
  words: Correction<StoryWord>[];
}

/** Most articles of a story that are shown. */
const MOST = 200;

/** The articles of a story, the one that stands for it first, then by time (at most 200). */
export async function readStoryMembers(store: Store, storyId: string): Promise<StoryMember[]> {
  const fields = {
    title: 1,
    url: 1,
    sourceId: 1,
    status: 1,
    duplicateOf: 1,
    storyId: 1,
    sortAt: 1,
    completeness: 1,
  };
  const articles = await store.collections.articles
    .find({ storyId }, { projection: fields })
    .limit(MOST)
    .toArray();
  const ids = articles.map(({ _id }) => _id);
  const [prints, words] = await Promise.all([getPlaces(store, ids), correctionsOf(store, ids)]);
  const first = ({ _id }: { _id: string }) => (_id === storyId ? 0 : 1);
  return articles
    .map((article): StoryMember => {
      const { standing, trust = 0, at = article.sortAt } = prints.get(article._id) ?? {};
      const { completeness = 0 } = article;
      const ranked = { ...article, completeness, trust, at, bond: standing?.bond ?? null };
      return { ...ranked, words: (words.get(article._id) ?? []).filter(isOfStory) };
    })
    .toSorted((a, b) => first(a) - first(b) || a.sortAt.getTime() - b.sortAt.getTime());
}
