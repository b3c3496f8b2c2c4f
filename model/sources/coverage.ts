import type { EntryPointKind } from "../crawl/entry-points.ts";
import type { Cause } from "../crawl/failure.ts";
import type { SkipReason } from "../crawl/skipped.ts";

/** Days that coverage is counted over. */
export const COVERAGE_DAYS = 28;

/** What share of the announced articles readers shall find, and how soon. */
export interface CoverageObjective {
  /** 0 to 1. */
  share: number;
  /** From the announcement to the portal, ms. */
  within: number;
}

/** Announced articles by what became of them. */
export interface CoverageCounts {
  /** Readers find them, and found them within the objective's time. */
  inTime: number;
  /** Readers find them, but later than that. */
  late: number;
  /** Readers don't find them. */
  missing: number;
  /** Not counted: left out on purpose, by reason. */
  excluded: Record<string, number>;
  /** Those that readers find by how much of them there is. */
  completeness: Record<string, number>;
}

/** Why an announced article isn't on the portal, as a closed set. */
export type GapReason = SkipReason | Cause | "waiting" | "no-article" | "not-announced";

/** An announced article that readers don't find. */
export interface CoverageGap {
  /** Key of its URL. */
  key: string;
  url: string;
  title: string | null;
  announcedAt: Date;
  /** URLs of the entry points, channels or witnesses that name it. */
  namedBy: string[];
  reason: GapReason;
  /** The reason in words. */
  why: string;
  /** How often it was made due again, and when it is the next time; null: no more. */
  backfills: number;
  backfillAt: Date | null;
}

/** A feed, sitemap or list that a source doesn't read, as its site was last asked. */
export interface CoverageChannel {
  url: string;
  kind: EntryPointKind;
  /** Articles of the window that it names, and those of them that readers find. */
  listed: number;
  covered: number;
}

/** How many of the articles that a source announced are on the portal; `_id` is the source's. */
export interface Coverage {
  _id: string;
  /** Grows with each write: of two writers one tries again. */
  version: number;
  /** When it was last counted. */
  at: Date;
  /** Since when its announcements are counted, and up to when they are. */
  since: Date;
  countedUntil: Date;
  nextCheckAt: Date;
  /** When its site is asked what else it names. */
  nextProbeAt: Date;
  objective: CoverageObjective;
  /** By day (UTC) of the announcement, oldest first, of the last 28 days. */
  days: (CoverageCounts & { day: string })[];
  /** The sum of all days, and of the last two (24 to 48 hours). */
  total: CoverageCounts;
  recent: CoverageCounts;
  /** What is missing, newest first; at most 1,000. */
  gaps: CoverageGap[];
  /** Keys of URLs that a witness named and that are still being fetched: they count once they are articles. */
  awaited?: string[];
  /** Null until its site was asked. */
  probe: { at: Date; channels: CoverageChannel[] } | null;
}

/** A source's figures, without its days and without what is missing. */
export type CoverageSummary = Pick<
  Coverage,
  "_id" | "at" | "countedUntil" | "objective" | "total" | "recent"
>;

/** Of an objective: what it allows to be late or missing, and what is left of that. */
export interface ErrorBudget {
  /** Share of the announced articles that readers find, 0 to 1; null when none was announced. */
  covered: number | null;
  /** Share that they found in time. */
  inTime: number | null;
  /** Articles that may be late or missing, and that are. */
  allowed: number;
  spent: number;
  /** Share of the budget that is left; under 0 when more was spent than is allowed. */
  remaining: number;
}

export function emptyCoverage(): CoverageCounts {
  return { inTime: 0, late: 0, missing: 0, excluded: {}, completeness: {} };
}

/** The coverage of a source before anything is counted; its announcements are counted from `since` on. */
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

/** How many articles were announced that are to be found. */
export function announcedIn({ inTime, late, missing }: CoverageCounts): number {
  return inTime + late + missing;
}

/** The figure and the error budget of counts. With nothing announced nothing is spent. */
export function budgetOf(
  counts: CoverageCounts,
  { share }: Pick<CoverageObjective, "share">,
): ErrorBudget {
  const announced = announcedIn(counts);
  const spent = counts.late + counts.missing;
  // Without what floating point adds: 1 - 0.99 of 1,000 is 10.
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

/** Adds up counts. */
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

/** A share as people read it, never rounded up to all: `99.9 %`; a dash where there is none. */
export function shareText(share: number | null): string {
  if (share === null) return "–";
  return `${Math.floor(Number((share * 1000).toFixed(6))) / 10} %`;
}
