import type { EntryPointKind } from "../crawl/entry-points.ts";
import type { Cause, SkipReason } from "../crawl/outcome.ts";

export const COVERAGE_DAYS = 28;

export interface CoverageObjective {
  /** Minimum share of announced articles that must be published in time, 0 to 1. */
  share: number;
  /** Maximum time from the announcement to publication, ms. */
  within: number;
}

/** Numbers of announced articles by outcome. */
export interface CoverageCounts {
  inTime: number;
  late: number;
  /** Number of articles that should be published but aren't. */
  missing: number;
  /** Numbers of articles by the reason not to count them: skipped, hidden or retracted. */
  excluded: Record<string, number>;
  /** Numbers of published articles by completeness. */
  completeness: Record<string, number>;
}

export type GapReason = SkipReason | Cause | "waiting" | "no-article" | "not-announced";

/** An article named by an entry point, by another channel of the site, or by another article. */
export interface AnnouncedArticle {
  key: string;
  url: string;
  title: string | null;
  announcedAt: Date;
  /** URLs of what announced the article, such as a feed or an article of another source. */
  namedBy: string[];
}

/** An announced article that should be published but isn't. */
export interface CoverageGap extends AnnouncedArticle {
  reason: GapReason;
  why: string;
  /** Number of times that another fetch of the article was scheduled. */
  backfills: number;
  /** When the article is to be fetched again; null if that isn't planned. */
  backfillAt: Date | null;
}

export type UnlistedGap = Pick<CoverageGap, "key" | "announcedAt">;

/** A feed, sitemap or list on the site that the source doesn't read, as of the last probe. */
export interface CoverageChannel {
  url: string;
  kind: EntryPointKind;
  listed: number;
  /** Of the `listed` articles, the number that are stored. */
  covered: number;
}

/** How many of a source's announced articles are published. `_id` is the source's id. */
export interface Coverage {
  _id: string;
  /** Increases with each write, so that two writers don't overwrite each other. */
  version: number;
  at: Date;
  /** Start of the time span whose announcements have been counted so far. */
  since: Date;
  countedUntil: Date;
  nextCheckAt: Date;
  /** When the site is next searched for feeds, sitemaps and lists that the source doesn't read. */
  nextProbeAt: Date;
  objective: CoverageObjective;
  /** Counts by UTC day of announcement, over 28 days, oldest first; empty days are missing. */
  days: (CoverageCounts & { day: string })[];
  total: CoverageCounts;
  /** Sums over today and yesterday, in UTC. */
  recent: CoverageCounts;
  /** Missing articles, the latest announcement first; at most 1,000. */
  gaps: CoverageGap[];
  /** Missing articles for which `gaps` has no room; at most 10,000. */
  unlistedGaps?: UnlistedGap[];
  /**
   * Keys of unfetched URLs that no entry point named. If such a URL turns out to be an article, the
   * article counts as announced.
   */
  awaited?: string[];
  probe: { at: Date; channels: CoverageChannel[] } | null;
}

export type CoverageSummary = Pick<
  Coverage,
  "_id" | "at" | "countedUntil" | "objective" | "total" | "recent"
>;

/** How many articles an objective allows to be late or missing, and how many actually are. */
export interface ErrorBudget {
  /** Share of announced articles that are published, 0 to 1; null if none was announced. */
  covered: number | null;
  /** Share of announced articles published in time, 0 to 1; null if none was announced. */
  inTime: number | null;
  /** Number of articles that the objective allows to be late or missing. It can be a fraction. */
  allowed: number;
  spent: number;
  /**
   * Share of `allowed` that isn't spent; negative if more is spent. If `allowed` is 0: 1 if nothing
   * is spent, otherwise `-spent`.
   */
  remaining: number;
}

export function emptyCoverage(): CoverageCounts {
  return { inTime: 0, late: 0, missing: 0, excluded: {}, completeness: {} };
}

/** Returns the coverage of a source before the first count. */
export function newCoverage(
  _id: string,
  { now, ...params }: Pick<Coverage, "since" | "nextProbeAt" | "objective"> & { now: Date },
): Coverage {
  const times = { at: now, countedUntil: params.since, nextCheckAt: now };
  const nothing = { days: [], total: emptyCoverage(), recent: emptyCoverage(), gaps: [] };
  return { _id, version: 1, ...params, ...times, ...nothing, probe: null };
}

/** Returns coverage as pages and commands show it: without the unlisted gaps. */
export function shownCoverage(coverage: Coverage): Coverage {
  const { unlistedGaps: _, ...shown } = coverage;
  return shown;
}

/** Returns the number of announced articles that should be published. */
export function announcedIn({ inTime, late, missing }: CoverageCounts): number {
  return inTime + late + missing;
}

export function budgetOf(
  counts: CoverageCounts,
  { share }: Pick<CoverageObjective, "share">,
): ErrorBudget {
  const announced = announcedIn(counts);
  const spent = counts.late + counts.missing;
  // Rounds off the floating-point error, so that (1 - 0.99) * 1,000 is exactly 10.
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

export function shareText(share: number | null): string {
  if (share === null) return "–";
  return `${Math.floor(Number((share * 1000).toFixed(6))) / 10} %`;
}
