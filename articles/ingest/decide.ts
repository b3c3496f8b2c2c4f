import type { EditorialRules } from "../../config/editorial.ts";
import { sameSite, urlKey } from "../../crawler/links/url.ts";
import {
  afterLesson,
  BOILERPLATE_LIMITS,
  learnBoilerplate,
  sharedShare,
} from "../../extractors/boilerplate.ts";
import { filledBy, scoreFields } from "../../extractors/fields/labels.ts";
import { shortHash } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import {
  type Alias,
  type Article,
  type EditorialState,
  isLess,
  toVisible,
} from "../../model/articles/article.ts";
import type { Correction } from "../../model/articles/correction.ts";
import {
  type ArticleFields,
  type Evidence,
  type Extraction,
  MEASURED_FIELDS,
} from "../../model/articles/fields.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Hints, Hop, Link } from "../../model/crawl/link.ts";
import { matchesFilter } from "../../model/publish/filter.ts";
import type { FillCounts } from "../../model/sources/health.ts";
import {
  type Boilerplate,
  type Sample,
  WATCHED_FIELDS,
  type WatchedField,
} from "../../model/sources/learned.ts";
import {
  addBoilerplate,
  type BoilerplateAddition,
  countQuality,
  countSamples,
  readBoilerplate,
} from "../../store/sources/learned.ts";
import type { Store } from "../../store/store.ts";
import { completenessOf, type Draft, draftArticle, type Reading } from "../revisions/draft.ts";
import { corrected, enter, isSameForReaders } from "../revisions/visibility.ts";

export interface ReadPage {
  link: Link;
  capture: Capture;
  reading: Reading;
}

export interface Decision {
  link: Link;
  articleId: string;
  seenAt: Date;
  outcome: "new" | "updated" | "unchanged" | "duplicate";
  before: Article | null;
  /** The article to store; null if nothing changes. Its `storyId` is determined later. */
  draft: Draft | null;
  /**
   * The article whose current revision must be stored: `draft` or the stored article. Null if none.
   */
  revised: Draft | null;
  /** Features for comparing the article with others; null if the page isn't used. */
  features: Features | null;
}

export interface Grounds {
  existing: ReadonlyMap<string, Article>;
  /** The rules for a new article's state. Without rules, it is published. */
  editorialRules?: EditorialRules | undefined;
  /** Editors' corrections, by article id. */
  corrections: ReadonlyMap<string, Correction[]>;
  timezone: string;
  now(): Date;
}

/** Decides whether each page's article is new, updated, unchanged or a duplicate. */
export function decide(open: readonly Entry[], grounds: Grounds): Decision[] {
  const seen = new Set<string>();
  // The page itself takes precedence over its variants.
  const inTurn = open.toSorted(
    (a, b) => Number(a.isVersion ?? false) - Number(b.isVersion ?? false),
  );
  return inTurn.map((entry): Decision => {
    const { link, articleId, reading } = entry;
    const before = grounds.existing.get(articleId) ?? null;
    const seenAt = reading.capture.fetchedAt;
    const nothing = { draft: null, revised: null, features: null };
    const page = { link, articleId, seenAt, before, ...nothing };
    // Of two URLs for one article, only the first counts.
    const isMute = before && (entry.isVersion || !canChange(link, before, reading));
    if (seen.has(articleId) || isMute) return { ...page, outcome: "duplicate" };
    seen.add(articleId);
    if (before && containsLess(before, reading)) return { ...page, outcome: "unchanged" };
    return { ...page, ...decideOne(entry, before, grounds) };
  });
}

/** A page, and the article to which it belongs. */
export interface Entry extends Pick<ReadPage, "link" | "reading"> {
  articleId: string;
  /** Whether the page is only a variant (AMP, phones, print) or a further page of its article. */
  isVersion?: boolean;
}

/** Returns a new article's state, by rules that judge it as if it were published. */
export function initialStateOf(
  article: Parameters<typeof toVisible>[0],
  { rules, otherwise }: EditorialRules = { rules: [], otherwise: "published" },
): EditorialState {
  const visible = { ...toVisible(article), status: "published" as const };
  return rules.find(({ where }) => matchesFilter(where, visible))?.verdict ?? otherwise;
}

