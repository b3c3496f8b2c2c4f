import { HOUR_MS } from "../../lib/time.ts";
import {
  type ArticleStatus,
  COMPLETENESS,
  type Completeness,
} from "../../model/articles/article.ts";
import { type Features, type Fingerprint, PERMUTATIONS } from "../../model/articles/fingerprint.ts";
import type {
  Cluster,
  LinkConstraint,
  Match,
  Origin,
  Representation,
} from "../../model/articles/story.ts";
import { eventOf, MIN_HEAVY_WEIGHT } from "./fingerprint.ts";

const STORY_THRESHOLD_FACTOR = 0.5;

export interface Surroundings {
  /** Articles that share a key with this article, and articles that editors keep apart from it. */
  neighbours: readonly Fingerprint[];
  /**
   * Returns an article's fingerprint, or undefined if it is missing. The article is a neighbour,
   * the article that a neighbour copies, or the first article of a neighbour's story.
   */
  get(id: string): Fingerprint | undefined;
}

/** Whether one article comes before another in clustering order: by time, then id. */
export function isBefore(a: Pick<Fingerprint, "_id" | "at">, b: typeof a): boolean {
  return a.at.getTime() === b.at.getTime() ? a._id < b._id : a.at < b.at;
}

/** Returns an article's cluster: that of its best match among earlier articles, or a new one. */
export function clusterOf(own: Fingerprint, { neighbours, get }: Surroundings): Cluster {
  let best: Offer | null = null;
  for (const first of neighbours) {
    // Later articles don't count, so that the result doesn't depend on the order of arrival.
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
 * Whether an article's cluster can change because an earlier article, `first`, was added or changed
 * its own cluster.
 */
export function mayMove(own: Fingerprint, first: Fingerprint, get: Surroundings["get"]): boolean {
  const known = own.cluster?.match;
  if (known?.with === first._id || areApart(own, first)) return true;
  const match = matchOf(own, first);
  if (!match || !known) return match !== null;
  const base = get(known.with);
  return !base || isStronger({ match, first }, { match: known, first: base });
}

/** Returns how an article matches an earlier one; null if not, or if editors keep them apart. */
export function matchOf(own: Fingerprint, first: Fingerprint): Match | null {
  if (areApart(own, first)) return null;
  const copy = copyOf(own, first);
  if (copy) return { with: first._id, ...copy, score: rounded(copy.score) };
  if (own.isAnnounced || first.isAnnounced) {
    const match = announcedMatch(own, first);
    return match && { with: first._id, ...match };
  }
  const event = eventOf(own, first);
  if (!event) return null;
  return { with: first._id, kind: "same event", ...event, score: rounded(event.score) };
}

function placeInCluster({ _id, cluster }: Fingerprint): Cluster {
  return cluster ?? { match: null, origin: _id, story: _id };
}

interface Offer {
  match: Match;
  first: Fingerprint;
}

function isAdmitted(own: Fingerprint, { match, first }: Offer, get: Surroundings["get"]): boolean {
  const { origin, story } = placeInCluster(first);
  const isInStory = (id: string) => {
    const other = get(id);
    return other && isBefore(other, own) && placeInCluster(other).story === story;
  };
  if (apartFrom(own).some(isInStory)) return false;
  // An announced article has too little text for a comparison with the cluster's first article, so
  // a match by title is enough.
  if (own.isAnnounced || first.isAnnounced) return true;
  const head = get(isCopy(match) ? origin : story);
  if (!head || head === first) return true;
  return isCopy(match) ? resembles(own, head) : eventOf(own, head, STORY_THRESHOLD_FACTOR) !== null;
}

function isStronger({ match, first }: Offer, best: Offer): boolean {
  if (isCopy(match) !== isCopy(best.match)) return isCopy(match);
  if (match.score !== best.match.score) return match.score > best.match.score;
  return isBefore(first, best.first);
}

function isCopy({ kind }: Match): boolean {
  return kind !== "same event";
}

function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}

const constrainedBy =
  (kind: LinkConstraint["kind"]) =>
  ({ linkConstraints = [] }: Pick<Fingerprint, "linkConstraints">): string[] =>
    linkConstraints.flatMap((constraint) => (constraint.kind === kind ? constraint.with : []));

/** Returns the ids of the articles that editors keep apart from this one. */
export const apartFrom = constrainedBy("cannot-link");

/** Returns the ids of the articles that editors put in the same story as this one. */
export const joinedWith = constrainedBy("must-link");

export function areApart(a: Fingerprint, b: Fingerprint): boolean {
  return apartFrom(a).includes(b._id) || apartFrom(b).includes(a._id);
}

/** Returns, for each story that editors joined with others, the lowest id of the joined stories. */
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

const MIN_COPY_SIMILARITY = 0.6;
const MIN_EXCERPT_SHARE = 0.66;
const MIN_INDIRECT_COPY_SHARE = 0.4;
const MAX_SHARED_NUMBERS_SHARE = 0.65;
const MIN_DIFFERING_NUMBERS = 2;

export function copyOf(a: Features, b: Features): Pick<Match, "kind" | "score"> | null {
  // Recurring notices aren't copies, even if their texts are equal.
  if (areOfOneSeries(a, b)) return null;
  if (isSameText(a, b)) return { kind: "same text", score: 1 };
  const jaccard = similarity(a, b);
  const contained = containment(a, b, jaccard);
  if ((jaccard < MIN_COPY_SIMILARITY && contained < MIN_EXCERPT_SHARE) || areDifferentReports(a, b))
    return null;
  return jaccard >= MIN_COPY_SIMILARITY
    ? { kind: "similar", score: jaccard }
    : { kind: "excerpt", score: contained };
}

/** Whether one text can be a copy of the other, directly or through a third text. */
export function resembles(a: Features, b: Features): boolean {
  if (areOfOneSeries(a, b)) return false;
  if (isSameText(a, b)) return true;
  const jaccard = similarity(a, b);
  return containment(a, b, jaccard) >= MIN_INDIRECT_COPY_SHARE && !areDifferentReports(a, b);
}

/** Returns the estimated Jaccard similarity, 0 to 1. Different texts get 0 if one is too short. */
export function similarity(a: Features, b: Features): number {
  if (isSameText(a, b)) return 1;
  if (a.signature.length !== PERMUTATIONS || b.signature.length !== PERMUTATIONS) return 0;
  let equal = 0;
  for (let i = 0; i < PERMUTATIONS; i += 1) if (a.signature[i] === b.signature[i]) equal += 1;
  return equal / PERMUTATIONS;
}

function containment(a: Features, b: Features, jaccard: number): number {
  const common = (jaccard / (1 + jaccard)) * (a.shingles + b.shingles);
  return Math.min(1, common / Math.max(1, Math.min(a.shingles, b.shingles)));
}

function isSameText(a: Features, b: Features): boolean {
  return a.words > 0 && b.words > 0 && a.textHash === b.textHash;
}

/** Whether the numbers differ: daily reports repeat a text with new figures. */
function areDifferentReports(a: Features, b: Features): boolean {
  const [few, many] = bySize(a.numbers.text, b.numbers.text);
  const common = shared(few, many);
  const isContradicted = common < few.length;
  if (isContradicted && a.numbers.textForm === b.numbers.textForm) return true;
  const differ = few.length - common >= MIN_DIFFERING_NUMBERS;
  if (differ && common < few.length * MAX_SHARED_NUMBERS_SHARE) return true;
  return isTitleContradicted(a, b) && (a.numbers.form === b.numbers.form || isContradicted);
}

function areOfOneSeries(a: Features, b: Features): boolean {
  const isOneForm = a.sourceId === b.sourceId && a.numbers.form === b.numbers.form;
  return isOneForm && isTitleContradicted(a, b);
}

function isTitleContradicted(a: Features, b: Features): boolean {
  const [less, more] = bySize(a.numbers.title, b.numbers.title);
  return less.length > 0 && shared(less, more) < less.length;
}

function bySize(a: string[], b: string[]): [less: string[], more: string[]] {
  return a.length <= b.length ? [a, b] : [b, a];
}

function shared(a: string[], b: string[]): number {
  const others = new Set(b);
  return a.filter((value) => others.has(value)).length;
}

const MAX_TIME_APART_MS = { own: 18 * HOUR_MS, other: 48 * HOUR_MS };
const MIN_DISTINCTIVE = { letters: 30, weight: 5 };
const MIN_COMMON_WORDS_SHARE = 0.75;
const MAX_SHORT_WORD_LETTERS = 3;
const MIN_PARTIAL_TITLE_CHARS = 20;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;
const SCORE = { id: 1, title: 0.9, event: 0.5 };

function announcedMatch(a: Features, b: Features): Omit<Match, "with"> | null {
  if (a.guid && a.guid === b.guid) return { kind: "same id", score: SCORE.id };
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

/** The facts that decide which of several articles represents the others. */
export interface Candidate extends Pick<Fingerprint, "_id" | "at" | "trust"> {
  status: ArticleStatus;
  completeness: Completeness;
  /** Score for the completeness and confidence of the article's fields, 0 to 1. */
  fieldScore: number;
}

export interface Member extends Candidate, Pick<Fingerprint, "sourceId"> {
  cluster: Cluster;
}

/** Returns, for each article, which article represents its text, and which one its story. */
export function represent(members: readonly Member[]): Map<string, Representation> {
  const byOrigin = new Map<string, Member[]>();
  for (const member of members) {
    const { origin } = member.cluster;
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), member]);
  }
  const texts = [...byOrigin.values()].map((copies) => ({ copies, head: firstOf(copies) }));
  const storyId = firstOf(texts.map(({ head }) => head))._id;
  return new Map(
    texts.flatMap(({ copies, head }) =>
      copies.map((member): [string, Representation] => {
        const { _id } = member;
        const duplicateOf = _id === head._id ? null : head._id;
        return [_id, { duplicateOf, storyId, origin: originOf(member, copies) }];
      }),
    ),
  );
}

