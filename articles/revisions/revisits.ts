import { spread } from "../../lib/text.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { HostFetch } from "../../model/crawl/host.ts";
import type { Link, LinkChanges, RevisitCounts } from "../../model/crawl/link.ts";
import type { RevisitRates } from "../../model/sources/source.ts";
import type { RevisitRecord } from "../../store/sources/sources.ts";
import type { Reading } from "./draft.ts";

export interface RevisitContext {
  reading: Reading | null;
  revised: boolean;
  rates: RevisitRates | undefined;
  now: Date;
}

/**
 * Returns `set` (changes to a link). If the link leads to an article, adds when to fetch the link
 * again (`nextFetchAt`; null: never).
 */
export function withNextFetch(
  link: Link,
  set: LinkChanges,
  { reading, revised, rates, now }: RevisitContext,
): LinkChanges {
  // An announced page that is gone when first fetched can still appear.
  const mayCome = set.reason === "gone" && Boolean(link.announcement);
  const isWanted = mayCome || (set.articleId ?? link.articleId) !== null;
  if (link.kind !== "article" || set.state === "due" || !isWanted) return set;
  // A further page is fetched together with the first one.
  if (set.outcome === "duplicate" || link.articlePageOf) return { ...set, nextFetchAt: null };
  const { publishedAt = null, publishedPrecision } = reading?.extracted.extraction.fields ?? {};
  const revisits = link.revisits
    ? afterRevisit(link.revisits, revised, now)
    : firstRevisits(now, publishedAt, publishedPrecision === "day");
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
 * Returns an entry for the host's `articleFetches` if a fetch found a known article still at its
 * URL; otherwise null.
 */
export function stillThere(
  link: Link,
  set: LinkChanges,
  at: Date,
): (HostFetch & { host: string }) | null {
  const there = set.outcome === "unchanged" || set.outcome === "updated";
  if (link.kind !== "article" || !link.articleId || !there) return null;
  return { host: link.host, linkId: link._id, gone: false, at };
}

/**
 * Returns a revisit's step in the schedule, and whether the article had changed. Null if the fetch
 * wasn't a revisit or hasn't finished.
 */
export function revisitRecordOf(
  link: Link,
  set: LinkChanges,
  revised: boolean,
): RevisitRecord | null {
  const step = link.revisits?.step ?? null;
  if (step === null || set.state === "due") return null;
  return { sourceId: link.sourceId, step, changed: revised };
}

const REVISIT_DELAYS_MS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const;

const SLOWDOWN_REVISIT_COUNT = 20;
const MAX_REVISITS = 60;
const FIRST_SLOW_STEP = 2;

const MIN_STEP_REVISITS = 30;
const MIN_CHANGED_SHARE = 0.02;
/** Share of articles to revisit even where changes are rare: changes can become frequent. */
const SAMPLE_SHARE = 0.1;

const HINTED_DELAYS_MS = [0, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

interface RevisitState {
  id: string;
  now: Date;
  revisits: RevisitCounts;
  rates: RevisitRates | undefined;
}

/** Returns the next revisit; null if none is left. Skips steps at which changes are rare. */
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
    if (revisits.changes > 0 || isWorth(rates?.[step]) || spread(id) < SAMPLE_SHARE)
      return { at, step };
  }
  return null;
}

/**
 * Returns a new article's revisit counts, which are all 0, and the time from which its revisits are
 * planned. `wholeDay` says that `published` has no time of day.
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

function isWorth(rate: RevisitRates[string] | undefined): boolean {
  if (!rate || rate.revisits < MIN_STEP_REVISITS) return true;
  return rate.changed / rate.revisits >= MIN_CHANGED_SHARE;
}