function decideOne(
  { articleId, reading }: Entry,
  before: Article | null,
  { corrections, editorialRules, timezone, now }: Grounds,
): Pick<Decision, "outcome" | "draft" | "revised" | "features"> {
  const read = draftArticle(articleId, reading, before, timezone);
  const entered = before ? read : enter(read, initialStateOf(read, editorialRules));
  const draft = corrected(entered, corrections.get(articleId) ?? [], before, now());
  const features = featuresOf(reading, draft.firstSeenAt);
  // The process that wrote the article might have ended before it stored the revision.
  if (before && isSameForReaders(before, draft)) {
    return { outcome: "unchanged", draft: null, revised: before, features };
  }
  const revised = draft.revision === before?.revision ? null : draft;
  return { outcome: before ? "updated" : "new", draft, revised, features };
}

const MIN_REPLACEMENT_SHARE = 0.7;

function containsLess(before: Article, reading: Reading): boolean {
  if (reading.announced)
    return before.completeness !== "announced" || before.status === "retracted";
  const { completeness } = completenessOf(reading);
  const { length } = reading.extracted.extraction.fields.text ?? "";
  return (
    isLess(completeness, before.completeness) && length < before.text.length * MIN_REPLACEMENT_SHARE
  );
}

function featuresOf({ extracted }: Reading, firstSeenAt: Date): Features {
  const features = extracted.article.fingerprint;
  return { ...features, at: firstSeenAt < features.at ? firstSeenAt : features.at };
}

/**
 * Whether a page can change an article. The page or one of its variants must have the article's
 * URL, and the page must not be older than the stored version.
 */
export function canChange(
  link: Pick<Link, "_id">,
  before: Article,
  { capture, extracted }: Pick<Reading, "capture" | "extracted">,
): boolean {
  const variants = variantsOf(extracted.extraction, capture.finalUrl);
  const own =
    link._id === before._id ||
    [link._id, ...variants.map(({ url }) => urlKey(url))].includes(urlKey(before.url));
  return own && (capture._id === before.captureId || capture.fetchedAt >= before.lastSeenAt);
}

/** A fetched article page, before its article is identified. */
export interface Arrival {
  link: Pick<Link, "_id" | "foundUrl" | "articleId">;
  hops: Hop[];
  finalUrl: string;
  /** The publisher's canonical URL if it is plausible, otherwise the final URL. */
  articleUrl: string;
  /** The article's variants for AMP, phones and print, and its further pages. */
  variants: Pick<Alias, "url" | "kind">[];
}

interface Identity {
  articleId: string;
  aliases: Alias[];
  /** A variant that was fetched before the page. The article keeps the variant's id. */
  version?: Pick<Alias, "_id" | "kind">;
}

/** The article of a URL, and the URL's role in the article. */
export type Owner = Pick<Alias, "articleId" | "kind">;

/** Whether a URL belongs to a variant (AMP, phones, print) or a further page of an article. */
export function isAlternateVersion(owner: Pick<Alias, "kind"> | undefined): boolean {
  return owner !== undefined && VERSIONS.has(owner.kind);
}

const VERSIONS = new Set<Alias["kind"]>(["amp", "mobile", "print", "page"]);

/**
 * Returns an article's variants (AMP, phones, print) and further pages. Omits URLs of other sites.
 */
export function variantsOf(
  { page: { ampUrl, variants = [] }, evidence }: Pick<Extraction, "page" | "evidence">,
  finalUrl: string,
): Arrival["variants"] {
  const amp = ampUrl ? [{ url: ampUrl, kind: "amp" as const }] : [];
  const articlePages = ownPagesOf(evidence.text).map((url) => ({ url, kind: "page" as const }));
  const all = [...amp, ...variants, ...articlePages];
  return all.filter(({ url }) => sameSite(url, finalUrl));
}

/** Returns the URLs of the further pages that belong to an article. */
export function ownPagesOf(text: Evidence | undefined): string[] {
  return (text?.articlePages ?? []).flatMap(({ url, state }) =>
    state === "joined" || state === "repeats" ? url : [],
  );
}

/** Whether the link's article is stored, but not yet recorded in the link. */
export function isUnrecorded(
  link: Pick<Link, "_id" | "articleId">,
  articleId: string | null,
): boolean {
  return link.articleId === null && articleId === link._id;
}

