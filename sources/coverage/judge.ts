import { DAY_MS, HOUR_MS, utcDay } from "../../lib/time.ts";
import type { Link } from "../../model/crawl/link.ts";
import { CAUSES, isSkipReason, SKIP_REASONS, type SkipReason } from "../../model/crawl/outcome.ts";
import {
  type AnnouncedArticle,
  addCoverage,
  COVERAGE_DAYS,
  type Coverage,
  type CoverageCounts,
  type CoverageGap,
  emptyCoverage,
  type GapReason,
  type UnlistedGap,
} from "../../model/sources/coverage.ts";
import type { PublicationState } from "../../store/articles/articles.ts";

/** The link and the article of an announcement; each is null if it isn't stored. */
export interface Known {
  link: Pick<Link, "state" | "reason" | "detail" | "attempts" | "hints"> | null;
  article: PublicationState | null;
}

export type Verdict =
  | { state: "inTime" | "late"; completeness: string }
  | { state: "excluded"; reason: string }
  | { state: "missing"; reason: GapReason; why: string };

const EXCLUSION_REASONS = new Set<string>([
  "robots",
  "filtered",
  "off-site",
  "duplicate",
  "too-old",
  "not-article",
  "gone",
  "withdrawn",
  "reserved",
  "erased",
  "purged",
] satisfies SkipReason[]);

/**
 * Returns whether an announced article is in time, late, missing or excluded. A late one became
 * visible more than `within` ms after its announcement.
 */
export function judge(
  { announcedAt }: Pick<AnnouncedArticle, "announcedAt">,
  { link, article }: Known,
  within: number,
): Verdict {
  if (article?.status === "published") {
    const servedAt = article.servedAt ?? article.firstSeenAt;
    const isLate = servedAt.getTime() - announcedAt.getTime() > within;
    return { state: isLate ? "late" : "inTime", completeness: article.completeness };
  }
  if (article) {
    const { status, unlisted } = article;
    return {
      state: "excluded",
      reason: status === "retracted" ? "withdrawn" : (unlisted?.reason ?? status),
    };
  }
  const reason = link?.reason ?? null;
  if (reason !== null && EXCLUSION_REASONS.has(reason) && !isAnnouncedArticle(link, reason))
    return { state: "excluded", reason };
  return { state: "missing", ...whyMissing(link) };
}

function isAnnouncedArticle(link: Known["link"], reason: string): boolean {
  return reason === "not-article" && Boolean(link?.hints.title && link.hints.publishedAt);
}

function whyMissing(link: Known["link"]): { reason: GapReason; why: string } {
  if (!link) return { reason: "not-announced", why: gapReasonText("not-announced") };
  const { state, reason, detail, attempts } = link;
  const because = detail ? ` (${detail})` : "";
  if (state === "dead-letter") {
    const cause = reason ?? "unknown";
    return { reason: cause, why: `given up (attempts: ${attempts}): ${cause}${because}` };
  }
  if (state === "due") {
    const again = `will be tried again: ${reason ?? "it failed"}${because}`;
    return { reason: "waiting", why: attempts > 0 ? again : "waits to be fetched" };
  }
  if (reason && isSkipReason(reason)) return { reason, why: `${gapReasonText(reason)}${because}` };
  return { reason: "no-article", why: gapReasonText("no-article") };
}

export function gapReasonText(reason: GapReason): string {
  if (reason === "waiting") return "waits to be fetched, or to be tried again";
  if (reason === "no-article") return "fetched, but no article was found on the page";
  if (reason === "not-announced") return "no entry point of the source listed the URL";
  return isSkipReason(reason) ? SKIP_REASONS[reason].replaceAll("`", "") : CAUSES[reason];
}

const MAX_LISTED_GAPS = 1000;
/** Limits the size of a source's coverage record, and the number of links that a check reads. */
const MAX_UNLISTED_GAPS = 10_000;

