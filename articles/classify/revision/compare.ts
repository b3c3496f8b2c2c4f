import { isDeepStrictEqual } from "node:util";
import { diffArrays } from "diff";
import { differenceOf } from "../../../lib/text.ts";
import {
  fold,
  isFullSentence,
  paragraphsOf,
  plain,
  saysNoise,
  withoutNoise,
  wordsOf,
} from "./noise.ts";

export interface ComparedText {
  title: string;
  text: string;
  html: string | null;
  /** Beginnings of paragraphs removed as boilerplate; missing if there are none. */
  without?: readonly string[];
}

/** Words that replaced others. `from` is empty for an insertion, `to` for a deletion. */
export interface Swap {
  from: readonly string[];
  to: readonly string[];
}

/** A passage before and after an edit. `swaps` is empty if only punctuation differs. */
export interface Edit {
  before: string;
  after: string;
  swaps: readonly Swap[];
}

/** The differences that a reader would notice between two versions of an article. */
export interface Comparison {
  title: Edit | null;
  edited: readonly Edit[];
  added: readonly string[];
  removed: readonly string[];
  reordered: boolean;
  /** Number of characters in the parts that differ, if too many to compare; otherwise 0. */
  beyond: number;
}

const MIN_COMMON_WORD_SHARE = 0.5;
const MAX_DIFFERING_SPAN_CHARS = 120_000;
const MAX_DIFFERING_SPAN_PARAGRAPHS = 4000;
const MAX_COMPARED_CHARS = 24_000;
const MAX_COMPARED_PAIRS = 1600;
const MAX_PAIRED_CHARS = 12_000;
const MAX_COMPARED_WORDS = 300;
/** The time for a comparison grows with the square of this limit. */
const MAX_EDITED_WORDS = 100;
const MAX_COUNTER_WORDS = 12;
const MAX_COUNTER_CHARS = 300;

/** Returns what a reader would notice; null if only layout or counters differ. */
export function compare(before: ComparedText, after: ComparedText): Comparison | null {
  const title = editOf(readOf(plain(before.title)), readOf(plain(after.title)));
  const body = compareTexts(before, after);
  return title || body ? { title, ...(body ?? NO_CHANGES) } : null;
}

const NO_CHANGES = { edited: [], added: [], removed: [], reordered: false, beyond: 0 } as const;

function compareTexts(before: ComparedText, after: ComparedText): Omit<Comparison, "title"> | null {
  const { start, one, other } = differenceOf(before.text, after.text);
  const [was, is] = [before.text.slice(start, one), after.text.slice(start, other)];
  const between = was.length + is.length;
  if (between > MAX_DIFFERING_SPAN_CHARS) return { ...NO_CHANGES, beyond: between };
  const [had, has] = [paragraphsOf(was), paragraphsOf(is)];
  if (had.length + has.length > MAX_DIFFERING_SPAN_PARAGRAPHS)
    return { ...NO_CHANGES, beyond: between };
  const { gone, fresh, stayed, remaining } = parted(had, has, plain);
  const beyond = lengthOf(gone) + lengthOf(fresh);
  if (beyond > MAX_COMPARED_CHARS) return { ...NO_CHANGES, beyond };
  // Boilerplate is learnt over time, so it can be missing from one version only.
  const without = [...(before.without ?? []), ...(after.without ?? [])].map(plain);
  const written = (paragraphs: readonly string[], { html }: ComparedText) =>
    withoutNoise(paragraphs, html).filter(
      (paragraph) => !without.some((head) => paragraph.startsWith(head)),
    );
  const isOrderKnown = lengthOf(stayed) + lengthOf(remaining) <= MAX_COMPARED_CHARS;
  const moved =
    isOrderKnown && !isDeepStrictEqual(written(stayed, before), written(remaining, after));
  return compareBodies(written(gone, before), written(fresh, after), moved);
}

function compareBodies(
  before: string[],
  after: string[],
  moved: boolean,
): Omit<Comparison, "title"> | null {
  // The same text, with paragraphs split or joined.
  if (before.join(" ") === after.join(" "))
    return moved ? { ...NO_CHANGES, reordered: true } : null;
  const { gone, fresh, stayed, remaining } = parted(before, after);
  const pairs = pair(gone, fresh);
  const paired = new Set(pairs.map(({ one }) => one.index));
  const partners = new Set(pairs.map(({ two }) => two.index));
  const edited = pairs
    .flatMap(({ one, two }) => editOf(one, two) ?? [])
    .filter((edit) => !isCounterUpdate(edit));
  const added = fresh.filter((_, index) => !partners.has(index));
  const removed = gone.filter((_, index) => !paired.has(index));
  const reordered = moved || !isDeepStrictEqual(stayed, remaining);
  const differs = edited.length + added.length + removed.length > 0 || reordered;
  return differs ? { edited, added, removed, reordered, beyond: 0 } : null;
}

