import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import type { Bond, Ruling, Standing } from "../../model/articles/story.ts";
import { copyOf, resembles } from "./copies.ts";
import { eventOf } from "./events.ts";

/** How much less an article needs to share with the first of a story than with another of it. */
const STORY_EASE = 0.5;

/** What an article's standing is decided by. */
export interface Surroundings {
  /** Articles that it shares a key with, and those that it is kept apart from. */
  neighbours: readonly Fingerprint[];
  /** Any article by its id: neighbours, and those that stand first in their stories. */
  get(id: string): Fingerprint | undefined;
}

/** Whether one article comes before another in the order that standings follow: by time, then id. */
export function isBefore(a: Pick<Fingerprint, "_id" | "at">, b: typeof a): boolean {
  return a.at.getTime() === b.at.getTime() ? a._id < b._id : a.at < b.at;
}

/**
 * Decides where an article stands: with the earlier article that it is most alike, if it also
 * resembles the first one of that text; on its own otherwise. Since only earlier articles count,
 * there is one outcome for a set of articles, in whatever order they arrive.
 */
export function standingOf(own: Fingerprint, { neighbours, get }: Surroundings): Standing {
  let best: { bond: Bond; first: Fingerprint } | null = null;
  for (const first of neighbours) {
    if (first._id === own._id || !isBefore(first, own)) continue;
    const bond = bondOf(own, first);
    if (!bond || !isAdmitted(own, { bond, first }, get)) continue;
    if (!best || isStronger({ bond, first }, best)) best = { bond, first };
  }
  if (!best) return { bond: null, origin: own._id, story: own._id };
  const { origin, story } = standsAt(best.first);
  return { bond: best.bond, origin: isCopy(best.bond) ? origin : own._id, story };
}

/**
 * Whether a decided article may have to stand elsewhere since an earlier one, `first`, came or moved: when it goes with
 * that one, is kept apart from it, or would go with it rather than with the one that it goes with.
 */
export function mayMove(own: Fingerprint, first: Fingerprint, get: Surroundings["get"]): boolean {
  const known = own.standing?.bond;
  if (known?.with === first._id || areApart(own, first)) return true;
  const bond = bondOf(own, first);
  if (!bond || !known) return bond !== null;
  const base = get(known.with);
  return !base || isStronger({ bond, first }, { bond: known, first: base });
}

/** How an article goes with an earlier one; null when it doesn't, or is kept apart from it. */
export function bondOf(own: Fingerprint, first: Fingerprint): Bond | null {
  if (areApart(own, first)) return null;
  const copy = copyOf(own, first);
  if (copy) return { with: first._id, kind: copy.kind, score: rounded(copy.score) };
  const event = eventOf(own, first);
  if (!event) return null;
  const { score, terms } = event;
  return { with: first._id, kind: "same event", score: rounded(score), terms };
}

/** A standing as it is known; an article that isn't decided yet stands on its own. */
function standsAt({ _id, standing }: Fingerprint): Standing {
  return standing ?? { bond: null, origin: _id, story: _id };
}

/** An earlier article, and how another one goes with it. */
interface Offer {
  bond: Bond;
  first: Fingerprint;
}

/** Whether an article may follow `first`: not away from where that one stands. */
function isAdmitted(own: Fingerprint, { bond, first }: Offer, get: Surroundings["get"]): boolean {
  const { origin, story } = standsAt(first);
  if (apartFrom(own).some((id) => isOf(story, get(id), own))) return false;
  const head = get(isCopy(bond) ? origin : story);
  if (!head || head === first) return true;
  return isCopy(bond) ? resembles(own, head) : eventOf(own, head, STORY_EASE) !== null;
}

/** Whether an earlier article than `own` is in a story: later ones must not count. */
function isOf(story: string, other: Fingerprint | undefined, own: Fingerprint): boolean {
  return other !== undefined && isBefore(other, own) && standsAt(other).story === story;
}

function isStronger({ bond, first }: Offer, best: Offer): boolean {
  if (isCopy(bond) !== isCopy(best.bond)) return isCopy(bond);
  if (bond.score !== best.bond.score) return bond.score > best.bond.score;
  return isBefore(first, best.first);
}

/** Whether two articles have one text, not only one event. */
function isCopy({ kind }: Bond): boolean {
  return kind !== "same event";
}

function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}

/** Articles that editors keep apart from one. */
export function apartFrom({ rulings = [] }: Pick<Fingerprint, "rulings">): string[] {
  return saying("apart", rulings);
}

/** Articles whose stories editors joined with one's. */
export function joinedWith({ rulings = [] }: Pick<Fingerprint, "rulings">): string[] {
  return saying("joined", rulings);
}

/** Whether editors keep two articles apart. */
export function areApart(a: Fingerprint, b: Fingerprint): boolean {
  return apartFrom(a).includes(b._id) || apartFrom(b).includes(a._id);
}

/**
 * For each story that editors joined with others the name of all of them together: the least of
 * their names. `prints` are the fingerprints of their articles.
 */
export function joinedStories(
  prints: readonly Pick<Fingerprint, "_id" | "standing" | "rulings">[],
): Map<string, string> {
  const storyOf = new Map(prints.map(({ _id, standing }) => [_id, standing?.story]));
  const names = new Map<string, string>();
  const nameOf = (story: string): string => {
    const name = names.get(story);
    return name === undefined || name === story ? story : nameOf(name);
  };
  for (const print of prints) {
    for (const other of joinedWith(print)) {
      const [own, theirs] = [print.standing?.story, storyOf.get(other)];
      if (own === undefined || theirs === undefined) continue;
      const [least = own, most = own] = [nameOf(own), nameOf(theirs)].toSorted();
      names.set(most, least);
      names.set(least, least);
    }
  }
  return new Map([...names.keys()].map((story) => [story, nameOf(story)]));
}

function saying(say: Ruling["say"], rulings: readonly Ruling[]): string[] {
  return rulings.filter((ruling) => ruling.say === say).flatMap((ruling) => ruling.with);
}
