import { HOUR_MS } from "../../lib/time.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import type { Match } from "../../model/articles/story.ts";
import { HEAVY } from "./events.ts";

/**
 * Maximum time between an item and an article with a matching title, ms: of the same source
 * (`own`), or of another source (`other`).
 */
const APART = { own: 18 * HOUR_MS, other: 48 * HOUR_MS };
/**
 * Minimum number of letters of a title, or minimum weight of the shared terms. Below both, the
 * title can be that of a series or column.
 */
const DISTINCT = { letters: 30, weight: 5 };
/**
 * Minimum share of words that two titles have in common. The other words of the shorter title must
 * be short.
 */
const ALIKE = 0.75;
const SHORT_WORD = 3;
/**
 * Minimum number of letters of a title that is part of the other title. Each ideograph counts as
 * two letters.
 */
const PART = 20;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;
/** Confidence of a match, by its kind. It is lower than for two compared texts. */
const SCORE = { id: 1, title: 0.9, event: 0.5 };

type Announced = Omit<Match, "with">;

/**
 * Returns how two articles match if at least one is an announced item, whose text is too short to
 * compare; null if they don't match. They are the same article if their feed gives both the same
 * id, or if their source gives both matching titles within 18 hours. They belong to the same story
 * if they are from different sources, one is complete, and their titles match and have distinctive
 * words.
 */
export function announcedMatch(a: Features, b: Features): Announced | null {
  if (a.guid !== undefined && a.guid === b.guid) return { kind: "same id", score: SCORE.id };
  const apart = Math.abs(a.at.getTime() - b.at.getTime());
  const terms = sharedTerms(a, b);
  if (!isDistinct(a.title, b.title, terms)) return null;
  if (a.sourceId === b.sourceId) {
    const isSame = a.title === b.title && apart <= APART.own;
    return isSame ? { kind: "same title", score: SCORE.title } : null;
  }
  if (a.isAnnounced && b.isAnnounced) return null;
  if (apart > APART.other || !agree(a.title, b.title)) return null;
  return { kind: "same event", score: SCORE.event, terms: terms.map(([term]) => term).slice(0, 8) };
}

/** Whether two titles are more specific than those of a column or a recurring report. */
function isDistinct(one: string, other: string, terms: ReturnType<typeof sharedTerms>): boolean {
  if (Math.min(lengthOf(one), lengthOf(other)) >= DISTINCT.letters) return true;
  const weight = terms.reduce((sum, [, each]) => sum + each, 0);
  return weight >= DISTINCT.weight && terms.filter(([, each]) => each >= HEAVY).length >= 2;
}

/**
 * Whether two titles match: one is part of the other, or almost all of their words and all numbers
 * are the same.
 */
function agree(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const [few, many] = [short.split(" "), long.split(" ")];
  const isPart = ` ${long} `.includes(` ${short} `) || (few.length === 1 && long.includes(short));
  if (isPart) return lengthOf(short) >= PART && !numbersOf(long.replace(short, " ")).length;
  const [a, b] = [new Set(few), new Set(many)];
  const common = [...a].filter((word) => b.has(word)).length;
  const [less, more] = a.size <= b.size ? [a, b] : [b, a];
  const isWithin = [...less].every((word) => more.has(word) || word.length <= SHORT_WORD);
  const isAlike = common / (a.size + b.size - common) >= ALIKE;
  return isWithin && isAlike && numbersOf(short).join() === numbersOf(long).join();
}

function lengthOf(title: string): number {
  return title.length + (title.match(IDEOGRAPH)?.length ?? 0);
}

function numbersOf(title: string): string[] {
  return (title.match(/\p{N}+/gu) ?? []).toSorted();
}

/** Returns the terms that both have, each with the lower of its two weights. */
function sharedTerms(a: Features, b: Features): (readonly [string, number])[] {
  const others = new Map(b.terms);
  return a.terms.flatMap(([term, weight]) => {
    const other = others.get(term);
    return other === undefined ? [] : [[term, Math.min(weight, other)] as const];
  });
}
