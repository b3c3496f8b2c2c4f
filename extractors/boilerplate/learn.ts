import type { Boilerplate, Learnt } from "../../model/boilerplate.ts";
import { isShort, type Keyed } from "./paragraphs.ts";

/** Articles that are looked back on. */
export const WINDOW = 60;
/** Learnt paragraphs that are kept of a source. */
export const KEPT = 200;
/** Different articles that must have a paragraph. */
const ENOUGH = 3;
/** A short one has to be in more, and in this share of the window: phrases return now and then. */
const ENOUGH_SHORT = 5;
const SHARE_SHORT = 0.3;
/** Share of an article that must be its own: versions of one story teach nothing. */
const OWN = 0.3;

/** What one article adds to what is known of its source; null when it teaches nothing. */
export interface Lesson {
  entry: Boilerplate["recent"][number];
  learnt: Learnt[];
}

/**
 * Learns from one more article: paragraphs that enough different articles of the window have are
 * boilerplate. An article that is in the window, or repeats another one's text, teaches nothing.
 */
export function learnBoilerplate(
  before: Pick<Boilerplate, "recent" | "known">,
  article: string,
  paragraphs: Keyed[],
  at: Date,
): Lesson | null {
  const recent = before.recent.slice(-WINDOW);
  if (paragraphs.length === 0 || recent.some((entry) => entry.article === article)) return null;
  const holders = new Map<string, string[]>(paragraphs.map(({ key }) => [key, []]));
  for (const entry of recent) {
    for (const key of entry.keys.split(" ")) holders.get(key)?.push(entry.article);
  }
  const sizeOf = (list: Keyed[]) => list.reduce((sum, { size }) => sum + size, 0);
  const own = paragraphs.filter(({ key }) => holders.get(key)?.length === 0);
  if (sizeOf(own) < OWN * sizeOf(paragraphs)) return null;
  const known = new Set(before.known.map(({ key }) => key));
  const often = SHARE_SHORT * (recent.length + 1);
  const learnt = paragraphs.flatMap(({ key, text }): Learnt[] => {
    const articles = [...(holders.get(key) ?? []), article];
    const enough = isShort(key) ? Math.max(ENOUGH_SHORT, often) : ENOUGH;
    if (known.has(key) || articles.length < enough) return [];
    return [{ key, text: text.slice(0, 120), articles: articles.slice(0, ENOUGH_SHORT), at }];
  });
  return { entry: { article, keys: paragraphs.map(({ key }) => key).join(" ") }, learnt };
}

/** Share of paragraphs, by their letters, that the source's latest articles have too, 0 to 1. */
export function sharedShare(
  { recent, known }: Pick<Boilerplate, "recent" | "known">,
  paragraphs: Keyed[],
): number {
  const latest = recent.slice(-WINDOW).flatMap(({ keys }) => keys.split(" "));
  const others = new Set([...latest, ...known.map(({ key }) => key)]);
  const sizeOf = (list: Keyed[]) => list.reduce((sum, { size }) => sum + size, 0);
  const all = sizeOf(paragraphs);
  return all === 0 ? 0 : sizeOf(paragraphs.filter(({ key }) => others.has(key))) / all;
}

/** What is known after a lesson, in the bounds of the store. */
export function afterLesson(
  before: Pick<Boilerplate, "recent" | "known">,
  { entry, learnt }: Lesson,
): Pick<Boilerplate, "recent" | "known"> {
  return {
    recent: [...before.recent, entry].slice(-WINDOW),
    known: [...before.known, ...learnt].slice(-KEPT),
  };
}
