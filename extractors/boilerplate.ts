import { decodeHTML } from "entities";
import { shortHash } from "../lib/text.ts";
import type { ArticleFields, Evidence, Extraction } from "../model/articles/fields.ts";
import type {
  Boilerplate,
  BoilerplateEntry,
  FinishedBoilerplate,
  Learnt,
} from "../model/sources/learned.ts";
import { countWords, keyOf } from "./words.ts";

export const MAX_COMPARED_ARTICLES = 60;
/** Limits for each source: the number of stored articles, and the number of learned paragraphs. */
export const BOILERPLATE_LIMITS = { articles: 600, paragraphs: 200 };
const MIN_ARTICLES_FOR_LONG = 3;
const MIN_ARTICLES_FOR_SHORT = 5;
const MIN_SHARE_FOR_SHORT = 0.3;
const MIN_NEW_SHARE = 0.3;

type Known = Pick<Boilerplate, "recent" | "known">;

type Weighed = Pick<Keyed, "key" | "size"> & Partial<Pick<Keyed, "text">>;

/** What one article teaches: its entry in `recent`, and paragraphs newly known as boilerplate. */
export interface Lesson {
  entry: BoilerplateEntry;
  learnt: Learnt[];
}

/**
 * Returns what an article teaches about boilerplate; null if the article is already known or has no
 * paragraphs. `without` has the keys of the paragraphs that were removed from the article.
 */
export function learnBoilerplate(
  before: Known,
  { article, paragraphs, without }: { article: string; paragraphs: Weighed[]; without: string[] },
  at: Date,
): Lesson | null {
  if (paragraphs.length === 0 || before.recent.some((entry) => entry.article === article)) {
    return null;
  }
  const recent = before.recent.slice(-MAX_COMPARED_ARTICLES).filter(({ isVersion }) => !isVersion);
  const holders = new Map<string, string[]>(paragraphs.map(({ key }) => [key, []]));
  for (const entry of recent) {
    for (const { key } of paragraphsOf(entry)) holders.get(key)?.push(entry.article);
  }
  const own = paragraphs.filter(({ key }) => holders.get(key)?.length === 0);
  const isVersion = sizeOf(own) < MIN_NEW_SHARE * sizeOf(paragraphs);
  const known = new Set(before.known.map(({ key }) => key));
  const often = MIN_SHARE_FOR_SHORT * (recent.length + 1);
  const learnt = paragraphs.flatMap(({ key, text = "" }): Learnt[] => {
    const articles = [...(holders.get(key) ?? []), article];
    const enough = isShort(key) ? Math.max(MIN_ARTICLES_FOR_SHORT, often) : MIN_ARTICLES_FOR_LONG;
    if (known.has(key) || articles.length < enough) return [];
    return [
      { key, text: text.slice(0, 120), articles: articles.slice(0, MIN_ARTICLES_FOR_SHORT), at },
    ];
  });
  const entry: BoilerplateEntry = {
    article,
    paragraphs: paragraphs.map(({ key, size }) => `${key}:${size}`).join(" "),
    without: without.join(" "),
    ...(isVersion && { isVersion }),
  };
  return { entry, learnt: isVersion ? [] : learnt };
}

/**
 * Learns again from the entries that aren't final, and makes these entries final. `reread` of the
 * result lists the articles to extract again.
 */
