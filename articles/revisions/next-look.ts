import type { HostLook } from "../../model/crawl/host.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { LookRates } from "../../model/sources/source.ts";
import type { LookedAt } from "../../store/sources/sources.ts";
import type { Reading } from "../publication/article.ts";
import { afterLook, firstLooks, nextLook } from "./steps.ts";

type Set = Partial<Omit<Link, "_id">>;

/** What decides about the next look at an article, beside what came of this one. */
export interface LookContext {
  reading: Reading | null;
  /** The look brought a new revision. */
  revised: boolean;
  /** How often looks at the source's articles found a change. */
  rates: LookRates | undefined;
  now: Date;
}

/**
 * What a look at a link changes, with when its article is looked at again. A retry, a hop and a
 * link without an article of its own plan nothing.
 */
export function withNextLook(
  link: Link,
  set: Set,
  { reading, revised, rates, now }: LookContext,
): Set {
  const articleId = set.articleId ?? link.articleId;
  if (link.kind !== "article" || set.state === "due" || !articleId) return set;
  // A further page is looked at with the first one.
  if (set.outcome === "duplicate" || link.sheetOf) return { ...set, nextLookAt: null };
  const looks = link.looks
    ? afterLook(link.looks, revised, now)
    : firstLooks(now, publishedOf(reading), isWholeDay(reading));
  const next = nextLook({ id: link._id, now, looks, rates });
  return {
    // Whatever came instead: what is gone for good answers the same again and again.
    ...(link.gone && set.state !== "dead" && { gone: null }),
    looks: { ...looks, step: next?.step ?? null },
    nextLookAt: next?.at ?? null,
    ...set,
  };
}

/** Says that a known article is still at its address; null for a look that doesn't tell. */
export function stillThere(link: Link, set: Set, at: Date): (HostLook & { host: string }) | null {
  const there = set.outcome === "unchanged" || set.outcome === "updated";
  if (link.kind !== "article" || !link.articleId || !there) return null;
  return { host: link.host, linkId: link._id, gone: false, at };
}

/** The step that a look was, and whether it found a change; null for a look that none had planned. */
export function lookedAt(link: Link, set: Set, revised: boolean): LookedAt | null {
  const step = link.looks?.step ?? null;
  if (step === null || set.state === "due") return null;
  return { sourceId: link.sourceId, step, changed: revised };
}

function publishedOf(reading: Reading | null): Date | null {
  return reading?.extracted.extraction.fields.publishedAt ?? null;
}

function isWholeDay(reading: Reading | null): boolean {
  return reading?.extracted.extraction.fields.publishedPrecision === "day";
}
