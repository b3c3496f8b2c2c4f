import type { Fingerprint } from "../model/fingerprint.ts";
import { copyOf } from "./copies.ts";

/** An article that tells the same as another, and why, in words. */
export interface Match {
  articleId: string;
  /** `same text`, `similar 0.83` or `excerpt 0.91`. */
  because: string;
  /** 0 to 1. */
  similarity: number;
}

/** The candidates that tell the same as `own`, most similar first. */
export function findDuplicates(own: Fingerprint, candidates: Fingerprint[]): Match[] {
  const matches = candidates.flatMap((candidate): Match[] => {
    const likeness = candidate._id === own._id ? null : copyOf(own, candidate);
    if (!likeness) return [];
    const { kind, score } = likeness;
    const because = kind === "same text" ? kind : `${kind} ${score.toFixed(2)}`;
    return [{ articleId: candidate._id, because, similarity: score }];
  });
  return matches.toSorted(
    (a, b) => b.similarity - a.similarity || compare(a.articleId, b.articleId),
  );
}

/** The article that stands for a story: the earliest, of equals the one with the smallest id. */
export function representative(members: Pick<Fingerprint, "_id" | "at">[]): string {
  const [first] = members.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || compare(a._id, b._id),
  );
  if (!first) throw new RangeError("a story has at least one member");
  return first._id;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