export function finishBoilerplate({ recent, known }: Known, at: Date): FinishedBoilerplate {
  let final: Known = {
    recent: recent.filter((entry) => entry.isFinal),
    known: known.filter((one) => one.isFinal),
  };
  const texts = new Map(known.map(({ key, text }) => [key, text]));
  const open = recent.filter((entry) => !entry.isFinal);
  // Sorted, so that the result doesn't depend on the order of extraction.
  for (const entry of open.toSorted((a, b) => (a.article < b.article ? -1 : 1))) {
    const { article } = entry;
    const without = keysIn(entry.without);
    const lesson = learnBoilerplate(
      final,
      { article, paragraphs: paragraphsOf(entry), without },
      at,
    );
    if (!lesson) continue;
    final = {
      recent: [...final.recent, { ...lesson.entry, isFinal: true }],
      known: [
        ...final.known,
        ...lesson.learnt.map((one): Learnt => {
          return { ...one, text: texts.get(one.key) ?? "", isFinal: true };
        }),
      ],
    };
  }
  const lastKnown = final.known.slice(-BOILERPLATE_LIMITS.paragraphs);
  const keys = new Set(lastKnown.map(({ key }) => key));
  const entries = final.recent.map((entry) => {
    const without = paragraphsOf(entry).flatMap(({ key }) => (keys.has(key) ? key : []));
    return { ...entry, without: without.join(" ") };
  });
  const reread = final.recent.flatMap(({ article, without }, index) => {
    return without === entries[index]?.without ? [] : article;
  });
  return { recent: entries.slice(-MAX_COMPARED_ARTICLES), known: lastKnown, reread };
}

/** Returns what share of the paragraphs, by size, also occurs in other articles, 0 to 1. */
export function sharedShare({ recent, known }: Known, paragraphs: Keyed[]): number {
  const latest = recent.slice(-MAX_COMPARED_ARTICLES).flatMap((entry) => paragraphsOf(entry));
  const others = new Set([...latest, ...known].map(({ key }) => key));
  const all = sizeOf(paragraphs);
  return all === 0 ? 0 : sizeOf(paragraphs.filter(({ key }) => others.has(key))) / all;
}

export function afterLesson(before: Known, { entry, learnt }: Lesson): Known {
  return {
    recent: [...before.recent, entry].slice(-BOILERPLATE_LIMITS.articles),
    known: [...before.known, ...learnt].slice(-BOILERPLATE_LIMITS.paragraphs),
  };
}

function sizeOf(list: Pick<Keyed, "size">[]): number {
  return list.reduce((sum, { size }) => sum + size, 0);
}

function paragraphsOf({ paragraphs }: Pick<BoilerplateEntry, "paragraphs">): Weighed[] {
  return keysIn(paragraphs).map((one) => {
    const [key = "", size] = one.split(":");
    return { key, size: Number(size) };
  });
}

function keysIn(list: string): string[] {
  return list === "" ? [] : list.split(" ");
}

const RULE = "learnt boilerplate";
const MIN_REMAINING_CHARS = 150;
const TARGET_LEAD_CHARS = 400;

/** Removes the paragraphs whose keys are in `known`. A text that would be too short stays whole. */
export function dropBoilerplate(extraction: Extraction, known: ReadonlySet<string>): Extraction {
  if (known.size === 0) return extraction;
  const { fields, evidence } = extraction;
  const candidates = keyedParagraphs(fields).filter(({ key }) => known.has(key));
  if (candidates.length === 0) return extraction;
  const texts = new Set(candidates.map(({ text }) => text));
  const parts = partsOf(fields.text);
  const remaining = parts.filter((part) => !texts.has(part));
  const text = remaining.join("\n\n");
  const shrunk = remaining.length < parts.length && text.length >= MIN_REMAINING_CHARS;
  const body = shrunk ? text : fields.text;
  const after = {
    ...fields,
    text: body,
    html: shrunk ? withoutLines(fields.html, (line) => isKnown(line, known)) : fields.html,
    wordCount: shrunk ? countWords(text) : fields.wordCount,
  };
  const seen = { ...evidence };
  if (shrunk)
    seen.text = removedFrom(
      evidence.text,
      parts.filter((part) => texts.has(part)),
    );
  const teaser = partsOf(fields.teaser);
  const ownParts = teaser.filter((part) => !texts.has(part));
  if (ownParts.length < teaser.length) {
    const gone = teaser.filter((part) => texts.has(part));
    after.teaser =
      ownParts.join("\n\n") || leadOf(partsOf(body).filter((part) => !texts.has(part)));
    const own = ownParts.length > 0 ? evidence.teaser : FIRST_PARAGRAPHS_EVIDENCE;
    if (after.teaser) seen.teaser = removedFrom(own, gone);
    else delete seen.teaser;
  }
  return { ...extraction, fields: after, evidence: seen };
}