const BACKFILL_DELAYS_MS = [HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

const MAX_BACKFILLS_PER_CHECK = 10;

export interface Judged {
  announcement: AnnouncedArticle;
  verdict: Verdict;
}

/**
 * Returns the coverage updated with new announcements, and with new verdicts on known gaps (`gaps`,
 * by the gap's key). Drops days and gaps older than 28 days.
 */
export function countAnnouncements(
  before: Coverage,
  announced: readonly Judged[],
  gaps: ReadonlyMap<string, Verdict>,
  now: Date,
): Coverage {
  const days = new Map(before.days.map(({ day, ...counts }) => [day, structuredClone(counts)]));
  const countsOf = (at: Date) => {
    const day = utcDay(at);
    const counts = days.get(day) ?? emptyCoverage();
    days.set(day, counts);
    return counts;
  };
  const resolve = ({ announcedAt }: UnlistedGap, verdict: Verdict) => {
    const counts = countsOf(announcedAt);
    counts.missing = Math.max(0, counts.missing - 1);
    count(counts, verdict);
  };
  const still: CoverageGap[] = [];
  for (const gap of before.gaps) {
    const verdict = gaps.get(gap.key);
    if (!verdict) still.push(gap);
    else if (verdict.state === "missing") still.push(updateGap(gap, verdict, now));
    else resolve(gap, verdict);
  }
  const { unlistedGaps = [] } = before;
  const unlisted = new Map<string, UnlistedGap>();
  for (const gap of unlistedGaps) {
    const verdict = gaps.get(gap.key);
    if (!verdict || verdict.state === "missing") unlisted.set(gap.key, gap);
    else resolve(gap, verdict);
  }
  const known = new Set([...before.gaps, ...unlistedGaps].map(({ key }) => key));
  for (const { announcement, verdict } of announced) {
    const { key } = announcement;
    const gap = unlisted.get(key);
    if (gap && verdict.state === "missing") {
      still.push(newGap({ ...announcement, ...gap }, verdict, now));
      unlisted.delete(key);
    }
    if (known.has(key)) continue;
    known.add(key);
    count(countsOf(announcement.announcedAt), verdict);
    if (verdict.state === "missing") still.push(newGap(announcement, verdict, now));
  }
  const first = utcDay(new Date(now.getTime() - (COVERAGE_DAYS - 1) * DAY_MS));
  const yesterday = utcDay(new Date(now.getTime() - DAY_MS));
  const all = [...days]
    .filter(([day]) => day >= first)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, counts]) => ({ day, ...counts }));
  const isRecent = ({ announcedAt }: UnlistedGap) => utcDay(announcedAt) >= first;
  const newestFirst = still
    .filter(isRecent)
    .toSorted((a, b) => b.announcedAt.getTime() - a.announcedAt.getTime());
  const excess = newestFirst.slice(MAX_LISTED_GAPS);
  return {
    ...before,
    at: now,
    days: all,
    total: addCoverage(all),
    recent: addCoverage(all.filter(({ day }) => day >= yesterday)),
    gaps: newestFirst.slice(0, MAX_LISTED_GAPS),
    unlistedGaps: [
      ...excess.map(({ key, announcedAt }) => ({ key, announcedAt })),
      ...[...unlisted.values()].filter(isRecent),
    ].slice(0, MAX_UNLISTED_GAPS),
  };
}

function count(counts: CoverageCounts, verdict: Verdict): void {
  if (verdict.state === "excluded") add(counts.excluded, verdict.reason);
  else counts[verdict.state] += 1;
  if (verdict.state === "inTime" || verdict.state === "late")
    add(counts.completeness, verdict.completeness);
}

function add(to: Record<string, number>, name: string): void {
  to[name] = (to[name] ?? 0) + 1;
}

type Missing = Extract<Verdict, { state: "missing" }>;

function newGap(
  { key, url, title, announcedAt, namedBy }: AnnouncedArticle,
  { reason, why }: Missing,
  now: Date,
): CoverageGap {
  const [first] = BACKFILL_DELAYS_MS;
  // The article has no link, so it was never tried, and there is nothing to wait for.
  const delay = reason === "not-announced" ? 0 : first;
  const backfillAt = new Date(now.getTime() + delay);
  return { key, url, title, announcedAt, namedBy, reason, why, backfills: 0, backfillAt };
}

function updateGap(gap: CoverageGap, { reason, why }: Missing, now: Date): CoverageGap {
  const isOver = gap.reason === "waiting" && gap.backfillAt !== null && gap.backfillAt < now;
  const later = new Date(now.getTime() + BACKFILL_DELAYS_MS[0]);
  return { ...gap, reason, why, ...(isOver && { backfillAt: later }) };
}

export function dueBackfills(gaps: readonly CoverageGap[], now: Date): CoverageGap[] {
  return gaps
    .filter(
      ({ reason, backfillAt }) => reason !== "waiting" && backfillAt !== null && backfillAt <= now,
    )
    .slice(0, MAX_BACKFILLS_PER_CHECK);
}

/**
 * Returns a gap as it is after a backfill begins at `now`. `backfillAt` of the result is the time
 * of the next backfill; null if none is planned.
 */
export function backfilled(gap: CoverageGap, now: Date): CoverageGap {
  const delay = BACKFILL_DELAYS_MS[gap.backfills + 1];
  return {
    ...gap,
    reason: "waiting",
    why: "waits to be fetched again",
    backfills: gap.backfills + 1,
    backfillAt: delay === undefined ? null : new Date(now.getTime() + delay),
  };
}
