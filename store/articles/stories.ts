import { randomUUID } from "node:crypto";
import type { Document, Filter } from "mongodb";
import { type Article, asEdited, isListed, mayQuote } from "../../model/articles/article.ts";
import {
  type Correction,
  type Draft,
  type Intent,
  isOfStory,
  type StoryDecision,
} from "../../model/articles/correction.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import type { Because, Match } from "../../model/articles/story.ts";
import {
  changeOne,
  findById,
  findIn,
  groupByArticle,
  ignoreDuplicates,
  projectionOf,
  readDue,
  readLatest,
  soon,
} from "../queries.ts";
import type { Store } from "../store.ts";
import { getStoryMembers } from "./fingerprints.ts";
import type { ListedArticle } from "./listing.ts";

const MAX_STORY_ARTICLES = 200;

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
  // The limit can cut off the representative.
  if (found.length < MAX_STORY_ARTICLES || found.some(({ _id }) => _id === storyId)) return found;
  const representative = await articles.findOne<T>(
    { ...only, _id: storyId, storyId },
    { projection },
  );
  return representative ? [representative, ...found.slice(1)] : found;
}

/**
 * Returns up to 200 published articles of a story: the representative, other listed articles,
 * copies. Listed articles and copies are sorted oldest first.
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
  words: Correction<StoryDecision>[];
}

/** Returns a story's articles (at most 200): the representative, then the others, oldest first. */
export async function readStoryMembers(store: Store, storyId: string): Promise<StoryMember[]> {
  const projection = projectionOf([...MEMBER_FIELDS, "fieldScore"]);
  const articles = await findOfStory<Article>(store, storyId, {}, projection);
  const ids = articles.map(({ _id }) => _id);
  const [prints, words] = await Promise.all([
    getStoryMembers(store, ids),
    correctionsOf(store, ids),
  ]);
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
 * Returns, by article id, the match or editor's decision that put each article into its story.
 * Omits the shared words if either article must not be quoted.
 */
export async function whyInStory(
  { collections }: Store,
  articles: readonly JudgedArticle[],
): Promise<Map<string, Because>> {
  const ids = articles.map(({ _id }) => _id);
  const projection = { cluster: 1, linkConstraints: 1 };
  const prints = await findIn(collections.fingerprints, "_id", ids, { projection });
  const reasons = new Map(prints.map((print) => [print._id, reasonsOf(print)]));
  const partners = [...reasons.values()].flat().map((one) => one.with);
  const seen = await findById<Article>(collections.articles, partners, {
    projection: { storyId: 1, status: 1, reservations: 1, rights: 1 },
  });
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

/** Adds corrections. Existing corrections stay as they are. */
export async function addCorrections(store: Store, corrections: Correction[]): Promise<void> {
  if (corrections.length === 0) return;
  await ignoreDuplicates(store.collections.corrections.insertMany(corrections, { ordered: false }));
}

/** Returns the corrections in force, by article id, in the order in which they were made. */
export async function correctionsOf(
  store: Store,
  articleIds: string[],
): Promise<Map<string, Correction[]>> {
  const found = await findIn(store.collections.corrections, "articleId", articleIds);
  return groupByArticle(inOrder(found.filter(({ undone }) => undone === null)));
}

/** Returns all corrections, including undone ones, in the order in which they were made. */
export async function correctionsOfArticle(store: Store, articleId: string): Promise<Correction[]> {
  return inOrder(await findIn(store.collections.corrections, "articleId", [articleId]));
}

export async function getCorrection(store: Store, id: string): Promise<Correction | null> {
  return store.collections.corrections.findOne({ _id: id });
}

/** Marks a correction as undone; returns false if it was undone already or doesn't exist. */
export function endCorrection(
  store: Store,
  id: string,
  undone: NonNullable<Correction["undone"]>,
): Promise<boolean> {
  return changeOne(store.collections.corrections, { _id: id, undone: null }, { $set: { undone } });
}

export function readCorrections(store: Store, now: Date, limit: number): Promise<Correction[]> {
  return readLatest(store.collections.corrections, "at", { before: soon(now), limit });
}

function inOrder(corrections: Correction[]): Correction[] {
  return corrections.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || (a._id < b._id ? -1 : 1),
  );
}

/**
 * Stores `intent` while `act` runs. If `act` fails or is interrupted, the maintenance job finishes
 * the operation.
 */
export async function withIntent<Result>(
  store: Store,
  intent: Pick<Intent, "at" | "articleIds"> & Partial<Intent>,
  act: () => Promise<Result>,
): Promise<Result> {
  const _id = randomUUID();
  await store.collections.intents.insertOne({ corrections: [], undone: [], ...intent, _id });
  const result = await act();
  await endIntent(store, _id);
  return result;
}

/** Returns up to `limit` unfinished operations that were recorded before `until`, oldest first. */
export function unfinishedIntents(store: Store, until: Date, limit: number): Promise<Intent[]> {
  return readDue(store.collections.intents, "at", { now: until, limit });
}

export async function endIntent(store: Store, id: string): Promise<void> {
  await store.collections.intents.deleteOne({ _id: id });
}

/** Stores a draft. It replaces the article's earlier draft in the same language. */
export async function keepDraft({ collections }: Store, draft: Omit<Draft, "_id">): Promise<void> {
  const _id = `${draft.articleId} ${draft.language}`;
  await collections.drafts.replaceOne({ _id }, draft, { upsert: true });
}

/** Returns the drafts of an article, sorted by language; at most 100. */
export async function draftsOf({ collections }: Store, articleId: string): Promise<Draft[]> {
  const found = await collections.drafts.find({ articleId }).limit(100).toArray();
  return found.toSorted((a, b) => (a.language < b.language ? -1 : 1));
}

export async function dropDraft(
  { collections }: Store,
  articleId: string,
  language: string,
): Promise<void> {
  await collections.drafts.deleteOne({ _id: `${articleId} ${language}` });
}
