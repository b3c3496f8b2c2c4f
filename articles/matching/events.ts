import { DAY_MS } from "../../lib/time.ts";
import type { Features } from "../../model/articles/fingerprint.ts";

export interface EventLikeness {
  score: number;
  /** Up to 8 terms that both articles have, heaviest first. */
  terms: string[];
}

const MIN_EVENT_SCORE = 0.3;
const MIN_SHARED_WEIGHT = 4;
export const MIN_HEAVY_WEIGHT = 1;
const MIN_HEAVY_TERMS = 2;
/** A source usually reports an event once, but describes similar events in the same words. */
const ONE_SOURCE_FACTOR = 1.5;
const MAX_DAYS_APART = 3;

/** Returns how likely two articles report the same event. `ease` scales the minimum values. */
export function eventOf(a: Features, b: Features, ease = 1): EventLikeness | null {
  const days = Math.abs(a.at.getTime() - b.at.getTime()) / DAY_MS;
  if (days > MAX_DAYS_APART) return null;
  const weights = weightsOf(a);
  let [weight, heavy, product] = [0, 0, 0];
  const shared = new Set<string>();
  for (const [term, other] of b.terms) {
    const own = weights.get(term);
    if (own === undefined) continue;
    const least = Math.min(own, other);
    weight += least;
    product += own * other;
    if (least >= MIN_HEAVY_WEIGHT) heavy += 1;
    shared.add(term);
  }
  if (heavy < MIN_HEAVY_TERMS) return null;
  const cosine = product / (normOf(a) * normOf(b));
  const factor = (a.sourceId === b.sourceId ? ONE_SOURCE_FACTOR : 1) * ease;
  if (weight < MIN_SHARED_WEIGHT * factor || cosine < MIN_EVENT_SCORE * factor) return null;
  const terms = a.terms.flatMap(([term]) => (shared.has(term) ? term : []));
  return { score: Math.min(1, cosine), terms: terms.slice(0, 8) };
}

/** Caches weights by term, because one article is compared with many others in a row. */
const known = new WeakMap<Features["terms"], ReadonlyMap<string, number>>();

function weightsOf({ terms }: Features): ReadonlyMap<string, number> {
  const weights = known.get(terms) ?? new Map(terms);
  known.set(terms, weights);
  return weights;
}

function normOf({ terms }: Features): number {
  return Math.sqrt(terms.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
}
