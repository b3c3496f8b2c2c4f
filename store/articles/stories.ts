import type { Document, Filter } from "mongodb";
import type { Article } from "../../model/articles/article.ts";
import { type Correction, isOfStory, type StoryWord } from "../../model/articles/correction.ts";
import { asEdited } from "../../model/articles/editorial.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import { isListed } from "../../model/articles/item.ts";
import type { Because, Match } from "../../model/articles/story.ts";
import { mayQuote } from "../../model/articles/to-item.ts";
import { findIn, projectionOf } from "../queries.ts";
import type { Store } from "../store.ts";
import { correctionsOf } from "./corrections.ts";
import { getPlaces } from "./fingerprints.ts";
import type { ListedArticle } from "./listing.ts";
import type { StoredFingerprint } from "./stored-fingerprint.ts";

const MAX_STORY_ARTICLES = 200;

/**
 * Returns up to 200 articles of a story that match `only`. The story's representative is always
 * among them, provided that it matches too.
 */
async function findOfStory<T extends { _id: string }>(
  { collections: { articles } }: Store,
  storyId: string,
  only: Filter<Article>,
  projection: Document,
): Promise<T[]> {
  const found = await articles
    .find<T>({ ...only, storyId }, { projection })
    .limit(MAX_STORY_ARTICLES)
    .toArray();
  if (found.length < MAX_STORY_ARTICLES || found.some(({ _id }) => _id === storyId)) return found;
  const representative = await articles.findOne<T>(
    { ...only, _id: storyId, storyId },
    { projection },
  );
  return representative ? [representative, ...found.slice(1)] : found;
}

/**
 * Returns a story's published articles (at most 200): the representative, then the other listed
 * articles, then the copies. Listed articles and copies are sorted oldest first.
 */
export async function readStoryArticles(store: Store, storyId: string): Promise<ListedArticle[]> {
  const projection = { html: 0, text: 0, evidence: 0, pending: 0, pendingAt: 0 };
  const published = { status: "published" } as const;
  const found = await findOfStory<ListedArticle>(store, storyId, published, projection);
  return found
    .map((article) => asEdited(article))
    .toSorted((a, b) => rank(a) - rank(b) || a.sortAt.getTime() - b.sortAt.getTime());
}

function rank(article: ListedArticle): number {
  if (article._id === article.storyId) return 0;
  return isListed(article) ? 1 : 2;
}

const MEMBER_FIELDS = [
  "title",
  "url",
  "sourceId",
  "status",
  "completeness",
  "duplicateOf",
  "storyId",
  "sortAt",
] as const;

export interface StoryMember extends Pick<Article, "_id" | (typeof MEMBER_FIELDS)[number]> {
  /** Trust in the source: one of the values that decide which article represents the story. */
  trust: number;
  at: Date;
  fieldScore: number;
  /** Why the article belongs to the story; null for the article that began it. */
  match: Match | null;
  /** Editors' corrections in force that concern the article's story. */
  words: Correction<StoryWord>[];
}

/** Returns a story's articles (at most 200): the representative, then the others, oldest first. */
export async function readStoryMembers(store: Store, storyId: string): Promise<StoryMember[]> {
  const projection = projectionOf([...MEMBER_FIELDS, "fieldScore"]);
  const articles = await findOfStory<Article>(store, storyId, {}, projection);
  const ids = articles.map(({ _id }) => _id);
  const [prints, words] = await Promise.all([getPlaces(store, ids), correctionsOf(store, ids)]);
  const first = ({ _id }: { _id: string }) => (_id === storyId ? 0 : 1);
  return articles
    .map((article): StoryMember => {
      const { cluster, trust = 0, at = article.sortAt } = prints.get(article._id) ?? {};
      const ranked = { ...article, trust, at, match: cluster?.match ?? null };
      return { ...ranked, words: (words.get(article._id) ?? []).filter(isOfStory) };
    })
    .toSorted((a, b) => first(a) - first(b) || a.sortAt.getTime() - b.sortAt.getTime());
}

const MAX_COUNTED_ARTICLES = 2000;

interface StoryCount {
  articles: number;
  sources: ReadonlySet<string>;
}

export type Stories = ReadonlyMap<string, StoryCount>;

export async function countStories(
  store: Store,
  storyIds: readonly string[],
): Promise<Map<string, StoryCount>> {
  const found = await findIn(store.collections.articles, "storyId", [...new Set(storyIds)], {
    projection: { storyId: 1, sourceId: 1, status: 1 },
    limit: MAX_COUNTED_ARTICLES,
  });
  const counts = new Map<string, { articles: number; sources: Set<string> }>();
  for (const { storyId, sourceId, status } of found) {
    if (status !== "published") continue;
    const count = counts.get(storyId) ?? { articles: 0, sources: new Set<string>() };
    counts.set(storyId, { articles: count.articles + 1, sources: count.sources.add(sourceId) });
  }
  return counts;
}

type JudgedArticle = Pick<Article, "_id" | "storyId" | "reservations" | "rights">;

/**
 * Returns, by article id, the reasons to show readers why articles are in their stories: a match
 * with another published article, or an editor's decision to join the two. Omits the words that
 * both articles contain if either of them must not be quoted.
 */
export async function whyInStory(
  { collections }: Store,
  articles: readonly JudgedArticle[],
): Promise<Map<string, Because>> {
  const ids = articles.map(({ _id }) => _id);
  const prints = await findIn<StoredFingerprint>(collections.fingerprints, "_id", ids, {
    projection: { cluster: 1, linkConstraints: 1 },
  });
  const reasons = new Map(prints.map((print) => [print._id, reasonsOf(print)]));
  const partners = [...new Set([...reasons.values()].flat().map((one) => one.with))];
  const found = await findIn<Article>(collections.articles, "_id", partners, {
    projection: { storyId: 1, status: 1, reservations: 1, rights: 1 },
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
  cluster,
  linkConstraints = [],
}: Pick<Fingerprint, "cluster" | "linkConstraints">): Because[] {
  const joined = linkConstraints
    .filter(({ kind }) => kind === "must-link")
    .flatMap((constraint) => constraint.with);
  const words = joined.map((id): Because => ({ kind: "joined by an editor", with: id, score: 1 }));
  return cluster?.match ? [cluster.match, ...words] : words;
}
