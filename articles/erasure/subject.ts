import { decodeHTML } from "entities";
import { urlKey } from "../../crawler/links/url.ts";
import { normalized } from "../../lib/text.ts";
import type { Article } from "../../model/articles/article.ts";
import { isOfWording } from "../../model/articles/correction.ts";
import type { ArticleFields } from "../../model/articles/fields.ts";
import { articlesOfKeys, getArticles, revisionsOfArticles } from "../../store/articles/articles.ts";
import { correctionsOfArticle } from "../../store/articles/stories.ts";
import { findIn, readInBatches } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";

export type Subject =
  | { kind: "article"; id: string }
  | { kind: "url"; url: string }
  | { kind: "person"; names: string[] };

/** What the store contains about a subject. */
export interface Target {
  articles: Pick<Article, "_id" | "title" | "sourceId">[];
  /** Keys of the subject's URLs; for a person, also of links whose record contains the name. */
  keys: string[];
  finds: Finds;
}

/**
 * Reports the progress of an erasure. `what` is the name of a collection, and `count` the number of
 * its documents that were searched or found.
 */
export type Progress = (what: string, count: number) => void;

/** Returns what the store contains about a subject; for a person, searches whole collections. */
export async function targetOf(
  store: Store,
  subject: Subject,
  progress: Progress,
): Promise<Target> {
  if (subject.kind === "person") return ofPerson(store, subject.names, progress);
  const key = subject.kind === "url" ? urlKey(subject.url) : subject.id;
  const owner = (await articlesOfKeys(store, [key])).get(key) ?? key;
  const articles = [...(await getArticles(store, [owner])).values()];
  const aliases = await findIn(store.collections.aliases, "articleId", [owner]);
  const revisions = (await revisionsOfArticles(store, [owner])).get(owner) ?? [];
  const corrections = await correctionsOfArticle(store, owner);
  const edited = corrections.filter(isOfWording).map(({ word }) => word);
  const readings = [...articles, ...revisions.map(({ fields }) => fields), ...edited];
  const urls = [...articles, ...aliases].map(({ url }) => url).filter((url) => url !== "");
  return {
    articles,
    keys: [...new Set([key, owner, ...aliases.map(({ _id }) => _id)])],
    finds: findsArticle(readings, subject.kind === "url" ? [...urls, subject.url] : urls),
  };
}

async function ofPerson(store: Store, names: string[], progress: Progress): Promise<Target> {
  const finds = findsPerson(names);
  const { articles, revisions, texts, changes, aliases, links, corrections } = store.collections;
  const ids = new Set<string>();
  const keys = new Set<string>();
  const read = async <Doc extends { _id: unknown }>(
    what: string,
    pieces: AsyncGenerator<Doc[]>,
    found: (document: Doc) => void,
  ) => {
    let count = 0;
    for await (const piece of pieces) {
      for (const document of piece) if (findsIn(finds, document)) found(document);
      progress(what, (count += piece.length));
    }
  };
  const owners = (document: { articleId: string }) => void ids.add(document.articleId);
  await read("articles", readInBatches(articles), ({ _id }) => void ids.add(_id));
  await read("revisions", readInBatches(revisions), owners);
  await read("texts", readInBatches(texts), owners);
  await read("changes", readInBatches(changes), owners);
  await read("aliases", readInBatches(aliases), owners);
  await read("corrections", readInBatches(corrections), owners);
  await read("links", readInBatches(links), ({ _id, kind }) => {
    // An entry point is configuration: erasure keeps it, and the report lists it.
    if (kind === "article") keys.add(_id);
  });
  const own = await findIn(aliases, "articleId", [...ids], { projection: { _id: 1 } });
  for (const { _id } of own) keys.add(_id);
  for (const id of ids) keys.add(id);
  const found = await getArticles(store, [...ids]);
  return { articles: [...found.values()], keys: [...keys], finds };
}

/** Whether a text contains the subject. */
export type Finds = (text: string) => boolean;

