import { LIMITS } from "../../config/limits.ts";
import { firstRunBudget } from "../../crawler/links/budget.ts";
import type { FoundLink } from "../../model/discovery.ts";
import type { Run } from "../../model/run.ts";
import type { Source } from "../../model/source.ts";

/** What bounds the articles that a run takes. */
export interface Room {
  source: Pick<Source, "firstRun">;
  run: Pick<Run, "first">;
  /** Article links that the run has taken on so far. */
  taken: number;
  /** The Crawl-delay of an address's host, ms. */
  delayOf(url: string): number;
  now: Date;
}

/**
 * Addresses that aren't of a trap, and the first one of each that is: were it an article after all,
 * the others would be taken by the next run. For the rest one sentence each pattern.
 */
export function withoutTraps(found: readonly FoundLink[], trapOf: (url: string) => string | null) {
  const counts = new Map<string, number>();
  const fresh = found.filter(({ kind, url }) => {
    const why = kind === "article" ? trapOf(url) : null;
    if (why === null) return true;
    const count = counts.get(why);
    counts.set(why, (count ?? -1) + 1);
    return count === undefined;
  });
  const full = [...counts].filter(([, count]) => count > 0);
  return {
    fresh,
    trapped: full.reduce((sum, [, count]) => sum + count, 0),
    traps: full.map(([why, count]) => `${count} links left out: ${why}`),
  };
}

/** The articles that a run still takes, in the order given: a first run's are few and young; `over` says how many wait for the next one. */
export function withinRoom(
  found: readonly FoundLink[],
  { source, run, taken, delayOf, now }: Room,
) {
  const first = run.first
    ? firstRunBudget(found, {
        articles: Math.max(0, source.firstRun.articles - taken),
        days: source.firstRun.days,
        now,
      })
    : { kept: found, skipped: [] };
  const kept: FoundLink[] = [];
  for (const link of first.kept)
    if (taken + kept.length < roomAt(delayOf(link.url))) kept.push(link);
  return { kept, skipped: first.skipped, over: first.kept.length - kept.length };
}

/** Links that a run takes at most on a host: a run at a slow host is no longer than at others. */
function roomAt(delay: number): number {
  const { linksPerRun, crawlDelay } = LIMITS;
  return Math.max(1, Math.floor(linksPerRun * Math.min(1, crawlDelay / Math.max(1, delay))));
}
