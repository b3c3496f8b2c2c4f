import { shortHash } from "../../lib/text.ts";
import { HOUR_MS } from "../../lib/time.ts";
import {
  type Alias,
  type Article,
  asEdited,
  type LongText,
  type PendingChange,
  type Revision,
  type Tombstone,
  toItem,
} from "../../model/articles/article.ts";
import {
  findById,
  findDuplicates,
  findIn,
  groupByArticle,
  ignoreDuplicates,
  projectionOf,
  readDue,
  readLatest,
  readMeta,
  soon,
  updateEach,
  writeEach,
} from "../queries.ts";
import { EPOCH, type Store } from "../store.ts";
import type { ListedArticle } from "./listing.ts";

export async function getArticles(store: Store, ids: string[]): Promise<Map<string, Article>> {
  const found = await findIn(store.collections.articles, "_id", ids);
  return new Map((await withTexts(store, found)).map((article) => [article._id, article]));
}

/** Returns an article with corrections applied but without pending changes; null if missing. */
export async function findArticle(
  store: Store,
  id: string,
): Promise<Omit<Article, "pending" | "pendingAt"> | null> {
  const projection = { pending: 0, pendingAt: 0 };
  const found = await store.collections.articles.findOne({ _id: id }, { projection });
  const [whole] = await withTexts(store, found ? [found] : []);
  return whole ? asEdited(whole) : null;
}

export async function readTitles(
  { collections }: Store,
  ids: readonly string[],
): Promise<Map<string, Pick<Article, "_id" | "title" | "sourceId">>> {
  const projection = { title: 1, prefix: 1, teaser: 1, sourceId: 1, edited: 1 };
  const found = await findById(collections.articles, ids, { projection });
  return new Map([...found].map(([id, article]) => [id, asEdited(article)]));
}

const STATUS = [
  "status",
  "completeness",
  "fieldScore",
  "duplicateOf",
  "storyId",
  "origin",
] as const;

export type ArticleStatusRow = Pick<Article, "_id" | (typeof STATUS)[number]>;

export function getStatuses(store: Store, ids: string[]): Promise<ArticleStatusRow[]> {
  return findIn(store.collections.articles, "_id", ids, { projection: projectionOf(STATUS) });
}

/** A new or changed article to store, with the change that readers will see. */
export interface ArticleWrite {
  /** Version on which the write is based; 0 for a new article. */
  base: number;
  article: Omit<Article, "pending" | "pendingAt">;
  change: PendingChange;
}

/** Stores articles. Returns the writes whose `base` is outdated; the caller must redo them. */
export async function writeArticles(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  const fresh = writes.filter((write) => write.base === 0);
  const known = writes.filter((write) => write.base > 0);
  return [...(await insertNew(store, fresh)), ...(await updateKnown(store, known))];
}

async function insertNew(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  if (writes.length === 0) return [];
  const short = await shortenArticles(store, writes);
  const documents = short.map(({ article, change }) => ({
    ...article,
    pending: [change],
    pendingAt: change.at,
  }));
  const taken = await findDuplicates(
    store.collections.articles.insertMany(documents, { ordered: false }),
  );
  return writes.filter((_, index) => taken.has(index));
}

async function updateKnown(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  if (writes.length === 0) return [];
  const short = await shortenArticles(store, writes);
  const { matchedCount } = await store.collections.articles.bulkWrite(
    short.map(({ base, article: { _id, ...fields }, change }) => ({
      updateOne: {
        filter: { _id, version: base },
        update: {
          $set: { ...fields, pendingAt: change.at },
          $push: { pending: change },
        },
      },
    })),
    { ordered: false },
  );
  // Compare the numbers first: `outdatedWrites` takes a write that a later one replaced for lost.
  if (matchedCount === writes.length) return [];
  return matchedCount === 0 ? writes : outdatedWrites(store, writes);
}

async function outdatedWrites(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  const ids = writes.map((write) => write.article._id);
  const projection = { html: 0, text: 0, evidence: 0, pending: 0 };
  const stored = await findById(store.collections.articles, ids, { projection });
  return writes.filter(({ article }) => {
    const there = stored.get(article._id);
    return (
      there?.captureId !== article.captureId ||
      // An editor's correction keeps the `captureId`, so compare what readers see, too.
      JSON.stringify(toItem(there)) !== JSON.stringify(toItem(article))
    );
  });
}

