import { diffArrays } from "diff";
import { paragraphsOf, saysNoise } from "./noise.ts";
import { fold, plain, wordsOf } from "./plain.ts";

/** What is compared of an article. */
export interface Told {
  title: string;
  text: string;
  html: string | null;
  /** Beginnings of paragraphs that were taken off either side as the source's boilerplate. */
  without?: readonly string[];
}

/** Words that took the place of others; one of both may be empty. */
export interface Swap {
  from: readonly string[];
  to: readonly string[];
}

/** A piece of text before and after, with the words that differ; none where only marks do. */
export interface Edit {
  before: string;
  after: string;
  swaps: readonly Swap[];
}

/** What differs between two sets of an article's fields, as a reader would notice. */
export interface Comparison {
  title: Edit | null;
  /** Paragraphs that say something else than before. */
  edited: readonly Edit[];
  added: readonly string[];
  removed: readonly string[];
  /** The same paragraphs stand in another order. */
  reordered: boolean;
}

/** Share of common words from which on two paragraphs are one that was edited. */
const ALIKE = 0.5;
/** Pairs of paragraphs looked at to find what was edited into what. */
const MOST_PAIRS = 2500;
/** Words that a counter or a time stamp has at most. */
const SHORT_LINE = 12;
/** Words of a paragraph that are compared one by one. */
const MOST_WORDS = 3000;

/** Compares title and paragraphs; null when nothing differs but layout and what changes by itself. */
export function compare(before: Told, after: Told): Comparison | null {
  const title = editOf(plain(before.title), plain(after.title));
  // What is boilerplate is learnt: it may have been taken off one side only.
  const without = [...(before.without ?? []), ...(after.without ?? [])].map(plain);
  const [one, two] = [before, after].map((told) =>
    paragraphsOf(told).filter((paragraph) => !without.some((head) => paragraph.startsWith(head))),
  );
  const body = compareBodies(one ?? [], two ?? []);
  return title || body ? { title, ...(body ?? NOTHING) } : null;
}

const NOTHING = { edited: [], added: [], removed: [], reordered: false } as const;

function compareBodies(before: string[], after: string[]): Omit<Comparison, "title"> | null {
  // Paragraphs that were only split or joined are the same text.
  if (before.join(" ") === after.join(" ")) return null;
  const removed: string[] = [];
  const added: string[] = [];
  for (const { added: isNew, removed: isGone, value } of diffArrays(before, after)) {
    if (isNew) added.push(...value);
    if (isGone) removed.push(...value);
  }
  const moved = new Set(added.filter((paragraph) => removed.includes(paragraph)));
  const gone = removed.filter((paragraph) => !moved.has(paragraph));
  const fresh = added.filter((paragraph) => !moved.has(paragraph));
  const pairs = pair(gone, fresh);
  const [paired, partners] = [
    new Set(pairs.map(([one]) => one)),
    new Set(pairs.map(([, two]) => two)),
  ];
  const edited = pairs
    .flatMap(([one, two]) => editOf(gone[one] ?? "", fresh[two] ?? "") ?? [])
    .filter((edit) => !isTicked(edit));
  const differences = {
    edited,
    added: fresh.filter((_, index) => !partners.has(index)),
    removed: gone.filter((_, index) => !paired.has(index)),
    reordered: moved.size > 0,
  };
  const { added: more, removed: less, reordered } = differences;
  return edited.length + more.length + less.length > 0 || reordered ? differences : null;
}

/** Whether only the figures of a short line that counts or dates have moved on. */
function isTicked({ before, swaps }: Edit): boolean {
  const words = wordsOf(before);
  if (words.length > SHORT_LINE || swaps.length === 0) return false;
  const figures = (side: readonly string[]) =>
    side.length > 0 && side.every((word) => /\p{N}/u.test(word));
  return (
    swaps.every(({ from, to }) => figures(from) && figures(to)) &&
    words.some((word) => saysNoise(fold(word)))
  );
}

/** Which removed paragraph became which added one: the most alike first. */
function pair(gone: readonly string[], fresh: readonly string[]): [number, number][] {
  if (gone.length * fresh.length > MOST_PAIRS) return [];
  const bags = fresh.map((paragraph) => bagOf(paragraph));
  const scored = gone.flatMap((paragraph, one) => {
    const bag = bagOf(paragraph);
    return bags.map((other, two) => ({ one, two, score: alike(bag, other) }));
  });
  const taken = { one: new Set<number>(), two: new Set<number>() };
  const pairs: [number, number][] = [];
  for (const { one, two, score } of scored.toSorted((a, b) => b.score - a.score)) {
    if (score < ALIKE || taken.one.has(one) || taken.two.has(two)) continue;
    taken.one.add(one);
    taken.two.add(two);
    pairs.push([one, two]);
  }
  return pairs.toSorted(([, a], [, b]) => a - b);
}

function bagOf(paragraph: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const word of wordsOf(paragraph).slice(0, MOST_WORDS)) {
    const key = word.toLowerCase();
    bag.set(key, (bag.get(key) ?? 0) + 1);
  }
  return bag;
}

/** Dice's coefficient of two bags of words. */
function alike(one: Map<string, number>, two: Map<string, number>): number {
  let common = 0;
  for (const [word, count] of one) common += Math.min(count, two.get(word) ?? 0);
  const size = (bag: Map<string, number>) => [...bag.values()].reduce((sum, n) => sum + n, 0);
  const all = size(one) + size(two);
  return all === 0 ? 0 : (2 * common) / all;
}

function editOf(before: string, after: string): Edit | null {
  if (before === after) return null;
  return { before, after, swaps: swapsOf(before, after) };
}

function swapsOf(before: string, after: string): Swap[] {
  const [one, two] = [wordsOf(before), wordsOf(after)];
  if (one.length > MOST_WORDS || two.length > MOST_WORDS) return [{ from: one, to: two }];
  const swaps: { from: string[]; to: string[] }[] = [];
  let open = false;
  for (const { added, removed, value } of diffArrays(one, two)) {
    if (!added && !removed) {
      open = false;
      continue;
    }
    if (!open) swaps.push({ from: [], to: [] });
    open = true;
    const swap = swaps.at(-1);
    if (removed) swap?.from.push(...value);
    else swap?.to.push(...value);
  }
  return swaps;
}
