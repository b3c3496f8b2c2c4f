import type { Fingerprint } from "../model/fingerprint.ts";
import { PERMUTATIONS } from "./minhash.ts";

/** Estimated Jaccard similarity from which two texts tell the same. */
const SIMILAR = 0.6;
/** Look-alikes share less than this part of the numbers in their texts. */
const SHARED_NUMBERS = 0.5;
const ENOUGH_NUMBERS = 4;

/** An article that tells the same as another, and why, in words. */
export interface Match {
  articleId: string;
  /** `same text` or `similar 0.83`. */
  because: string;
  /** 0 to 1. */
  similarity: number;
}

/** The candidates that tell the same as `own`, most similar first. */
export function findDuplicates(own: Fingerprint, candidates: Fingerprint[]): Match[] {
  const matches = candidates.flatMap((candidate): Match[] => {
    if (candidate._id === own._id) return [];
    const articleId = candidate._id;
    if (isSameText(own, candidate)) return [{ articleId, because: "same text", similarity: 1 }];
    const value = similarity(own, candidate);
    if (value < SIMILAR || areLookAlikes(own, candidate)) return [];
    return [{ articleId, because: `similar ${value.toFixed(2)}`, similarity: value }];
  });
  return matches.toSorted(
    (a, b) => b.similarity - a.similarity || compare(a.articleId, b.articleId),
  );
}

/** Estimated Jaccard similarity of two texts, 0 to 1; 0 when one is too short to tell. */
export function similarity(a: Fingerprint, b: Fingerprint): number {
  if (isSameText(a, b)) return 1;
  if (a.signature.length !== PERMUTATIONS || b.signature.length !== PERMUTATIONS) return 0;
  let equal = 0;
  for (let i = 0; i < PERMUTATIONS; i += 1) if (a.signature[i] === b.signature[i]) equal += 1;
  return equal / PERMUTATIONS;
}

/** The article that stands for a story: the earliest, of equals the one with the smallest id. */
export function representative(members: Pick<Fingerprint, "_id" | "at">[]): string {
  const [first] = members.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || compare(a._id, b._id),
  );
  if (!first) throw new RangeError("a story has at least one member");
  return first._id;
}

function isSameText(a: Fingerprint, b: Fingerprint): boolean {
  return a.words > 0 && b.words > 0 && a.textHash === b.textHash;
}

/**
 * Whether two similar texts are different reports of one form (daily figures, tenders): their titles
 * contradict each other in numbers while being alike otherwise or while the figures in the texts
 * differ too, or most figures in the texts differ.
 */
function areLookAlikes(a: Fingerprint, b: Fingerprint): boolean {
  if (!a.numbers || !b.numbers) return false;
  const [few, many] = bySize(a.numbers.text, b.numbers.text);
  const common = shared(few, many);
  if (few.length >= ENOUGH_NUMBERS && common < few.length * SHARED_NUMBERS) return true;
  const [less, more] = bySize(a.numbers.title, b.numbers.title);
  const isContradicted = less.length > 0 && shared(less, more) < less.length;
  return isContradicted && (a.numbers.form === b.numbers.form || common < few.length);
}

function bySize(a: string[], b: string[]): [less: string[], more: string[]] {
  return a.length <= b.length ? [a, b] : [b, a];
}

function shared(a: string[], b: string[]): number {
  const others = new Set(b);
  return a.filter((value) => others.has(value)).length;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
