import { decodeHTML } from "entities";
import { normalized } from "../../lib/text.ts";
import type { ArticleFields } from "../../model/articles/extraction.ts";

/** Whether a text holds something of what is being erased. */
export type Finds = (text: string) => boolean;

/** Titles, paragraphs and paths that are shorter may be anybody's, so they are not looked for elsewhere. */
const LONG_TITLE = 20;
const LONG_PARAGRAPH = 50;
const LONG_PATH = 12;

/** What finds a person: the name in upper or lower case, over line breaks, as part of an address. */
export function findsPerson(names: string[]): Finds {
  const forms = names.flatMap((name) => {
    const words = fold(name).split(" ");
    return [" ", "-", "_", "+", "%20"].map((between) => words.join(between));
  });
  return finder(forms.map(startingAnew));
}

/** What finds an article elsewhere: its addresses, its title, its longer paragraphs. */
export function findsArticle(
  readings: Pick<ArticleFields, "title" | "teaser" | "text">[],
  urls: string[],
): Finds {
  const titles = readings.map(({ title }) => fold(title ?? ""));
  const paragraphs = readings.flatMap(({ teaser, text }) =>
    `${teaser ?? ""}\n\n${text ?? ""}`.split(/\n\s*\n/).map(fold),
  );
  return finder([
    ...titles.filter(({ length }) => length >= LONG_TITLE).map(startingAnew),
    ...paragraphs.filter(({ length }) => length >= LONG_PARAGRAPH).map(startingAnew),
    ...urls.flatMap(addressForms),
  ]);
}

/** An address with its host, and its path alone; what goes on after it is another address. */
function addressForms(url: string): string[] {
  const { host, pathname, search } = new URL(url);
  const path = fold(pathname + search);
  const end = "(?![\\w%~-]|[./&=]\\w|\\?(?!utm_)\\w)";
  const whole = escaped(`//${host}${path}`) + end;
  return path.length < LONG_PATH ? [whole] : [whole, `(?<![\\w.:/-])${escaped(path)}${end}`];
}

/** Whether any string within a document is found. */
export function findsIn(finds: Finds, value: unknown): boolean {
  if (typeof value === "string") return finds(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Object.values(value).some((part) => findsIn(finds, part));
}

/** A document with every string that is found replaced; the same one where none is. */
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

/** Stands where something was erased. */
export const REDACTED = "[erased]";

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
    // Markup within a name, or its letters as entities.
    return /[<&]/.test(text) && pattern.test(fold(withoutMarkup(text)));
  };
}

/**
 * A text where a word begins: letters before would make it another one; what follows may be an
 * ending. Scripts without spaces have no word to begin.
 */
function startingAnew(text: string): string {
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