function originOf({ _id, at, cluster }: Member, copies: readonly Member[]): Origin | null {
  const first = copies.find((copy) => copy._id === cluster.origin);
  if (!first || first._id === _id) return null;
  return { sourceId: first.sourceId, after: (at.getTime() - first.at.getTime()) / 1000 };
}

const MOST_COMPLETE_FIRST = Object.keys(COMPLETENESS).toReversed();

const VISIBILITY_RANK: Record<ArticleStatus, number> = { published: 0, unlisted: 1, retracted: 2 };

/** Earlier rules take precedence, and the lower value wins. */
const RULES: readonly { words: string; of: (one: Candidate) => number }[] = [
  { words: "readers see it", of: ({ status }) => VISIBILITY_RANK[status] },
  {
    words: "it is the most complete",
    of: ({ completeness }) => MOST_COMPLETE_FIRST.indexOf(completeness),
  },
  { words: "its source is trusted most", of: ({ trust }) => -trust },
  { words: "it is the earliest", of: ({ at }) => at.getTime() },
  { words: "its fields have the highest confidence", of: ({ fieldScore }) => -fieldScore },
];

/**
 * Returns why an article represents the others. `of 3: readers see it; of 2: it is the earliest`
 * means that readers see two of the three articles, and that the chosen one is the earlier one.
 */
export function whyFirst(members: readonly Candidate[]): string {
  const steps: string[] = [];
  let left = members;
  for (const { words, of } of RULES) {
    if (left.length < 2) break;
    const least = Math.min(...left.map(of));
    const best = left.filter((one) => of(one) === least);
    if (best.length < left.length) steps.push(`of ${left.length}: ${words}`);
    left = best;
  }
  if (left.length > 1) steps.push(`of ${left.length}: its id comes first`);
  return steps.join("; ") || "it is the only one";
}

function firstOf<T extends Candidate>(members: readonly T[]): T {
  const [first] = members.toSorted((a, b) => {
    const rule = RULES.find(({ of }) => of(a) !== of(b));
    return rule ? rule.of(a) - rule.of(b) : a._id < b._id ? -1 : 1;
  });
  if (!first) throw new RangeError("a story has at least one member");
  return first;
}
