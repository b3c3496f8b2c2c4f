import type { Article } from "../model/article.ts";
import { type Correction, isOfStory, type StoryWord } from "../model/correction.ts";
import type { Bond } from "../model/story.ts";
import { correctionsOf } from "./corrections.ts";
import { getFingerprints } from "./fingerprints.ts";
import type { Store } from "./store.ts";

/** An article of a story, and why it is in it. */
export interface StoryMember
  extends Pick<
    Article,
    "_id" | "title" | "url" | "sourceId" | "status" | "duplicateOf" | "storyId" | "sortAt"
  > {
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
  };
  const articles = await store.collections.articles
    .find({ storyId }, { projection: fields })
    .limit(MOST)
    .toArray();
  const ids = articles.map(({ _id }) => _id);
  const [prints, words] = await Promise.all([
    getFingerprints(store, ids),
    correctionsOf(store, ids),
  ]);
  const first = ({ _id }: { _id: string }) => (_id === storyId ? 0 : 1);
  return articles
    .map((article): StoryMember => {
      const bond = prints.get(article._id)?.standing?.bond ?? null;
      return { ...article, bond, words: (words.get(article._id) ?? []).filter(isOfStory) };
    })
    .toSorted((a, b) => first(a) - first(b) || a.sortAt.getTime() - b.sortAt.getTime());
}
