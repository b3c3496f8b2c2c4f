import { spread } from "../../lib/hash.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { HostFetch } from "../../model/crawl/host.ts";
import type { Link, RevisitCounts } from "../../model/crawl/link.ts";
import type { RevisitRates } from "../../model/sources/source.ts";
import type { RevisitRecord } from "../../store/sources/sources.ts";
import type { Reading } from "./draft.ts";

type Set = Partial<Omit<Link, "_id">>;

export interface RevisitContext {
  reading: Reading | null;
  revised: boolean;
  /**
   * How often revisits of the source's articles found a change, by step; undefined if nothing is
   * recorded.
   */
  rates: RevisitRates | undefined;
  now: Date;
}

/**
 * Adds the time of the article's next fetch to a link's changes. A link without an article gets one
 * only if it was announced and its page is gone, because the page can still appear.
 */
export function withNextFetch(
  link: Link,
  set: Set,
  { reading, revised, rates, now }: RevisitContext,
): Set {
  // An announced page that is gone when first fetched can still appear.
  const mayCome = set.reason === "gone" && Boolean(link.announcement);
  const isWanted = mayCome || (set.articleId ?? link.articleId) !== null;
  if (link.kind !== "article" || set.state === "due" || !isWanted) return set;
  // A further page is fetched together with the first one.
  if (set.outcome === "duplicate" || link.articlePageOf) return { ...set, nextFetchAt: null };
  const revisits = link.revisits
    ? afterRevisit(link.revisits, revised, now)
    : firstRevisits(now, publishedOf(reading), isWholeDay(reading));
  const next = nextRevisit({ id: link._id, now, revisits, rates });
  return {
    // Any other response ends the count of "gone" responses.
    ...(link.gone && set.state !== "dead-letter" && { gone: null }),
    revisits: { ...revisits, step: next?.step ?? null },
    nextFetchAt: next?.at ?? null,
    ...set,
  };
}

/**
 * Returns a record stating that a known article is still at its URL; null if the fetch doesn't
 * prove this.
 */
export function stillThere(link: Link, set: Set, at: Date): (HostFetch & { host: string }) | null {
  const there = set.outcome === "unchanged" || set.outcome === "updated";
  if (link.kind !== "article" || !link.articleId || !there) return null;
  return { host: link.host, linkId: link._id, gone: false, at };
}

/**
 * Returns the step of a revisit, and whether the revisit found a change; null if the fetch wasn't a
 * planned revisit or hasn't finished.
 */
export function revisitRecordOf(link: Link, set: Set, revised: boolean): RevisitRecord | null {
  const step = link.revisits?.step ?? null;
  if (step === null || set.state === "due") return null;
  return { sourceId: link.sourceId, step, changed: revised };
}

function publishedOf(reading: Reading | null): Date | null {
  return reading?.extracted.extraction.fields.publishedAt ?? null;
}

function isWholeDay(reading: Reading | null): boolean {
  return reading?.extracted.extraction.fields.publishedPrecision === "day";
}

/**
 * Counted from the article's last change. Before the first change, they are counted from the
 * article's publication, or from its first fetch if the publication time isn't known.
 */
const REVISIT_DELAYS_MS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const;

/**
 * After this many revisits, an article skips the steps of 15 minutes and one hour: an article that
 * is revisited so often keeps changing.
 */
const SLOWDOWN_REVISIT_COUNT = 20;
const MAX_REVISITS = 60;
const FIRST_SLOW_STEP = 2;

/** With fewer revisits at a step, a source can't skip the step. */
const MIN_STEP_REVISITS = 30;
/** A source can skip a step if a smaller share of the revisits at that step finds a change. */
const MIN_CHANGED_SHARE = 0.02;
/**
 * Share of articles that are revisited at every step, so that a change in a source's behaviour is
 * noticed.
 */
const SAMPLE_SHARE = 0.1;

/**
 * Minimum time from an article's last fetch to the next, if an entry point reports a change. The
 * index is the number of consecutive revisits that found no change.
 */
const HINTED_DELAYS_MS = [0, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

interface RevisitState {
  /** The link's id. It decides whether the article is in the sample (see `SAMPLE_SHARE`). */
  id: string;
  now: Date;
  revisits: RevisitCounts;
  rates: RevisitRates | undefined;
}

/**
 * Returns the time and step of an article's next revisit; null if none is left. Skips steps at
 * which the source's articles rarely change, unless this article has changed before or is in the
 * sample (see `SAMPLE_SHARE`).
 */
export function nextRevisit({
  id,
  now,
  revisits,
  rates,
}: RevisitState): { at: Date; step: number } | null {
  if (revisits.made >= MAX_REVISITS) return null;
  for (const [step, wait] of REVISIT_DELAYS_MS.entries()) {
    const at = new Date(revisits.since.getTime() + wait);
    if (at <= now) continue;
    if (revisits.made >= SLOWDOWN_REVISIT_COUNT && step < FIRST_SLOW_STEP) continue;
    // An article that was just changed is probably still being edited.
    if (changedBefore(revisits) || isWorth(rates?.[step]) || spread(id) < SAMPLE_SHARE)
      return { at, step };
  }
  return null;
}

/**
 * Returns the initial counts of revisits of a new article. `published` is the date on the page, and
 * `wholeDay` says that the date has no time of day. An article that is already old has fewer steps
 * left, or none.
 */
export function firstRevisits(
  seenAt: Date,
  published: Date | null,
  wholeDay: boolean,
): RevisitCounts {
  const age = published ? seenAt.getTime() - published.getTime() : 0;
  const since = !published || age < 0 || (wholeDay && age < DAY_MS) ? seenAt : published;
  return { made: 0, unchanged: 0, changes: 0, since, step: null };
}

export function afterRevisit(revisits: RevisitCounts, changed: boolean, now: Date): RevisitCounts {
  const { made, unchanged, changes, since } = revisits;
  return changed
    ? { made: made + 1, unchanged: 0, changes: changes + 1, since: now, step: null }
    : { made: made + 1, unchanged: unchanged + 1, changes, since, step: null };
}

/**
 * Returns when to fetch an article that an entry point reports as changed. The minimum time since
 * its last fetch grows with the number of consecutive revisits that found no change.
 */
export function hintedRevisit(
  revisits: RevisitCounts | undefined,
  lastAt: Date | null,
  now: Date,
): Date {
  const wait =
    HINTED_DELAYS_MS[Math.min(revisits?.unchanged ?? 0, HINTED_DELAYS_MS.length - 1)] ?? 0;
  const at = new Date((lastAt?.getTime() ?? 0) + wait);
  return at > now ? at : now;
}

function changedBefore({ changes }: RevisitCounts): boolean {
  return changes > 0;
}

function isWorth(rate: RevisitRates[string] | undefined): boolean {
  if (!rate || rate.revisits < MIN_STEP_REVISITS) return true;
  return rate.changed / rate.revisits >= MIN_CHANGED_SHARE;
}
