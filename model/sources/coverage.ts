import type { EntryPointKind } from "../crawl/entry-points.ts";
import type { Cause } from "../crawl/failure.ts";
import type { SkipReason } from "../crawl/skipped.ts";

/** Number of days over which coverage is counted. */
export const COVERAGE_DAYS = 28;

/** The share of announced articles that must be on the portal, and how soon. */
export interface CoverageObjective {
  /** Minimum share of announced articles, 0 to 1. */
  share: number;
  /** Time from the announcement to publication, ms. */
  within: number;
}

/** Announced articles by outcome. */
export interface CoverageCounts {
  /** Number of articles published within the objective's time. */
  inTime: number;
  /** Number of articles published later than that. */
  late: number;
  /** Number of announced articles that are not published. */
  missing: number;
  /** Numbers of articles that don't count because they were skipped on purpose, by reason. */
  excluded: Record<string, number>;
  /** The published articles by completeness. */
  completeness: Record<string, number>;
}

/** Why an announced article isn't on the portal; a closed set. */
export type GapReason = SkipReason | Cause | "waiting" | "no-article" | "not-announced";

/** An announced article that isn't on the portal. */
export interface CoverageGap {
  /** Key of the article's URL. */
  key: string;
  url: string;
  title: string | null;
  announcedAt: Date;
  /** URLs of the entry points, channels or witnesses that announced the article. */
  namedBy: string[];
  reason: GapReason;
  /** Explains the reason. */
  why: string;
  /** How often the article was made due again, and when that happens next; null for never. */
  backfills: number;
  backfillAt: Date | null;
}

/** A feed, sitemap or list that a source doesn't read, as found by the last probe of its site. */
export interface CoverageChannel {
  url: string;
  kind: EntryPointKind;
  /** Number of recent articles in the channel, and how many of those are on the portal. */
  listed: number;
  covered: number;
}

/** How many of a source's announced articles are on the portal. `_id` is the source's id. */
export interface Coverage {
  _id: string;
  /** Increases with each write, so that two writers don't overwrite each other. */
  version: number;
  /** When coverage was last counted. */
  at: Date;
  /** The start and the end of the time span in which the source's announcements have been counted. */
  since: Date;
  countedUntil: Date;
  nextCheckAt: Date;
  /** When the source's site is probed for other announcements. */
  nextProbeAt: Date;
  objective: CoverageObjective;
  /** Counts by day (UTC) of the announcement, over the last 28 days, oldest first. */
  days: (CoverageCounts & { day: string })[];
  /** The sums of all days, and of the last two (24 to 48 hours). */
  total: CoverageCounts;
  recent: CoverageCounts;
  /** Missing articles, newest first; at most 1,000. */
  gaps: CoverageGap[];
  /**
   * Keys of URLs that witnesses named and that still have to be fetched. They count once they turn out to be
   * articles.
   */
  awaited?: string[];
  /** The last probe of the source's site; null before the first one. */
  probe: { at: Date; channels: CoverageChannel[] } | null;
}

/** The coverage of a source without its days and gaps. */
export type CoverageSummary = Pick<
  Coverage,
  "_id" | "at" | "countedUntil" | "objective" | "total" | "recent"
>;

/** How many articles an objective allows to be late or missing, and how much of that is left. */
export interface ErrorBudget {
  /** Share of announced articles that are on the portal, 0 to 1; null if none was announced. */
  covered: number | null;
  /** Share of announced articles that were published in time, 0 to 1; null if none was announced. */
  inTime: number | null;
  /** Number of articles that are allowed to be late or missing, and the number that are. */
  allowed: number;
  spent: number;
  /**
   * Share of the budget that is left: 1 if nothing is spent, negative if more than the budget is spent. If the budget is 0, this is `-spent`, or 1 if nothing is spent.
   */
  remaining: number;
}

export function emptyCoverage(): CoverageCounts {
  return { inTime: 0, late: 0, missing: 0, excluded: {}, completeness: {} };
}

/** Returns the coverage of a source before the first count; announcements count from `since` on. */
export function newCoverage(
  _id: string,
  {
    since,
    nextProbeAt,
    objective,
    now,
  }: Pick<Coverage, "since" | "nextProbeAt" | "objective"> & { now: Date },
): Coverage {
  const times = { at: now, since, countedUntil: since, nextCheckAt: now, nextProbeAt };
  const nothing = { days: [], total: emptyCoverage(), recent: emptyCoverage(), gaps: [] };
  return { _id, version: 1, ...times, objective, ...nothing, probe: null };
}

/** Returns the number of announced articles that should be on the portal. */
export function announcedIn({ inTime, late, missing }: CoverageCounts): number {
  return inTime + late + missing;
}

/** Returns the covered share and the error budget. If nothing was announced, nothing is spent. */
export function budgetOf(
  counts: CoverageCounts,
  { share }: Pick<CoverageObjective, "share">,
): ErrorBudget {
  const announced = announcedIn(counts);
  const spent = counts.late + counts.missing;
  // Rounds off the floating-point error: 1 - 0.99 of 1,000 is 10.
  const allowed = Number(((1 - share) * announced).toFixed(6));
  const part = (count: number) => (announced === 0 ? null : count / announced);
  const remaining = spent === 0 ? 1 : allowed === 0 ? -spent : 1 - spent / allowed;
  return {
    covered: part(counts.inTime + counts.late),
    inTime: part(counts.inTime),
    allowed,
    spent,
    remaining,
  };
}

/** Returns the sum of counts. */
export function addCoverage(all: readonly CoverageCounts[]): CoverageCounts {
  const sum = emptyCoverage();
  for (const one of all) {
    sum.inTime += one.inTime;
    sum.late += one.late;
    sum.missing += one.missing;
    addRecord(sum.excluded, one.excluded);
    addRecord(sum.completeness, one.completeness);
  }
  return sum;
}

function addRecord(to: Record<string, number>, from: Record<string, number>): void {
  for (const [name, count] of Object.entries(from)) to[name] = (to[name] ?? 0) + count;
}

/** Formats a share: `99.9 %`, never rounded up to 100 %; a dash for null. */
export function shareText(share: number | null): string {
  if (share === null) return "–";
  return `${Math.floor(Number((share * 1000).toFixed(6))) / 10} %`;
}
