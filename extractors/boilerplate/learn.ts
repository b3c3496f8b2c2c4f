import type {
  Boilerplate,
  BoilerplateEntry,
  FinishedBoilerplate,
  Learnt,
} from "../../model/sources/boilerplate.ts";
import { isShort, type Keyed } from "./drop.ts";

export const MAX_COMPARED_ARTICLES = 60;
/** Limits for each source: the number of stored articles, and the number of learned paragraphs. */
export const BOILERPLATE_LIMITS = { articles: 600, paragraphs: 200 };
/** A long paragraph is boilerplate if at least this many articles contain it. */
const MIN_ARTICLES_FOR_LONG = 3;
/** Short phrases recur by chance, so they must be in this many articles and this share of them. */
const MIN_ARTICLES_FOR_SHORT = 5;
const MIN_SHARE_FOR_SHORT = 0.3;
/** An article with a smaller share of new text is a version of another and teaches nothing. */
const MIN_NEW_SHARE = 0.3;

type Known = Pick<Boilerplate, "recent" | "known">;

type Weighed = Pick<Keyed, "key" | "size"> & Partial<Pick<Keyed, "text">>;

/** An article's entry in `recent`, and the paragraphs that it shows to be boilerplate. */
export interface Lesson {
  entry: BoilerplateEntry;
  learnt: Learnt[];
}

/**
 * Returns null if the article already has an entry or has no paragraphs. `without` has the keys of
 * the paragraphs that its extraction removed.
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
 * Learns from the articles that aren't final in the order of their ids, so that the result doesn't
 * depend on when each was extracted. `reread` lists the articles to extract again.
 */
export function finishBoilerplate({ recent, known }: Known, at: Date): FinishedBoilerplate {
  let final: Known = {
    recent: recent.filter((entry) => entry.isFinal),
    known: known.filter((one) => one.isFinal),
  };
  const texts = new Map(known.map(({ key, text }) => [key, text]));
  const open = recent.filter((entry) => !entry.isFinal);
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

/** Returns the share of paragraphs, by size, that are known or in the latest articles, 0 to 1. */
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