function lengthOf(paragraphs: readonly string[]): number {
  return paragraphs.reduce((sum, { length }) => sum + length, 0);
}

function parted(
  before: readonly string[],
  after: readonly string[],
  keyOf = (paragraph: string) => paragraph,
) {
  const [one, two] = [before.map(keyOf), after.map(keyOf)];
  const [gone, stayed] = splitByOther(before, one, countsOf(two));
  const [fresh, remaining] = splitByOther(after, two, countsOf(one));
  return { gone, fresh, stayed, remaining };
}

function countsOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/**
 * Returns the paragraphs that the other version lacks, then those that both versions have. `other`
 * counts the other version's keys; each paragraph reduces the count of its key.
 */
function splitByOther(
  paragraphs: readonly string[],
  keys: readonly string[],
  other: Map<string, number>,
): [string[], string[]] {
  const [own, common]: [string[], string[]] = [[], []];
  for (const [index, paragraph] of paragraphs.entries()) {
    const key = keys[index] ?? "";
    const left = other.get(key) ?? 0;
    other.set(key, left - 1);
    (left > 0 ? common : own).push(paragraph);
  }
  return [own, common];
}

function isCounterUpdate({ before, swaps }: Edit): boolean {
  if (before.length > MAX_COUNTER_CHARS || swaps.length === 0) return false;
  if (isFullSentence(before)) return false;
  const words = wordsOf(before, MAX_COUNTER_WORDS + 1);
  if (words.length > MAX_COUNTER_WORDS) return false;
  const areNumbers = (swapped: readonly string[]) =>
    swapped.length > 0 && swapped.every((word) => /\p{N}/u.test(word));
  return (
    swaps.every(({ from, to }) => areNumbers(from) && areNumbers(to)) &&
    words.some((word) => saysNoise(fold(word)))
  );
}

function readOf(text: string) {
  return { text, words: wordsOf(text) };
}

type Bag = ReturnType<typeof bagOf>;

function bagOf(text: string, index: number) {
  const read = readOf(text);
  const words = read.words.slice(0, MAX_COMPARED_WORDS).map((word) => word.toLowerCase());
  return { ...read, index, counts: countsOf(words), size: words.length };
}

function pair(gone: readonly string[], fresh: readonly string[]): { one: Bag; two: Bag }[] {
  if (gone.length * fresh.length > MAX_COMPARED_PAIRS) return [];
  if (lengthOf(gone) + lengthOf(fresh) > MAX_PAIRED_CHARS) return [];
  const bags = fresh.map(bagOf);
  const scored = gone
    .map(bagOf)
    .flatMap((one) => bags.map((two) => ({ one, two, score: diceSimilarity(one, two) })));
  const taken = new Set<Bag>();
  const pairs: { one: Bag; two: Bag }[] = [];
  for (const { one, two, score } of scored.toSorted((a, b) => b.score - a.score)) {
    if (score < MIN_COMMON_WORD_SHARE || taken.has(one) || taken.has(two)) continue;
    taken.add(one).add(two);
    pairs.push({ one, two });
  }
  return pairs.toSorted((a, b) => a.two.index - b.two.index);
}

function diceSimilarity(one: Bag, two: Bag): number {
  const all = one.size + two.size;
  // The smaller one can't share more words than it has.
  if (all === 0 || (2 * Math.min(one.size, two.size)) / all < MIN_COMMON_WORD_SHARE) return 0;
  let common = 0;
  for (const [word, count] of one.counts) common += Math.min(count, two.counts.get(word) ?? 0);
  return (2 * common) / all;
}

type Read = ReturnType<typeof readOf>;

function editOf(before: Read, after: Read): Edit | null {
  if (before.text === after.text) return null;
  const swaps = swapsOf(before.words, after.words);
  return { before: before.text, after: after.text, swaps };
}

function swapsOf(before: readonly string[], after: readonly string[]): Swap[] {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < least - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const from = before.slice(start, before.length - end);
  const to = after.slice(start, after.length - end);
  if (from.length === 0 && to.length === 0) return [];
  const whole = [{ from, to }];
  if (from.length === 0 || to.length === 0) return whole;
  const changes = diffArrays(from, to, { maxEditLength: MAX_EDITED_WORDS });
  if (!changes) return whole;
  const swaps: { from: string[]; to: string[] }[] = [];
  let swap: (typeof swaps)[number] | null = null;
  for (const { added, removed, value } of changes) {
    if (!added && !removed) {
      swap = null;
      continue;
    }
    if (!swap) {
      swap = { from: [], to: [] };
      swaps.push(swap);
    }
    if (removed) swap.from.push(...value);
    else swap.to.push(...value);
  }
  return swaps;
}
