import { shortHash } from "../../lib/hash.ts";

/** Half of a labelled set: rules are made on one and measured on the other. */
export type Half = "tuning" | "held-out";

/** The half that a case belongs to for good, decided by its own text and nothing else. */
export function halfOf(text: string): Half {
  return Number.parseInt(shortHash(text).slice(0, 8), 16) % 2 === 0 ? "tuning" : "held-out";
}

/** What was told of how many expected labels, over all cases of a set. */
export interface Score {
  right: number;
  wrong: number;
  missed: number;
}

/** What was told of one case and what should have been; `also` counts neither as right nor as wrong. */
export interface LabelledResult {
  found: readonly string[];
  expected: readonly string[];
  also?: readonly string[];
}

/** Adds up told and expected labels of cases. */
export function scoreOf(cases: readonly LabelledResult[]): Score {
  const score = { right: 0, wrong: 0, missed: 0 };
  for (const { found, expected, also = [] } of cases) {
    const right = found.filter((label) => expected.includes(label)).length;
    const argued = found.filter(
      (label) => !expected.includes(label) && also.includes(label),
    ).length;
    score.right += right;
    score.wrong += found.length - right - argued;
    score.missed += expected.length - right;
  }
  return score;
}

/** Micro-averaged F1: the harmonic mean of precision and recall over all labels. */
export function f1({ right, wrong, missed }: Score): number {
  return (2 * right) / (2 * right + wrong + missed);
}
