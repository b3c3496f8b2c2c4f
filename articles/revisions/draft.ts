import { CANON_VERSION, plausibleCanonical } from "../../crawler/links/url.ts";
import { scoreFields } from "../../extractors/fields/labels.ts";
import { EXTRACTION_VERSION, LANGUAGE_RULES_VERSION } from "../../extractors/rules.ts";
import { normalized, shortHash } from "../../lib/text.ts";
import { DAY_MS, dayIn, utcDay } from "../../lib/time.ts";
import { parseTimeSpan } from "../../lib/time-expression.ts";
import {
  type Article,
  type ChangeKind,
  type Completeness,
  type IncompleteReason,
  isLess,
  mayQuote,
  type PendingChange,
  type Revision,
  type RevisionMark,
  reservesMore,
  toBefore,
  toItem,
} from "../../model/articles/article.ts";
import type { Relevance } from "../../model/articles/classification.ts";
import {
  type ArticleFields,
  type Extraction,
  FIELD_NAMES,
  type Provenance,
} from "../../model/articles/fields.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { traceIdOf } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";
import { type ArticleWrite, getArticles, writeArticles } from "../../store/articles/articles.ts";
import type { Store } from "../../store/store.ts";
import { revisionBetween } from "../classify/revision/kind.ts";
import type { Extracted } from "../reading/parse-tasks.ts";

/** An article without its pending changes. */
export type Draft = Omit<Article, "pending" | "pendingAt">;

/** An extraction of an article, with its origin. */
export interface Reading {
  extracted: Extracted & { article: NonNullable<Extracted["article"]> };
  capture: Capture;
  sourceId: string;
  sourceVersion: number;
  /** The publisher's usage signals, except those that the publisher's written consent lifts. */
  rights: UsageSignal[];
  /** Names of the reservations in `rights`, such as `noindex` or `tdm`. */
  reserved: string[];
  /** The source's embargo after publication, ms; missing if there is none. */
  embargo?: number;
  /** The minimum completeness for publication; missing if announcements are enough. */
  publish?: Exclude<Completeness, "announced">;
  /** Set if an entry point gave the data. `because` is why there is no page; null if unknown. */
  announced?: { because: IncompleteReason | null };
  /** Versions of the rules that produced the data; missing if they are the current ones. */
  rules?: { extractor: string; language: string };
}

/** Returns the fields that are the same in each `Reading` of a page of the source. */
export function sourceFieldsOf(
  source: Pick<SourceRecord, "_id" | "version" | "rights" | "publish">,
): Pick<Reading, "sourceId" | "sourceVersion" | "embargo" | "publish"> {
  const { embargo } = source.rights;
  return {
    sourceId: source._id,
    sourceVersion: source.version,
    ...(embargo !== undefined && { embargo }),
    ...(source.publish !== "announced" && { publish: source.publish }),
  };
}

const CURRENT_RULES = { extractor: EXTRACTION_VERSION, language: LANGUAGE_RULES_VERSION };

export function completenessOf({
  announced,
  extracted,
}: Pick<Reading, "announced" | "extracted">): Pick<Article, "completeness" | "incompleteReason"> {
  if (announced) return { completeness: "announced", incompleteReason: announced.because };
  return extracted.extraction.page.paywall
    ? { completeness: "partial", incompleteReason: "paywall" }
    : { completeness: "full", incompleteReason: null };
}

export function articleUrlOf({ extracted, capture }: Reading): string {
  const canonical = extracted.extraction.fields.canonicalUrl;
  const isTrusted = canonical && plausibleCanonical(capture.finalUrl, canonical);
  return isTrusted ? canonical : capture.finalUrl;
}

export function hashContent(title: string, text: string): string {
  return shortHash([title, text].map(withoutLayout).join("\n"));
}