/** Stores fields that readers don't see. Skips an article whose stored version has changed. */
export async function refreshArticles(
  store: Store,
  fresh: readonly Omit<Article, "pending" | "pendingAt">[],
): Promise<void> {
  const short = await shortenArticles(
    store,
    fresh.map((article) => ({ article })),
  );
  await writeEach(store.collections.articles, short, ({ article }) => {
    const { _id, version, lastSeenAt, ...set } = article;
    return {
      updateOne: { filter: { _id, version }, update: { $set: set, $max: { lastSeenAt } } },
    };
  });
}

export async function touchArticles(store: Store, seen: { id: string; at: Date }[]): Promise<void> {
  await writeEach(store.collections.articles, seen, ({ id, at }) => ({
    updateOne: { filter: { _id: id }, update: { $max: { lastSeenAt: at } } },
  }));
}

/** Adds revisions. Existing revisions stay as they are. */
export async function addRevisions(store: Store, revisions: Revision[]): Promise<void> {
  if (revisions.length === 0) return;
  const short = await shortenRevisions(store, revisions);
  await ignoreDuplicates(store.collections.revisions.insertMany(short, { ordered: false }));
}

/** Returns articles with changes that aren't in the stream yet, longest waiting first. */
export function articlesWithPending(
  store: Store,
  now: Date,
  limit: number,
): Promise<Pick<Article, "_id" | "version" | "pending" | "traceId">[]> {
  const projection = { version: 1, pending: 1, traceId: 1 };
  return readDue(store.collections.articles, "pendingAt", { now, limit, projection });
}

/** Removes pending changes that were appended to the stream; later changes stay pending. */
export async function clearPending(
  store: Store,
  moved: { id: string; version: number }[],
): Promise<void> {
  if (moved.length === 0) return;
  const { articles } = store.collections;
  const cleared = await updateEach(
    articles,
    moved.map(({ id, version }) => ({ _id: id, expected: { version }, set: { pending: [] } })),
    { unset: ["pendingAt"] },
  );
  if (cleared === moved.length) return;
  await writeEach(articles, moved, ({ id, version }) => ({
    updateOne: {
      filter: { _id: id },
      update: { $pull: { pending: { version: { $lte: version } } } },
    },
  }));
}

const PUBLICATION = [
  "status",
  "unlisted",
  "servedAt",
  "firstSeenAt",
  "publishedAt",
  "completeness",
] as const;

export type PublicationState = Pick<Article, "_id" | (typeof PUBLICATION)[number]>;

export function publicationStates(
  store: Store,
  ids: string[],
): Promise<Map<string, PublicationState>> {
  return findById(store.collections.articles, ids, { projection: projectionOf(PUBLICATION) });
}

export async function latestOf(
  store: Store,
  sourceId: string,
  now: Date,
  limit: number,
): Promise<string[]> {
  const found = await store.collections.articles
    .find({ sourceId, sortAt: { $gt: EPOCH, $lt: now } })
    .project<Pick<Article, "_id">>({ _id: 1 })
    .sort({ sortAt: -1 })
    .limit(limit)
    .toArray();
  return found.map(({ _id }) => _id);
}

/** Returns the ids of articles whose visibility to readers must change now, as after an embargo. */
export async function articlesWithVisibilityChange(
  store: Store,
  now: Date,
  limit: number,
): Promise<string[]> {
  const options = { now, limit, projection: { _id: 1 } };
  const found = await readDue(store.collections.articles, "visibilityChangesAt", options);
  return found.map(({ _id }) => _id);
}

export type UnlistedArticle = Pick<Article, "_id" | "title" | "url" | "sourceId" | "unlisted">;

export function readUnlisted(store: Store, now: Date, limit = 50): Promise<UnlistedArticle[]> {
  const projection = { title: 1, url: 1, sourceId: 1, unlisted: 1 };
  const options = { before: soon(now), limit, projection };
  return readLatest(store.collections.articles, "unlisted.at", options);
}

const MAX_COUNTED_ARTICLES = 5000;

/**
 * Returns the number of articles in each hour, oldest hour first. If there are `most` or more
 * articles, the oldest hours are missing.
 */
