import { HOUR_MS } from "../../lib/time.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import type { Match } from "../../model/articles/story.ts";
import { HEAVY } from "./events.ts";

/** Maximum distance of two items with one title in one source, and of an item and a report of another source, ms. */
const APART = { own: 18 * HOUR_MS, other: 48 * HOUR_MS };
/** A title with so many letters, or such a weight of the terms that both have, is no title of a series or a column. */
const DISTINCT = { letters: 30, weight: 5 };
/** Minimum share of the words of two titles that both have. The shorter title may lack short words only. */
const ALIKE = 0.75;
const SHORT_WORD = 3;
/** Letters that a title has at least where it is a part of the other one; ideographs say as much with half as many. */
const PART = 20;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;
/** How sure it is: less than two texts that were compared. */
const SCORE = { id: 1, title: 0.9, event: 0.5 };

type Announced = Omit<Match, "with">;

/**
 * How an item that was only announced goes with another article, or another article with such an item; null when it doesn't.
 * It is too short for a text to be compared, so it is the same article where its feed gives both the same id, or its source
 * gives both the same title within a day; and it is of the same story where another source's whole article has a title that
 * agrees with its own, with words in it that are not every article's.
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

/** Whether titles say more than that a column or a report of a kind has come again. */
function isDistinct(one: string, other: string, terms: ReturnType<typeof sharedTerms>): boolean {
  if (Math.min(lengthOf(one), lengthOf(other)) >= DISTINCT.letters) return true;
  const weight = terms.reduce((sum, [, each]) => sum + each, 0);
  return weight >= DISTINCT.weight && terms.filter(([, each]) => each >= HEAVY).length >= 2;
}

/** Whether two titles say the same: one is a part of the other, or nearly all of their words are the same, and all numbers. */
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

/** Terms that both have, with the lesser weight. */
function sharedTerms(a: Features, b: Features): (readonly [string, number])[] {
  const others = new Map(b.terms);
  return a.terms.flatMap(([term, weight]) => {
    const other = others.get(term);
    return other === undefined ? [] : [[term, Math.min(weight, other)] as const];
  });
}