/** Returns an article's version 1, or the version after `existing`. `timezone` is the portal's. */
export function draftArticle(
  id: string,
  reading: Reading,
  existing: Article | null,
  timezone: string,
): Draft {
  const { extracted, capture, sourceId, sourceVersion, rules = CURRENT_RULES } = reading;
  const { fields, evidence } = extracted.extraction;
  const { byTopic, place, relevance, derived, ...shown } = extracted.article.classified;
  const seenAt = capture.fetchedAt;
  const firstSeenAt = existing?.firstSeenAt ?? seenAt;
  const { extractor } = rules;
  const context = { extractor, sourceVersion, firstSeenAt, captureId: capture._id };
  const extent = completenessOf(reading);
  // The date of an announcement isn't compared with that of a page, because they are of different
  // kinds.
  const sameKind = existing?.completeness === "announced" && !reading.announced ? null : existing;
  const published = publishedBy(fields, sameKind, context);
  const sortAt = sortTimeOf(published, firstSeenAt, timezone);
  const { title } = shown;
  const text = fields.text ?? "";
  const next = {
    title,
    text,
    html: fields.html,
    evidence,
    contentHash: hashContent(title, text),
    captureId: capture._id,
    extractor,
    completeness: extent.completeness,
  };
  const isRetracted = existing !== null && staysRetracted(existing, capture);
  const revised = existing
    ? nextRevision(existing, next, isRetracted ? null : seenAt)
    : FIRST_REVISION;
  return {
    ...fields,
    _id: id,
    version: (existing?.version ?? 0) + 1,
    sourceId: existing?.sourceId ?? sourceId,
    sourceVersion,
    url: articleUrlOf(reading),
    ...next,
    ...published,
    ...shown,
    relevanceScore: relevance.score,
    ...statusByRelevance(relevance, existing, seenAt),
    ...embargoFieldsOf(reading, sortAt, existing),
    ...(existing?.retraction && { retraction: null }),
    ...(isRetracted && {
      status: "retracted",
      unlisted: null,
      retraction: existing?.retraction ?? null,
    }),
    overruled: null,
    rights: reading.rights,
    reservations: reading.reserved,
    ...(capture.runId && { traceId: traceIdOf(capture.runId) }),
    derived: { language: rules.language, ...derived },
    evidence: { ...evidence, byTopic, relevance, places: place },
    ...extent,
    publish: reading.publish ?? null,
    fieldScore: scoreFields(extracted.extraction),
    duplicateOf: existing?.duplicateOf ?? null,
    storyId: existing?.storyId ?? id,
    origin: existing?.origin ?? null,
    servedAt: existing?.servedAt ?? null,
    firstSeenAt,
    lastSeenAt: existing && existing.lastSeenAt > seenAt ? existing.lastSeenAt : seenAt,
    sortAt,
    day: dayIn(timezone, sortAt),
    canonVersion: CANON_VERSION,
    revision: revised.revision,
    revised,
  };
}

function sortTimeOf(
  { publishedAt: at, publishedPrecision }: Stated,
  firstSeenAt: Date,
  timeZone: string,
): Date {
  if (!at || publishedPrecision !== "day") return at ?? firstSeenAt;
  // West of UTC, the day begins after midnight UTC.
  const { start = at } = parseTimeSpan(utcDay(at), at, { timeZone }) ?? {};
  // East of UTC, the day has already begun.
  if (start <= at) return at;
  return start > firstSeenAt ? firstSeenAt : start;
}

function embargoFieldsOf(
  { embargo }: Reading,
  sortAt: Date,
  existing: Article | null,
): Pick<Article, "embargoUntil"> {
  if (embargo) return { embargoUntil: new Date(sortAt.getTime() + embargo) };
  return existing?.embargoUntil ? { embargoUntil: null } : {};
}

const FIRST_REVISION: RevisionMark = { revision: 1, kind: "first", because: "found" };

type NewReading = Pick<
  Article,
  | "title"
  | "text"
  | "html"
  | "evidence"
  | "contentHash"
  | "captureId"
  | "extractor"
  | "completeness"