export async function articlesByHour(
  store: Store,
  now: Date,
  { hours, most = MAX_COUNTED_ARTICLES }: { hours: number; most?: number },
): Promise<number[]> {
  const since = now.getTime() - hours * HOUR_MS;
  const found = await store.collections.articles
    .find(
      { sortAt: { $gte: new Date(since), $lt: now } },
      { projection: { _id: 0, sortAt: 1 }, batchSize: most },
    )
    .sort({ sortAt: -1 })
    .limit(most)
    .toArray();
  const counts = Array.from({ length: hours }, () => 0);
  let hour = 0;
  for (const { sortAt } of found) {
    hour = Math.floor((sortAt.getTime() - since) / HOUR_MS);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return found.length < most ? counts : counts.slice(hour + 1);
}

/** Returns the stored articles with these ids, in any order, with editors' corrections applied. */
export async function readIndexable(
  store: Store,
  ids: readonly string[],
): Promise<ListedArticle[]> {
  const projection = { html: 0, evidence: 0, pending: 0, pendingAt: 0 };
  const found = await findIn(store.collections.articles, "_id", ids, { projection });
  return (await withTexts(store, found)).map((article) => asEdited(article));
}

export async function articlesOfKeys(store: Store, keys: string[]): Promise<Map<string, string>> {
  const projection = { articleId: 1 };
  const found = await findIn(store.collections.aliases, "_id", keys, { projection });
  return new Map(found.map((alias) => [alias._id, alias.articleId]));
}

export function ownersOfKeys(
  { collections }: Store,
  keys: string[],
): Promise<Map<string, Pick<Alias, "articleId" | "kind">>> {
  return findById(collections.aliases, keys, { projection: { articleId: 1, kind: 1 } });
}

/** Sets the kind, such as `amp`, of URLs whose kind is still `self`. */
export async function noteVersions(
  { collections }: Store,
  versions: readonly Pick<Alias, "_id" | "kind">[],
): Promise<void> {
  await writeEach(collections.aliases, versions, ({ _id, kind }) => ({
    updateOne: { filter: { _id, kind: "self" as const }, update: { $set: { kind } } },
  }));
}

/** Assigns URL keys to articles; taken keys stay as they are. Returns whether all were new. */
export async function claimAliases(store: Store, aliases: Alias[]): Promise<boolean> {
  const different = [...new Map(aliases.map((alias) => [alias._id, alias])).values()];
  if (different.length === 0) return true;
  return ignoreDuplicates(store.collections.aliases.insertMany(different, { ordered: false }));
}

/** Returns tombstones by URL key. An article's id is also a URL key. */
export function tombstonesOf(store: Store, keys: string[]): Promise<Map<string, Tombstone>> {
  return findById(store.collections.tombstones, keys);
}

/** Returns the URL keys that were erased since a time; at most the latest 5,000. */
export async function erasedSince(store: Store, since: Date, now: Date): Promise<string[]> {
  const at = { $gte: since, $lt: soon(now) };
  const found = await store.collections.tombstones
    .find({ kind: "erased", at }, { projection: { _id: 1 } })
    .sort({ at: -1 })
    .limit(5000)
    .toArray();
  return found.map(({ _id }) => _id);
}

/** Stores tombstones. Existing tombstones stay, except that an erasure replaces a purge. */
export async function addTombstones(store: Store, tombstones: Tombstone[]): Promise<void> {
  if (tombstones.length === 0) return;
  await store.collections.tombstones.bulkWrite(
    tombstones.flatMap(({ _id, kind, ...rest }) => {
      const set = { kind, ...rest };
      const fresh = { filter: { _id }, update: { $setOnInsert: set }, upsert: true };
      const wins = { filter: { _id, kind: "purged" as const }, update: { $set: set } };
      return [{ updateOne: fresh }, ...(kind === "erased" ? [{ updateOne: wins }] : [])];
    }),
  );
}

/** Returns the date up to which retention has removed articles; null if it has removed none. */
export async function purgedUntil(store: Store): Promise<Date | null> {
  const time = await readMeta(store, "purgedUntil");
  return time === null ? null : new Date(time);
}

const MAX_INLINE_CHARS = 30_000;
/** The shortened text in an article's record must still be long enough for any lead. */
const OPENING_CHARS = 8000;

/**
 * The text and HTML of an article or revision. If they are shortened, `longText` is the id of the
 * full versions in the collection `texts`.
 */
interface Words {
  text: string | null;
  html?: string | null;
  longText?: string | null;
}

/** Stores long texts in the collection `texts`; returns the writes with these texts shortened. */
export async function shortenArticles<
  T extends { article: Pick<Article, "_id" | "text" | "html" | "longText"> },
>(store: Store, writes: readonly T[]): Promise<T[]> {
  const words = writes.map(({ article }) => ({ ...article, articleId: article._id }));
  const short = await shorten(store, words);
  return writes.map((write, index) => {
    return { ...write, article: { ...write.article, ...short[index] } };
  });
}

async function shortenRevisions(store: Store, revisions: readonly Revision[]): Promise<Revision[]> {
  const words = revisions.map(({ articleId, fields }) => ({ ...fields, articleId }));
  const short = await shorten(store, words);
  return revisions.map((revision, index) => {
    const { longText = null, ...own } = short[index] ?? {};
    return longText ? { ...revision, longText, fields: { ...revision.fields, ...own } } : revision;
  });
}

async function shorten(
  { collections: { texts } }: Store,
  all: readonly (Words & { articleId: string })[],
): Promise<Required<Words>[]> {
  const long = new Map<string, LongText>();
  const short = all.map(({ articleId, text, html = null }) => {
    const size = (text?.length ?? 0) + (html?.length ?? 0);
    if (size <= MAX_INLINE_CHARS) return { text, html, longText: null };
    const whole = { text: text ?? "", html };
    const _id = `${articleId}:${shortHash(JSON.stringify(whole))}`;
    long.set(_id, { _id, articleId, ...whole });
    const opening = whole.text.slice(0, OPENING_CHARS).replace(/\p{Surrogate}$/u, "");
    return { text: opening, html: null, longText: _id };
  });
  if (long.size > 0) {
    await ignoreDuplicates(texts.insertMany([...long.values()], { ordered: false }));
  }
  return short;
}

export async function withTexts<T extends Words>(
  { collections }: Store,
  articles: readonly T[],
): Promise<T[]> {
  const ids = articles.flatMap(({ longText }) => longText ?? []);
  const texts = await findById(collections.texts, ids);
  return articles.map((article) => {
    const { longText, ...rest } = article;
    const long = longText ? texts.get(longText) : undefined;
    return (long ? { ...rest, text: long.text, html: long.html } : rest) as T;
  });
}

async function withRevisionTexts(
  store: Store,
  revisions: readonly Revision[],
): Promise<Revision[]> {
  const fields = await withTexts(
    store,
    revisions.map(({ fields: own, longText = null }) => ({ ...own, longText })),
  );
  return revisions.map((revision, index) => {
    const { longText: _, ...rest } = revision;
    return { ...rest, fields: fields[index] ?? rest.fields };
  });
}

const MAX_REVISIONS = 200;

export function readRevisions(store: Store, articleId: string): Promise<RevisionRow[]> {
  return store.collections.revisions
    .find<RevisionRow>(
      { articleId, revision: { $gte: 1, $lt: Number.MAX_SAFE_INTEGER } },
      { projection: { "fields.text": 0, "fields.html": 0, "fields.teaser": 0 } },
    )
    .sort({ revision: 1 })
    .limit(MAX_REVISIONS)
    .toArray();
}

export type RevisionRow = Omit<Revision, "fields"> & { fields: Pick<Revision["fields"], "title"> };

export async function getRevision(
  store: Store,
  articleId: string,
  revision: number,
): Promise<Revision | null> {
  const found = await store.collections.revisions.findOne({ _id: `${articleId}:${revision}` });
  const [whole = null] = await withRevisionTexts(store, found ? [found] : []);
  return whole;
}

/**
 * Returns revisions by article id. Leaves out their HTML, unless it is in the collection `texts`.
 */
export async function revisionsOfArticles(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision[]>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "articleId", ids, { projection });
  return groupByArticle(await withRevisionTexts(store, found));
}

/** Returns revisions by id, without their HTML unless it is in the collection `texts`. */
export async function readRevisionTexts(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "_id", ids, { projection });
  const whole = await withRevisionTexts(store, found);
  return new Map(whole.map((revision) => [revision._id, revision]));
}

/** Returns the revisions whose content differs from the article's current one, by article id. */
export async function earlierRevisions(
  store: Store,
  articles: readonly Pick<Article, "_id" | "revision" | "contentHash">[],
): Promise<Map<string, Revision[]>> {
  const revised = new Map(
    articles.filter(({ revision }) => revision > 1).map((article) => [article._id, article]),
  );
  const found = await revisionsOfArticles(store, [...revised.keys()]);
  const earlier = [...found].map(([id, revisions]) => {
    const now = revised.get(id)?.contentHash;
    return [id, revisions.filter(({ contentHash }) => contentHash !== now)] as const;
  });
  return new Map(earlier);
}