/** Shorter titles, paragraphs and paths also occur in unrelated texts. */
const MIN_SEARCHED_TITLE_CHARS = 20;
const MIN_SEARCHED_PARAGRAPH_CHARS = 50;
const MIN_SEARCHED_PATH_CHARS = 12;

/**
 * Full Chinese, Japanese and Korean names often have only two or three characters. Two or three
 * kana alone are part of too many words.
 */
const SEARCHED_NAME =
  /^(?:.{4,}|(?=.*[\p{sc=Han}\p{sc=Hangul}])[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}ー・ ]{2,})$/u;

/** Returns whether a name is so short that it is part of too many words to be searched for. */
export function isTooShort(name: string): boolean {
  return !SEARCHED_NAME.test(fold(name));
}

/** Returns a test for a person's names, also in URLs, that ignores case and line breaks. */
export function findsPerson(names: string[]): Finds {
  const forms = names.flatMap((name) => {
    const words = fold(name).split(" ");
    return [" ", "-", "_", "+", "%20"].map((between) => words.join(between));
  });
  return finder(forms.map(wordStartPattern));
}

export function findsArticle(
  readings: Partial<Pick<ArticleFields, "title" | "teaser" | "text">>[],
  urls: string[],
): Finds {
  const titles = readings.map(({ title }) => fold(title ?? ""));
  const paragraphs = readings.flatMap(({ teaser, text }) =>
    `${teaser ?? ""}\n\n${text ?? ""}`.split(/\n\s*\n/).map(fold),
  );
  return finder([
    ...titles.filter(({ length }) => length >= MIN_SEARCHED_TITLE_CHARS).map(wordStartPattern),
    ...paragraphs
      .filter(({ length }) => length >= MIN_SEARCHED_PARAGRAPH_CHARS)
      .map(wordStartPattern),
    ...urls.flatMap(urlForms),
  ]);
}

function urlForms(url: string): string[] {
  const { host, pathname, search } = new URL(url);
  const path = fold(pathname + search);
  // URLs of other pages can begin with this URL.
  const end = "(?![\\w%~-]|[./&=]\\w|\\?(?!utm_)\\w)";
  const whole = escaped(`//${host}${path}`) + end;
  return path.length < MIN_SEARCHED_PATH_CHARS
    ? [whole]
    : [whole, `(?<![\\w.:/-])${escaped(path)}${end}`];
}

export function findsIn(finds: Finds, value: unknown): boolean {
  if (typeof value === "string") return finds(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Object.values(value).some((part) => findsIn(finds, part));
}

/** Returns a document with every matching string replaced; the same object if none matches. */
export function redacted(finds: Finds, value: unknown): unknown {
  if (typeof value === "string") return finds(value) ? REDACTED : value;
  if (!isPlain(value)) return value;
  if (Array.isArray(value)) {
    const parts = value.map((part) => redacted(finds, part));
    return parts.some((part, index) => part !== value[index]) ? parts : value;
  }
  const parts = Object.entries(value).map(([key, part]) => [key, redacted(finds, part)] as const);
  return parts.some(([key, part]) => part !== value[key]) ? Object.fromEntries(parts) : value;
}

const REDACTED = "[erased]";

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function finder(forms: string[]): Finds {
  if (forms.length === 0) return () => false;
  const pattern = new RegExp([...new Set(forms)].join("|"), "u");
  return (text) => {
    const plain = fold(text);
    if (pattern.test(plain)) return true;
    // Markup can split a name, and entities can encode its letters.
    return /[<&]/.test(text) && pattern.test(fold(withoutMarkup(text)));
  };
}

function wordStartPattern(text: string): string {
  const spaced = /^[a-z\u00c0-\u052f]/u.test(text);
  return (spaced ? "(?<![\\p{L}\\p{N}])" : "") + escaped(text);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function fold(text: string): string {
  return normalized(text, "NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

function withoutMarkup(text: string): string {
  return decodeHTML(text.replace(/<[^<>]*>/g, ""));
}
