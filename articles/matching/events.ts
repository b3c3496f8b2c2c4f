import { DAY_MS } from "../../lib/time.ts";
import type { Features } from "../../model/articles/fingerprint.ts";

/** How sure it is that two articles tell of one event. */
export interface EventLikeness {
  /** 0 to 1. */
  score: number;
  /** Terms that both have, the heaviest first. */
  terms: string[];
}

/** Score from which two articles tell of one event. */
const SAME = 0.3;
/** Weight of shared terms, in sum, that is needed at least, and how many heavy ones. */
const WEIGHT = 4;
/** Weight from which a term counts as heavy. */
export const HEAVY = 1;
const HEAVY_TERMS = 2;
/** As a rule one source reports an event once, and other events with the same words. */
const ONE_SOURCE = 1.5;
/** Maximum distance, in days. */
const DAYS = 3;

/** Whether two articles tell of one event, and by what; null when they don't. */
export function eventOf(a: Features, b: Features, ease = 1): EventLikeness | null {
  const days = Math.abs(a.at.getTime() - b.at.getTime()) / DAY_MS;
  if (days > DAYS) return null;
  const weights = weightsOf(a);
  let [weight, heavy, product] = [0, 0, 0];
  const shared = new Set<string>();
  for (const [term, other] of b.terms) {
    const own = weights.get(term);
    if (own === undefined) continue;
    const least = Math.min(own, other);
    weight += least;
    product += own * other;
    if (least >= HEAVY) heavy += 1;
    shared.add(term);
  }
  if (heavy < HEAVY_TERMS) return null;
  const cosine = product / (normOf(a) * normOf(b));
  const factor = (a.sourceId === b.sourceId ? ONE_SOURCE : 1) * ease;
  if (weight < WEIGHT * factor || cosine < SAME * factor) return null;
  const terms = a.terms.flatMap(([term]) => (shared.has(term) ? term : []));
  return { score: Math.min(1, cosine), terms: terms.slice(0, 8) };
}

/** One article is compared with many others, one after the other. */
const known = new WeakMap<Features["terms"], ReadonlyMap<string, number>>();

function weightsOf({ terms }: Features): ReadonlyMap<string, number> {
  const weights = known.get(terms) ?? new Map(terms);
  known.set(terms, weights);
  return weights;
}

function normOf({ terms }: Features): number {
  return Math.sqrt(terms.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
}
