import type { Features } from "../model/fingerprint.ts";

/** How sure it is that two articles tell of one event. */
export interface EventLikeness {
  /** 0 to 1. */
  score: number;
  /** Terms that both have, the heaviest first. */
  terms: string[];
}

const DAY = 86_400_000;
/** Score from which two articles tell of one event. */
const SAME = 0.3;
/** Weight of shared terms, in sum, that is needed at least, and how many heavy ones. */
const WEIGHT = 4;
/** Weight from which a term counts as heavy. */
export const HEAVY = 1;
const HEAVY_TERMS = 2;
/** One source tells an event once as a rule, and other events with the same words. */
const ONE_SOURCE = 1.5;
/** How far apart, in days. */
const DAYS = 3;

/** Whether two articles tell of one event, and by what; null when they don't. */
export function eventOf(a: Features, b: Features, ease = 1): EventLikeness | null {
  const days = Math.abs(a.at.getTime() - b.at.getTime()) / DAY;
  if (days > DAYS) return null;
  const others = new Map(b.terms);
  let [weight, heavy, product] = [0, 0, 0];
  const terms: string[] = [];
  for (const [term, own] of a.terms) {
    const other = others.get(term);
    if (other === undefined) continue;
    const least = Math.min(own, other);
    weight += least;
    product += own * other;
    if (least >= HEAVY) heavy += 1;
    terms.push(term);
  }
  const cosine = product / (normOf(a) * normOf(b));
  const factor = (a.sourceId === b.sourceId ? ONE_SOURCE : 1) * ease;
  if (heavy < HEAVY_TERMS || weight < WEIGHT * factor || cosine < SAME * factor) return null;
  return { score: Math.min(1, cosine), terms: terms.slice(0, 8) };
}

function normOf({ terms }: Features): number {
  return Math.sqrt(terms.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
}