/** Returns the keys of all URLs of a fetched article page. The first key is the link's id. */
export function keysOf({ link, hops, finalUrl, articleUrl, variants }: Arrival): string[] {
  const others = [...hops, ...variants].map(({ url }) => url);
  const urls = [finalUrl, ...others, articleUrl];
  return [...new Set([link._id, ...urls.map(urlKey)])];
}

/**
 * Determines the article to which each fetched page belongs. Adds new URLs to `owners`, the
 * articles by URL key.
 */
export function identify(arrivals: Arrival[], owners: Map<string, Owner>, now: Date): Identity[] {
  return arrivals.map((arrival): Identity => {
    const { link, articleUrl, finalUrl } = arrival;
    const known =
      owners.get(link._id) ?? owners.get(urlKey(articleUrl)) ?? owners.get(urlKey(finalUrl));
    const version = known ? undefined : orphanOf(arrival, owners);
    const articleId = known?.articleId ?? version?._id ?? link._id;
    if (version) owners.set(version._id, { articleId, kind: version.kind });
    const aliases = aliasesOf(arrival, articleId, now).filter(({ _id }) => !owners.has(_id));
    for (const { _id, kind } of aliases) owners.set(_id, { articleId, kind });
    return { articleId, aliases, ...(version && { version }) };
  });
}

function orphanOf({ variants }: Arrival, owners: Map<string, Owner>): Identity["version"] {
  return variants
    .map(({ url, kind }) => ({ _id: urlKey(url), kind }))
    .find(({ _id }) => {
      const owner = owners.get(_id);
      return owner?.articleId === _id && owner.kind === "self";
    });
}

function aliasesOf(arrival: Arrival, articleId: string, at: Date): Alias[] {
  const { link, hops, finalUrl, articleUrl, variants } = arrival;
  const of = (url: string, kind: Alias["kind"]): Alias => {
    return { _id: urlKey(url), articleId, url, kind, at };
  };
  const all = [
    of(link.foundUrl, link._id === articleId ? "self" : "variant"),
    of(articleUrl, "canonical"),
    of(finalUrl, "redirect"),
    ...hops.map((hop) => of(hop.url, "redirect")),
    ...variants.map(({ url, kind }) => of(url, kind)),
  ];
  const seen = new Set<string>();
  return all.filter(({ _id }) => !seen.has(_id) && seen.add(_id));
}

type Outcomes = Map<string, Pick<Link, "articleId" | "outcome">>;

/** Learns boilerplate and quality from new articles. */
export async function learnFrom(
  store: Store,
  pages: ReadPage[],
  outcomes: Outcomes,
  now: Date,
): Promise<void> {
  const fresh = freshOf(pages, outcomes);
  if (fresh.length === 0) return;
  const shared = new Map<string, number>();
  await Promise.all([
    learnParagraphs(store, fresh, shared, now),
    countQuality(store, fillCounts(fresh)),
  ]);
  await countSamples(store, samplesOf(fresh, shared));
}

/** Learns boilerplate, not quality: imported pages don't show how well extraction works now. */
export async function learnRepeated(
  store: Store,
  pages: ReadPage[],
  outcomes: Outcomes,
  now: Date,
): Promise<void> {
  await learnParagraphs(store, freshOf(pages, outcomes), new Map(), now);
}

function freshOf(pages: ReadPage[], outcomes: Outcomes) {
  return pages.flatMap(({ link, reading }) => {
    const { articleId = null, outcome = null } = outcomes.get(link._id) ?? {};
    // An earlier process stored another text of the article, and ended before it learned from it.
    const isUnlearnt = outcome === "updated" && isUnrecorded(link, articleId);
    const isNew = outcome === "new" || outcome === "copy" || isUnlearnt;
    return isNew && articleId ? [{ articleId, link, reading }] : [];
  });
}

type Fresh = ReturnType<typeof freshOf>[number];

