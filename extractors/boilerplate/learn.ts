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
/**
 * A short paragraph must also be in the share `MIN_SHARE_FOR_SHORT` of the compared articles,
 * because short phrases recur by chance.
 */
const MIN_ARTICLES_FOR_SHORT = 5;
const MIN_SHARE_FOR_SHORT = 0.3;
/**
 * If less of an article is new, by size of its paragraphs, it is a version of another one and
 * teaches nothing.
 */
const MIN_NEW_SHARE = 0.3;

type Known = Pick<Boilerplate, "recent" | "known">;

type Weighed = Pick<Keyed, "key" | "size"> & Partial<Pick<Keyed, "text">>;

/**
 * What one article teaches about boilerplate: the article's entry in `recent`, and the paragraphs
 * that the article shows to be boilerplate.
 */
export interface Lesson {
  entry: BoilerplateEntry;
  learnt: Learnt[];
}

/**
 * Returns what one more article teaches; null if the article has an entry already or has no
 * paragraphs. An article that mostly repeats others gets an entry, but teaches no paragraphs.
 * `without` has the keys of the paragraphs that its extraction removed.
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
 * Learns again from the articles that aren't marked as final, in the order of their ids, so that
 * the result doesn't depend on when each was extracted. `reread` has the ids of the articles to
 * extract again, because the boilerplate to remove from them changed.
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

/**
 * Returns the share of an article's paragraphs, by size, that are in the source's latest articles
 * or known as boilerplate, 0 to 1.
 */
export function sharedShare({ recent, known }: Known, paragraphs: Keyed[]): number {
  const latest = recent.slice(-MAX_COMPARED_ARTICLES).flatMap((entry) => paragraphsOf(entry));
  const others = new Set([...latest, ...known].map(({ key }) => key));
  const all = sizeOf(paragraphs);
  return all === 0 ? 0 : sizeOf(paragraphs.filter(({ key }) => others.has(key))) / all;
}

/**
 * Adds a lesson, and keeps only as many articles and paragraphs as `BOILERPLATE_LIMITS` permits.
 */
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