const FIRST_PARAGRAPHS_EVIDENCE: Evidence = {
  rule: "first paragraphs",
  seen: null,
  confidence: 0.7,
};

function removedFrom(own: Evidence | undefined, gone: string[]): Evidence {
  const removed = gone.slice(0, 10).map((part) => ({ rule: RULE, seen: part.slice(0, 80) }));
  return { ...(own ?? FIRST_PARAGRAPHS_EVIDENCE), removed };
}

function leadOf(parts: string[]): string | null {
  const picked: string[] = [];
  for (const part of parts.slice(0, 3)) {
    if (picked.join("").length > TARGET_LEAD_CHARS) break;
    picked.push(part);
  }
  return picked.join("\n\n") || null;
}

function isKnown(line: string, known: ReadonlySet<string>): boolean {
  const key = keyParagraph(line, true)?.key;
  return key !== undefined && known.has(key);
}

/** Returns extracted HTML (one block per line) without the blocks whose text passes `isGone`. */
export function withoutLines(
  html: string | null,
  isGone: (text: string) => boolean,
): string | null {
  if (!html) return html;
  const lines = html.split("\n").filter((line) => !isGone(plain(line)));
  return lines.join("\n").replace(/<(ul|ol)>\n<\/\1>\n?/g, "");
}

function plain(line: string): string {
  return decodeHTML(line.replace(/<br>/g, " ").replace(/<[^>]*>/g, ""));
}

/** A paragraph that can be boilerplate, with a key for comparisons. */
export interface Keyed {
  key: string;
  text: string;
  /** Length in letters. A Chinese, Japanese, Korean or Thai character counts as 2.5. */
  size: number;
}

/** Unrelated articles can share paragraphs that are shorter than this. */
const MIN_PARAGRAPH_SIZE = 25;
const MIN_LONG_PARAGRAPH_SIZE = 80;
const START_PARAGRAPH_COUNT = 1;
const END_PARAGRAPH_COUNT = 4;
const MAX_KEYED_PARAGRAPHS = 80;
const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/g;

/** Returns the paragraphs of an article's text and teaser that can be boilerplate. */
export function keyedParagraphs({ text, teaser }: Pick<ArticleFields, "text" | "teaser">): Keyed[] {
  const found = new Map<string, Keyed>();
  const paragraphs = partsOf(text);
  for (const [at, part] of paragraphs.entries()) {
    const edge = at < START_PARAGRAPH_COUNT || at >= paragraphs.length - END_PARAGRAPH_COUNT;
    const keyed = keyParagraph(part, edge);
    if (keyed) found.set(keyed.key, keyed);
  }
  for (const part of partsOf(teaser)) {
    // A short teaser counts only if it isn't taken from the text: it can be a slogan.
    const keyed = keyParagraph(part, !text?.includes(part));
    if (keyed) found.set(keyed.key, keyed);
  }
  return [...found.values()].slice(0, MAX_KEYED_PARAGRAPHS);
}

export function partsOf(text: string | null): string[] {
  return text ? text.split("\n\n").filter((part) => part.trim()) : [];
}

/** Returns a paragraph with its key; null if it is too short. With `edge`, it can be shorter. */
export function keyParagraph(text: string, edge: boolean): Keyed | null {
  const letters = keyOf(text);
  const size = letters.length + 1.5 * (letters.match(CJK)?.length ?? 0);
  if (size < MIN_PARAGRAPH_SIZE || (size < MIN_LONG_PARAGRAPH_SIZE && !edge)) return null;
  const hash = shortHash(letters).slice(0, 12);
  return { key: size < MIN_LONG_PARAGRAPH_SIZE ? `s${hash}` : hash, text, size };
}

function isShort(key: string): boolean {
  return key.startsWith("s");
}