function samplesOf(fresh: Fresh[], shared: Map<string, number>) {
  const samples = new Map<string, { run: Sample[]; titles: string[] }>();
  for (const { articleId, link, reading } of fresh) {
    const { fields, evidence } = reading.extracted.extraction;
    const of = samples.get(reading.sourceId) ?? { run: [], titles: [] };
    const watched = { fields, evidence, hints: link.hints, shared: shared.get(articleId) ?? 0 };
    samples.set(reading.sourceId, {
      run: [...of.run, sampleOf(watched)],
      titles: [...of.titles, shortHash(fields.title ?? articleId)],
    });
  }
  return samples;
}

function fillCounts(fresh: Fresh[]): Map<string, FillCounts> {
  const counts = new Map<string, FillCounts>();
  for (const { reading } of fresh) {
    const { extraction } = reading.extracted;
    const of = counts.get(reading.sourceId) ?? { articles: 0, fieldScore: 0, fields: {} };
    of.articles++;
    of.fieldScore += scoreFields(extraction);
    for (const name of MEASURED_FIELDS) {
      if (filledBy(extraction.fields, name)) of.fields[name] = (of.fields[name] ?? 0) + 1;
    }
    counts.set(reading.sourceId, of);
  }
  return counts;
}

async function learnParagraphs(
  store: Store,
  fresh: Fresh[],
  shared: Map<string, number>,
  now: Date,
): Promise<void> {
  const own = fresh.filter(({ reading }) => reading.extracted.article.paragraphs?.length);
  if (own.length === 0) return;
  const sourceIds = [...new Set(own.map(({ reading }) => reading.sourceId))];
  const stored = await readBoilerplate(store, sourceIds);
  const additions: BoilerplateAddition[] = [];
  for (const sourceId of sourceIds) {
    const { recent = [], known: before = [] } = stored.get(sourceId) ?? {};
    let known: Pick<Boilerplate, "recent" | "known"> = { recent, known: before };
    const addition: BoilerplateAddition = { sourceId, recent: [], known: [] };
    for (const { articleId, reading } of own) {
      if (reading.sourceId !== sourceId) continue;
      const { paragraphs = [], without = [] } = reading.extracted.article;
      shared.set(articleId, sharedShare(known, paragraphs));
      const lesson = learnBoilerplate(known, { article: articleId, paragraphs, without }, now);
      if (!lesson) continue;
      addition.recent.push(lesson.entry);
      addition.known.push(...lesson.learnt);
      known = afterLesson(known, lesson);
    }
    if (addition.recent.length > 0) additions.push(addition);
  }
  await addBoilerplate(store, additions, { at: now, limits: BOILERPLATE_LIMITS });
}

export interface Watched {
  fields: Pick<ArticleFields, WatchedField>;
  evidence: Extraction["evidence"];
  hints: Hints;
  /** Share of the article's text that other articles also contain, 0 to 1. */
  shared: number;
}

const MAX_DATE_DIFFERENCE_MS = 2 * DAY_MS;

export function sampleOf({ fields, evidence, hints, shared }: Watched): Sample {
  const isMissing = (field: WatchedField) => {
    const value = fields[field];
    return value === null || String(value) === "";
  };
  const each = (is: (field: WatchedField) => boolean) =>
    Object.fromEntries(WATCHED_FIELDS.filter(is).map((field) => [field, 1]));
  const length = Math.log(Math.max(1, fields.text?.length ?? 0));
  const contradicts = {
    ...(titlesDiffer(fields.title, hints.title) && { title: 1 }),
    ...(datesDiffer(fields.publishedAt, hints.publishedAt) && { publishedAt: 1 }),
  };
  return {
    articles: 1,
    empty: 0,
    missing: each(isMissing),
    unselected: each((field) => evidence[field]?.rule !== "select"),
    repeated: 0,
    contradicted: contradicts,
    length: { sum: length, squares: length ** 2 },
    shared: { sum: shared, squares: shared ** 2 },
  };
}

function titlesDiffer(read: string | null, stated: string | undefined): boolean {
  if (!read || !stated) return false;
  const [one, other] = [letters(read), letters(stated)];
  return one !== "" && other !== "" && !one.includes(other) && !other.includes(one);
}

function letters(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .slice(0, 40);
}

function datesDiffer(read: Date | null, stated: Date | undefined): boolean {
  if (!read || !stated) return false;
  return Math.abs(read.getTime() - stated.getTime()) > MAX_DATE_DIFFERENCE_MS;
}
