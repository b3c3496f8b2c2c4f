import { spread } from "../../lib/hash.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { HostFetch } from "../../model/crawl/host.ts";
import type { Link, RevisitCounts } from "../../model/crawl/link.ts";
import type { RevisitRates } from "../../model/sources/source.ts";
import type { RevisitRecord } from "../../store/sources/sources.ts";
import type { Reading } from "./draft.ts";

type Set = Partial<Omit<Link, "_id">>;

/** What decides about the next look at an article, beside what came of this one. */
export interface RevisitContext {
  reading: Reading | null;
  /** The look brought a new revision. */
  revised: boolean;
  /** How often looks at the source's articles found a change. */
  rates: RevisitRates | undefined;
  now: Date;
}

/**
 * What a look at a link changes, with when its article is looked at again. A retry, a hop and a
 * link without an article of its own plan nothing.
 */
export function withNextFetch(
  link: Link,
  set: Set,
  { reading, revised, rates, now }: RevisitContext,
): Set {
  // What is gone already when it is found may come yet.
  const mayCome = set.reason === "gone" && Boolean(link.announcement);
  const isWanted = mayCome || (set.articleId ?? link.articleId) !== null;
  if (link.kind !== "article" || set.state === "due" || !isWanted) return set;
  // A further page is looked at with the first one.
  if (set.outcome === "duplicate" || link.articlePageOf) return { ...set, nextFetchAt: null };
  const revisits = link.revisits
    ? afterRevisit(link.revisits, revised, now)
    : firstRevisits(now, publishedOf(reading), isWholeDay(reading));
  const next = nextRevisit({ id: link._id, now, revisits, rates });
  return {
    // Whatever came instead: what is gone for good answers the same again and again.
    ...(link.gone && set.state !== "dead-letter" && { gone: null }),
    revisits: { ...revisits, step: next?.step ?? null },
    nextFetchAt: next?.at ?? null,
    ...set,
  };
}

/** Says that a known article is still at its address; null for a look that doesn't tell. */
export function stillThere(link: Link, set: Set, at: Date): (HostFetch & { host: string }) | null {
  const there = set.outcome === "unchanged" || set.outcome === "updated";
  if (link.kind !== "article" || !link.articleId || !there) return null;
  return { host: link.host, linkId: link._id, gone: false, at };
}

/** The step that a look was, and whether it found a change; null for a look that none had planned. */
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

/** When an article is looked at again, ms after its content last changed. */
const STEPS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const;

/** From so many looks on an article that keeps changing is no longer looked at within hours. */
const OFTEN = 20;
/** Looks at one article at most. */
const MOST = 60;
const SLOW_FROM = 2;

/** Looks at a step that a source has to have had before the step may be left out. */
const ENOUGH = 30;
/** A step that brings a change less often than this is left out. */
const WORTH = 0.02;
/** Share of articles that are looked at all the same, so that a source may be found to have changed its ways. */
const SAMPLE = 0.1;

/** Waits between looks that an entry point's word brings, by looks in a row that found nothing. */
const HINTED = [0, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

/** What is known of the looks at an article, and at its source's articles by step. */
interface RevisitState {
  /** The link's id: some articles are looked at whatever their source's rates say. */
  id: string;
  now: Date;
  revisits: RevisitCounts;
  rates: RevisitRates | undefined;
}

/**
 * When an article is looked at next: at the first step after its last change that lies ahead and is
 * worth it at this source; null when no step is left. A change starts the steps anew.
 */
export function nextRevisit({
  id,
  now,
  revisits,
  rates,
}: RevisitState): { at: Date; step: number } | null {
  if (revisits.made >= MOST) return null;
  for (const [step, wait] of STEPS.entries()) {
    const at = new Date(revisits.since.getTime() + wait);
    if (at <= now) continue;
    if (revisits.made >= OFTEN && step < SLOW_FROM) continue;
    // Whoever has just changed an article is at work on it.
    if (changedBefore(revisits) || isWorth(rates?.[step]) || spread(id) < SAMPLE)
      return { at, step };
  }
  return null;
}

/**
 * The looks at an article after the first one. `published` is when the page says it was, so that an
 * article that is old when it is found has fewer steps left, or none.
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

/** The looks at an article after one more. */
export function afterRevisit(revisits: RevisitCounts, changed: boolean, now: Date): RevisitCounts {
  const { made, unchanged, changes, since } = revisits;
  return changed
    ? { made: made + 1, unchanged: 0, changes: changes + 1, since: now, step: null }
    : { made: made + 1, unchanged: unchanged + 1, changes, since, step: null };
}

/**
 * When an article may be looked at because an entry point says that it changed: at once, but the
 * later the more often that was said in vain.
 */
export function hintedRevisit(
  revisits: RevisitCounts | undefined,
  lastAt: Date | null,
  now: Date,
): Date {
  const wait = HINTED[Math.min(revisits?.unchanged ?? 0, HINTED.length - 1)] ?? 0;
  const at = new Date((lastAt?.getTime() ?? 0) + wait);
  return at > now ? at : now;
}

function changedBefore({ changes }: RevisitCounts): boolean {
  return changes > 0;
}

function isWorth(rate: RevisitRates[string] | undefined): boolean {
  if (!rate || rate.revisits < ENOUGH) return true;
  return rate.changed / rate.revisits >= WORTH;
}
