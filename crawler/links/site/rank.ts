import { DAY_MS } from "../../../lib/time.ts";
import { ENTRY_POINTS } from "../../../model/crawl/entry-points.ts";
import type { Candidate, CandidateMeasures } from "../../../model/sources/site-discovery.ts";

const MAX_ENTRY_POINTS = 3;
const MIN_ADDED_SHARE = 0.03;
const MIN_ARTICLE_SHARE = 0.4;

/** Returns a candidate's score, from 0 to 1 (best). */
export function scoreOf(kind: Candidate["kind"], measures: CandidateMeasures, now: Date): number {
  const { articles, dated, fullText, articleShare, known, newest } = measures;
  if (articles === 0) return 0;
  const age = newest ? (now.getTime() - newest.getTime()) / DAY_MS : 60;
  const fresh = 1 / (1 + Math.max(0, age - 1) / 14);
  const score =
    0.3 * fresh +
    0.25 * articleShare +
    0.1 * dated +
    0.1 * fullText +
    0.05 * Math.min(1, articles / 10);
  return Math.round((score + ENTRY_POINTS[kind].preference) * (1 - known / 2) * 1000) / 1000;
}

export interface Ranked {
  candidate: Candidate;
  articles: ReadonlySet<string>;
}

/** Returns all candidates, best first; `why` says why one wasn't `proposed`. */
export function choose(ranked: readonly Ranked[], recent: ReadonlySet<string>): Candidate[] {
  const sorted = ranked.toSorted((a, b) => b.candidate.score - a.candidate.score);
  const covered = new Set<string>();
  const chosen = new Set<Candidate>();
  const fits = sorted.filter(
    ({ candidate }) => candidate.why === null && candidate.score > 0 && isAboutArticles(candidate),
  );
  const adds = ({ articles }: Ranked) =>
    [...articles].filter((key) => recent.has(key) && !covered.has(key)).length;
  while (chosen.size < MAX_ENTRY_POINTS) {
    const left = fits.filter(({ candidate }) => !chosen.has(candidate));
    const [next] = chosen.size === 0 ? left : left.toSorted((a, b) => adds(b) - adds(a));
    if (!next || (chosen.size > 0 && adds(next) <= recent.size * MIN_ADDED_SHARE)) break;
    chosen.add(next.candidate);
    for (const key of next.articles) covered.add(key);
  }
  return sorted.map(({ candidate }) => {
    if (chosen.has(candidate)) return { ...candidate, proposed: true };
    return { ...candidate, why: candidate.why ?? reasonOf(candidate) };
  });
}

function isAboutArticles({ measures }: Candidate): boolean {
  return (measures?.articleShare ?? 0) >= MIN_ARTICLE_SHARE;
}

function reasonOf(candidate: Candidate): string {
  if (candidate.score === 0) return "names no article of this site";
  return isAboutArticles(candidate)
    ? "adds little to the proposed entry points"
    : "most of its URLs don't look like articles";
}
