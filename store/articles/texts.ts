import { shortHash } from "../../lib/hash.ts";
import type { Article, LongText } from "../../model/articles/article.ts";
import type { Revision } from "../../model/articles/revision.ts";
import { findIn } from "../queries.ts";
import type { Store } from "../store.ts";
import { ignoreDuplicates } from "../writes.ts";

/**
 * Maximum length of text and HTML together in the record of an article or a revision. Longer texts
 * are stored in the collection `texts`, because lists read whole records.
 */
const MAX_INLINE_CHARS = 30_000;
/** Length of the part of a long text that stays in the article. No lead is longer. */
const OPENING_CHARS = 8000;

/** Text and HTML. If they are shortened, `longText` is the id of the originals in `texts`. */
interface Words {
  text: string | null;
  html?: string | null;
  longText?: string | null;
}

interface Shortened {
  words: { text: string | null; html: string | null; longText: string | null };
  long: LongText[];
}

/** Stores long texts in the collection `texts`; returns the writes with these texts shortened. */
export async function shortenArticles<
  T extends { article: Pick<Article, "_id" | "text" | "html" | "longText"> },
>(store: Store, writes: readonly T[]): Promise<T[]> {
  const short = writes.map(({ article }) => shorten(article._id, article));
  await addTexts(store, short);
  return writes.map((write, index) => {
    return { ...write, article: { ...write.article, ...short[index]?.words } };
  });
}

export async function shortenRevisions(
  store: Store,
  revisions: readonly Revision[],
): Promise<Revision[]> {
  const short = revisions.map(({ articleId, fields }) => shorten(articleId, fields));
  await addTexts(store, short);
  return revisions.map((revision, index) => {
    const words = short[index]?.words;
    if (!words?.longText) return revision;
    const { longText, ...own } = words;
    return { ...revision, longText, fields: { ...revision.fields, ...own } };
  });
}

export async function withTexts<T extends Words & { text: string }>(
  store: Store,
  articles: readonly T[],
): Promise<T[]> {
  const texts = await readTexts(store, articles);
  return articles.map((article) => {
    const { longText, ...rest } = article;
    const long = longText ? texts.get(longText) : undefined;
    return (long ? { ...rest, text: long.text, html: long.html } : rest) as T;
  });
}

export async function withRevisionTexts(
  store: Store,
  revisions: readonly Revision[],
): Promise<Revision[]> {
  const texts = await readTexts(store, revisions);
  return revisions.map(({ longText, ...rest }) => {
    const long = longText ? texts.get(longText) : undefined;
    if (!long) return rest;
    return { ...rest, fields: { ...rest.fields, text: long.text, html: long.html } };
  });
}

function shorten(articleId: string, { text, html = null }: Words): Shortened {
  const size = (text?.length ?? 0) + (html?.length ?? 0);
  if (size <= MAX_INLINE_CHARS) return { words: { text, html, longText: null }, long: [] };
  const whole = { text: text ?? "", html };
  const _id = `${articleId}:${shortHash(JSON.stringify(whole))}`;
  const opening = whole.text.slice(0, OPENING_CHARS).replace(/\p{Surrogate}$/u, "");
  return {
    words: { text: opening, html: null, longText: _id },
    long: [{ _id, articleId, ...whole }],
  };
}

async function addTexts({ collections }: Store, short: readonly Shortened[]): Promise<void> {
  const texts = short.flatMap(({ long }) => long);
  const distinct = [...new Map(texts.map((text) => [text._id, text])).values()];
  if (distinct.length === 0) return;
  await ignoreDuplicates(collections.texts.insertMany(distinct, { ordered: false }));
}

async function readTexts(
  { collections: { texts } }: Store,
  of: readonly Pick<Words, "longText">[],
): Promise<Map<string, LongText>> {
  const ids = [...new Set(of.flatMap(({ longText }) => longText ?? []))];
  const found = await findIn(texts, "_id", ids);
  return new Map(found.map((text) => [text._id, text]));
}
