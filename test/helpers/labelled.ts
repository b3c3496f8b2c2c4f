import { shortHash } from "../../lib/text.ts";

/** Half of a labelled set: rules are written for one half and measured on the other. */
export type Half = "tuning" | "held-out";

/** Returns the half to which a case permanently belongs, decided only by its own text. */
export function halfOf(text: string): Half {
  return Number.parseInt(shortHash(text).slice(0, 8), 16) % 2 === 0 ? "tuning" : "held-out";
}

/** How many labels were right, wrong and missed, over all cases of a set. */
export interface Score {
  right: number;
  wrong: number;
  missed: number;
}

/** The found and the expected labels of a case; those in `also` count neither as right nor as wrong. */
export interface LabelledResult {
  found: readonly string[];
  expected: readonly string[];
  also?: readonly string[];
}

/** Adds up the labels of cases. */
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

/** Returns the micro-averaged F1: the harmonic mean of precision and recall over all labels. */
export function f1({ right, wrong, missed }: Score): number {
  return (2 * right) / (2 * right + wrong + missed);
}
