import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import type { Cluster, LinkConstraint, Match } from "../../model/articles/story.ts";
import { copyOf, resembles } from "./copies.ts";
import { eventOf } from "./events.ts";

/** How much less an article needs to share with the first of a story than with another of it. */
const STORY_EASE = 0.5;

/** What an article's cluster is decided by. */
export interface Surroundings {
  /** Articles that it shares a key with, and those that it is kept apart from. */
  neighbours: readonly Fingerprint[];
  /** Any article by its id: neighbours, and those that stand first in their stories. */
  get(id: string): Fingerprint | undefined;
}

/** Whether one article comes before another in the order that clusters follow: by time, then id. */
export function isBefore(a: Pick<Fingerprint, "_id" | "at">, b: typeof a): boolean {
  return a.at.getTime() === b.at.getTime() ? a._id < b._id : a.at < b.at;
}

/**
 * Decides where an article stands: with the earlier article that it is most alike, if it also
 * resembles the first one of that text; on its own otherwise. Since only earlier articles count,
 * there is one outcome for a set of articles, in whatever order they arrive.
 */
export function clusterOf(own: Fingerprint, { neighbours, get }: Surroundings): Cluster {
  let best: { match: Match; first: Fingerprint } | null = null;
  for (const first of neighbours) {
    if (first._id === own._id || !isBefore(first, own)) continue;
    const match = matchOf(own, first);
    if (!match || !isAdmitted(own, { match, first }, get)) continue;
    if (!best || isStronger({ match, first }, best)) best = { match, first };
  }
  if (!best) return { match: null, origin: own._id, story: own._id };
  const { origin, story } = placeInCluster(best.first);
  return { match: best.match, origin: isCopy(best.match) ? origin : own._id, story };
}

/**
 * Whether a decided article may have to stand elsewhere since an earlier one, `first`, came or moved: when it goes with
 * that one, is kept apart from it, or would go with it rather than with the one that it goes with.
 */
export function mayMove(own: Fingerprint, first: Fingerprint, get: Surroundings["get"]): boolean {
  const known = own.cluster?.match;
  if (known?.with === first._id || areApart(own, first)) return true;
  const match = matchOf(own, first);
  if (!match || !known) return match !== null;
  const base = get(known.with);
  return !base || isStronger({ match, first }, { match: known, first: base });
}

/** How an article goes with an earlier one; null when it doesn't, or is kept apart from it. */
export function matchOf(own: Fingerprint, first: Fingerprint): Match | null {
  if (areApart(own, first)) return null;
  const copy = copyOf(own, first);
  if (copy) return { with: first._id, kind: copy.kind, score: rounded(copy.score) };
  const event = eventOf(own, first);
  if (!event) return null;
  const { score, terms } = event;
  return { with: first._id, kind: "same event", score: rounded(score), terms };
}

/** A cluster as it is known; an article that isn't decided yet stands on its own. */
function placeInCluster({ _id, cluster }: Fingerprint): Cluster {
  return cluster ?? { match: null, origin: _id, story: _id };
}

/** An earlier article, and how another one goes with it. */
interface Offer {
  match: Match;
  first: Fingerprint;
}

/** Whether an article may follow `first`: not away from where that one stands. */
function isAdmitted(own: Fingerprint, { match, first }: Offer, get: Surroundings["get"]): boolean {
  const { origin, story } = placeInCluster(first);
  if (apartFrom(own).some((id) => isOf(story, get(id), own))) return false;
  const head = get(isCopy(match) ? origin : story);
  if (!head || head === first) return true;
  return isCopy(match) ? resembles(own, head) : eventOf(own, head, STORY_EASE) !== null;
}

/** Whether an earlier article than `own` is in a story: later ones must not count. */
function isOf(story: string, other: Fingerprint | undefined, own: Fingerprint): boolean {
  return other !== undefined && isBefore(other, own) && placeInCluster(other).story === story;
}

function isStronger({ match, first }: Offer, best: Offer): boolean {
  if (isCopy(match) !== isCopy(best.match)) return isCopy(match);
  if (match.score !== best.match.score) return match.score > best.match.score;
  return isBefore(first, best.first);
}

/** Whether two articles have one text, not only one event. */
function isCopy({ kind }: Match): boolean {
  return kind !== "same event";
}

function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}

/** Articles that editors keep apart from one. */
export function apartFrom({
  linkConstraints = [],
}: Pick<Fingerprint, "linkConstraints">): string[] {
  return constrained("cannot-link", linkConstraints);
}

/** Articles whose stories editors joined with one's. */
export function joinedWith({
  linkConstraints = [],
}: Pick<Fingerprint, "linkConstraints">): string[] {
  return constrained("must-link", linkConstraints);
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
  prints: readonly Pick<Fingerprint, "_id" | "cluster" | "linkConstraints">[],
): Map<string, string> {
  const storyOf = new Map(prints.map(({ _id, cluster }) => [_id, cluster?.story]));
  const names = new Map<string, string>();
  const nameOf = (story: string): string => {
    const name = names.get(story);
    return name === undefined || name === story ? story : nameOf(name);
  };
  for (const print of prints) {
    for (const other of joinedWith(print)) {
      const [own, theirs] = [print.cluster?.story, storyOf.get(other)];
      if (own === undefined || theirs === undefined) continue;
      const [least = own, most = own] = [nameOf(own), nameOf(theirs)].toSorted();
      names.set(most, least);
      names.set(least, least);
    }
  }
  return new Map([...names.keys()].map((story) => [story, nameOf(story)]));
}

function constrained(
  kind: LinkConstraint["kind"],
  linkConstraints: readonly LinkConstraint[],
): string[] {
  return linkConstraints
    .filter((constraint) => constraint.kind === kind)
    .flatMap((constraint) => constraint.with);
}