>;

function describeNewPages({ text: before }: Article["evidence"], { text }: Article["evidence"]) {
  const had = new Set(
    (before?.articlePages ?? []).flatMap((it) => (it.captureId ? it.number : [])),
  );
  const newPages = (text?.articlePages ?? []).filter(
    ({ captureId, number }) => captureId && !had.has(number),
  );
  if (newPages.length === 0) return null;
  const last = text?.articlePages?.at(-1)?.number ?? 1;
  return `page ${newPages.map(({ number }) => number).join(", ")} of ${last} arrived`;
}

function articlePagesOf({ evidence }: Pick<Article, "evidence">): string {
  return (evidence.text?.articlePages ?? []).map(({ captureId }) => captureId).join();
}

function nextRevision(existing: Article, reading: NewReading, backAt: Date | null): RevisionMark {
  const revision = existing.revision + 1;
  if (existing.status === "retracted" && backAt) {
    const because = `available again at ${backAt.toISOString().slice(0, 16)}Z`;
    return { revision, kind: "reinstatement", because };
  }
  if (isLess(existing.completeness, reading.completeness)) {
    const because =
      existing.completeness === "announced" ? "its page arrived" : "its full text arrived";
    return { revision, kind: "reading", because };
  }
  if (existing.contentHash === reading.contentHash) return existing.revised;
  const isByOtherRules = existing.extractor !== reading.extractor;
  const rules = `by rules ${reading.extractor} instead of ${existing.extractor}`;
  if (existing.captureId === reading.captureId) {
    const newPages = describeNewPages(existing.evidence, reading.evidence);
    if (newPages) return { revision, kind: "reading", because: newPages };
    // The responses are the same, so our extraction changed, for example by new boilerplate.
    if (articlePagesOf(existing) === articlePagesOf(reading)) {
      const because = `the same response, read again${isByOtherRules ? ` ${rules}` : ""}`;
      return { revision, kind: "reading", because };
    }
  }
  const verdict = revisionBetween(comparable(existing), comparable(reading));
  if (!verdict) return existing.revised;
  if (!isByOtherRules) return { revision, ...verdict };
  return { revision, kind: "reading", because: `read ${rules}: ${verdict.because}` };
}

function comparable({ title, text, html, evidence }: NewReading) {
  const without = (evidence.text?.removed ?? []).map(({ seen }) => seen);
  return { title, text, html, without };
}

function staysRetracted({ status, retraction, captureId }: Article, capture: Capture): boolean {
  if (status !== "retracted" || !retraction) return false;
  return retraction.cause === "editor" || capture._id === captureId;
}

export function statusByRelevance(
  { score, min, parts }: Relevance,
  existing: Pick<Article, "unlisted"> | null,
  now: Date,
): Pick<Article, "status" | "unlisted"> {
  if (score >= min) return { status: "published", unlisted: null };
  const grounds = Object.entries(parts).map(([ground, share]) => `${ground} ${share}`);
  const detail = `${score} of ${min}: ${grounds.join(", ")}`;
  const at = existing?.unlisted?.at ?? now;
  return { status: "unlisted", unlisted: { reason: "below relevance", detail, at } };
}

function withoutLayout(text: string): string {
  return normalized(text, "NFC").replace(/\s+/g, " ");
}

type Stated = Pick<ArticleFields, "publishedAt" | "publishedPrecision" | "publishedOffset">;
type ReadingRules = Pick<Article, "extractor" | "sourceVersion">;

/**
 * Returns the publication time, or the time of the first fetch if that is earlier. While the rules
 * stay the same, a new response can only add a time, make it later or make it more precise.
 */
