import { type Features, PERMUTATIONS } from "../../model/articles/fingerprint.ts";

/** Estimated Jaccard similarity from which two texts tell the same. */
const SIMILAR = 0.6;
/** Part of the shorter text that stands in the longer one from which it is an excerpt. */
const EXCERPT = 0.66;
/** As far as a copy of a copy may be from the first text, by either measure. */
const RESEMBLES = 0.4;
/** Look-alikes have at least two figures of their own each, and share less than this part. */
const SHARED_NUMBERS = 0.65;
const OWN_NUMBERS = 2;

/** How two articles have the same text, and how much of it. */
export interface Likeness {
  kind: "same text" | "similar" | "excerpt";
  /** Jaccard similarity, of an excerpt the part of the shorter text that is shared; 0 to 1. */
  score: number;
}

/** Whether one of two articles is a copy of the other, and how; null when none is. */
export function copyOf(a: Features, b: Features): Likeness | null {
  if (isSameText(a, b)) return { kind: "same text", score: 1 };
  const jaccard = similarity(a, b);
  const contained = containment(a, b, jaccard);
  if ((jaccard < SIMILAR && contained < EXCERPT) || areOfOneForm(a, b)) return null;
  return jaccard >= SIMILAR
    ? { kind: "similar", score: jaccard }
    : { kind: "excerpt", score: contained };
}

/** Whether a text can be a copy of a copy of another. */
export function resembles(a: Features, b: Features): boolean {
  if (isSameText(a, b)) return true;
  const jaccard = similarity(a, b);
  return containment(a, b, jaccard) >= RESEMBLES && !areOfOneForm(a, b);
}

/** Estimated Jaccard similarity of two texts, 0 to 1; 0 when one is too short to tell. */
export function similarity(a: Features, b: Features): number {
  if (isSameText(a, b)) return 1;
  if (a.signature.length !== PERMUTATIONS || b.signature.length !== PERMUTATIONS) return 0;
  let equal = 0;
  for (let i = 0; i < PERMUTATIONS; i += 1) if (a.signature[i] === b.signature[i]) equal += 1;
  return equal / PERMUTATIONS;
}

/** Estimated part of the shorter text's shingles that the longer one has too, 0 to 1. */
function containment(a: Features, b: Features, jaccard = similarity(a, b)): number {
  const common = (jaccard / (1 + jaccard)) * (a.shingles + b.shingles);
  return Math.min(1, common / Math.max(1, Math.min(a.shingles, b.shingles)));
}

function isSameText(a: Features, b: Features): boolean {
  return a.words > 0 && b.words > 0 && a.textHash === b.textHash;
}

/**
 * Whether two similar texts are different reports of one form (daily figures, tenders): their titles
 * contradict each other in numbers while being alike otherwise or while the figures in the texts
 * differ too, or the texts differ in nothing but figures, or in most of them.
 */
function areOfOneForm(a: Features, b: Features): boolean {
  const [few, many] = bySize(a.numbers.text, b.numbers.text);
  const common = shared(few, many);
  const isContradicted = common < few.length;
  if (isContradicted && a.numbers.textForm === b.numbers.textForm) return true;
  const differ = few.length - common >= OWN_NUMBERS;
  if (differ && common < few.length * SHARED_NUMBERS) return true;
  const [less, more] = bySize(a.numbers.title, b.numbers.title);
  const isTitleContradicted = less.length > 0 && shared(less, more) < less.length;
  return isTitleContradicted && (a.numbers.form === b.numbers.form || isContradicted);
}

function bySize(a: string[], b: string[]): [less: string[], more: string[]] {
  return a.length <= b.length ? [a, b] : [b, a];
}

function shared(a: string[], b: string[]): number {
  const others = new Set(b);
  return a.filter((value) => others.has(value)).length;
}
