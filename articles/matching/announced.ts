import { HOUR_MS } from "../../lib/time.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import type { Match } from "../../model/articles/story.ts";
import { MIN_HEAVY_WEIGHT } from "./events.ts";

/** `own` applies within one source, `other` between two sources. */
const MAX_TIME_APART_MS = { own: 18 * HOUR_MS, other: 48 * HOUR_MS };
/**
 * Two titles are distinctive if each has at least `letters` characters (an ideograph counts as
 * two), or if their shared terms weigh at least `weight` and two of these terms are heavy.
 */
const MIN_DISTINCTIVE = { letters: 30, weight: 5 };
/**
 * If neither title contains the other, at least this share of all their words must be in both, and
 * the longer one must have each word of the shorter one over `MAX_SHORT_WORD_LETTERS` letters.
 */
const MIN_COMMON_WORDS_SHARE = 0.75;
const MAX_SHORT_WORD_LETTERS = 3;
/** Applies to a title that is part of the other title. An ideograph counts as two characters. */
const MIN_PARTIAL_TITLE_CHARS = 20;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;
/** Confidence of a match by feed id, by title in one source, or by title between two sources. */
const SCORE = { id: 1, title: 0.9, event: 0.5 };

type Announced = Omit<Match, "with">;

/** Returns how an announced item and another article match; null if they don't. */
export function announcedMatch(a: Features, b: Features): Announced | null {
  if (a.guid !== undefined && a.guid === b.guid) return { kind: "same id", score: SCORE.id };
  const apart = Math.abs(a.at.getTime() - b.at.getTime());
  const terms = sharedTerms(a, b);
  if (!isDistinct(a.title, b.title, terms)) return null;
  if (a.sourceId === b.sourceId) {
    const isSame = a.title === b.title && apart <= MAX_TIME_APART_MS.own;
    return isSame ? { kind: "same title", score: SCORE.title } : null;
  }
  if (a.isAnnounced && b.isAnnounced) return null;
  if (apart > MAX_TIME_APART_MS.other || !agree(a.title, b.title)) return null;
  return { kind: "same event", score: SCORE.event, terms: terms.map(([term]) => term).slice(0, 8) };
}

function isDistinct(one: string, other: string, terms: ReturnType<typeof sharedTerms>): boolean {
  if (Math.min(lengthOf(one), lengthOf(other)) >= MIN_DISTINCTIVE.letters) return true;
  const weight = terms.reduce((sum, [, each]) => sum + each, 0);
  return (
    weight >= MIN_DISTINCTIVE.weight &&
    terms.filter(([, each]) => each >= MIN_HEAVY_WEIGHT).length >= 2
  );
}

/** Whether two titles have the same numbers and almost the same words, or one is in the other. */
function agree(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const [few, many] = [short.split(" "), long.split(" ")];
  const isPart = ` ${long} `.includes(` ${short} `) || (few.length === 1 && long.includes(short));
  if (isPart)
    return (
      lengthOf(short) >= MIN_PARTIAL_TITLE_CHARS && !numbersOf(long.replace(short, " ")).length
    );
  const [a, b] = [new Set(few), new Set(many)];
  const common = [...a].filter((word) => b.has(word)).length;
  const [less, more] = a.size <= b.size ? [a, b] : [b, a];
  const isWithin = [...less].every(
    (word) => more.has(word) || word.length <= MAX_SHORT_WORD_LETTERS,
  );
  const isAlike = common / (a.size + b.size - common) >= MIN_COMMON_WORDS_SHARE;
  return isWithin && isAlike && numbersOf(short).join() === numbersOf(long).join();
}

function lengthOf(title: string): number {
  return title.length + (title.match(IDEOGRAPH)?.length ?? 0);
}

function numbersOf(title: string): string[] {
  return (title.match(/\p{N}+/gu) ?? []).toSorted();
}

function sharedTerms(a: Features, b: Features): (readonly [string, number])[] {
  const others = new Map(b.terms);
  return a.terms.flatMap(([term, weight]) => {
    const other = others.get(term);
    return other === undefined ? [] : [[term, Math.min(weight, other)] as const];
  });
}