export function publishedBy(
  stated: Stated,
  before: (Stated & ReadingRules & Pick<Article, "captureId">) | null,
  now: ReadingRules & { firstSeenAt: Date; captureId: string },
): Stated {
  const { publishedAt: at, publishedPrecision, publishedOffset = null } = stated;
  const sameRules =
    before?.extractor === now.extractor && before.sourceVersion === now.sourceVersion;
  const storedDate = sameRules && before.captureId !== now.captureId ? before.publishedAt : null;
  if (storedDate && before && !mayMove(storedDate, before, stated, now.firstSeenAt)) {
    return {
      publishedAt: storedDate,
      publishedPrecision: before.publishedPrecision,
      publishedOffset: before.publishedOffset ?? null,
    };
  }
  const isAhead = at !== null && at > now.firstSeenAt;
  return { publishedAt: isAhead ? now.firstSeenAt : at, publishedPrecision, publishedOffset };
}

function mayMove(
  storedDate: Date,
  before: Stated,
  { publishedAt: at, ...now }: Stated,
  last: Date,
) {
  if (at === null || at > last) return false;
  const isSharper = before.publishedPrecision !== "instant" && now.publishedPrecision === "instant";
  // An earlier time would move the article far down in lists.
  return at >= storedDate || (isSharper && Number(storedDate) - Number(at) <= DAY_MS);
}

export function writeOf(
  article: Draft & Partial<Article>,
  before: Article | null,
  kind: ChangeKind,
  at: Date,
): ArticleWrite {
  const { pending: _, pendingAt: __, ...written } = article;
  const draft = { ...written, servedAt: servedBy(written, before, at) };
  const change: PendingChange = {
    version: draft.version,
    kind,
    before: before && toBefore(before),
    item: toItem(draft),
    ...(draft.revision !== before?.revision && {
      revision: mayQuote(draft) ? draft.revised : { ...draft.revised, because: null },
    }),
    ...(before && reservesMore(draft, before) && { reserves: true as const }),
    at,
  };
  return { base: before?.version ?? 0, article: draft, change };
}

function servedBy({ status }: Draft, before: Article | null, at: Date): Date | null {
  return before?.servedAt ?? (status === "published" ? at : null);
}

export function revisionOf(article: Draft, at: Date): Revision {
  const { _id: articleId, revision, contentHash, captureId, extractor, sourceVersion } = article;
  const { kind, because } = article.revised;
  const { completeness, fieldScore, reservations } = article;
  const origin = { contentHash, captureId, extractor, sourceVersion, reservations, at };
  return {
    _id: `${articleId}:${revision}`,
    articleId,
    revision,
    fields: pickFields(article),
    provenance: provenanceOf(article.evidence),
    kind,
    because,
    completeness,
    fieldScore,
    ...origin,
  };
}

function pickFields(article: ArticleFields): ArticleFields {
  const own = FIELD_NAMES.flatMap((name) =>
    article[name] === undefined ? [] : [[name, article[name]]],
  );
  return Object.fromEntries(own) as ArticleFields;
}

export function provenanceOf(evidence: Extraction["evidence"]): Provenance {
  const read = FIELD_NAMES.flatMap((name) => {
    const { rule, confidence, seen } = evidence[name] ?? {};
    return rule === undefined ? [] : [[name, { rule, confidence, seen }]];
  });
  return Object.fromEntries(read) as Provenance;
}

const MAX_ATTEMPTS = 5;

/**
 * Writes what `decide` returns; null changes nothing. Calls `decide` again if another process was
 * first. Throws after several attempts.
 */
export async function changeArticle(
  store: Store,
  articleId: string,
  decide: (before: Article) => Promise<ArticleWrite | null>,
): Promise<ArticleWrite | "no such article" | "same"> {
  for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
    const before = (await getArticles(store, [articleId])).get(articleId);
    if (!before) return "no such article";
    const write = await decide(before);
    if (!write) return "same";
    if ((await writeArticles(store, [write])).length === 0) return write;
  }
  throw new Error("other processes kept changing the article; try again");
}
