import {
  afterLesson,
  BOILERPLATE_LIMITS,
  learnBoilerplate,
  sharedShare,
} from "../../extractors/boilerplate.ts";
import { fieldScore, filledBy } from "../../extractors/fields/field-score.ts";
import { shortHash } from "../../lib/hash.ts";
import type { Extraction } from "../../model/articles/extraction.ts";
import { type ArticleFields, MEASURED_FIELDS } from "../../model/articles/fields.ts";
import type { Hints, Link } from "../../model/crawl/link.ts";
import {
  addSamples,
  EMPTY_SAMPLE,
  type Sample,
  WATCHED_FIELDS,
  type WatchedField,
} from "../../model/sources/baseline.ts";
import type { Boilerplate, Learnt } from "../../model/sources/boilerplate.ts";
import type { FillCounts } from "../../model/sources/health.ts";
import { countSamples } from "../../store/sources/baseline.ts";
import {
  addBoilerplate,
  type BoilerplateAddition,
  readBoilerplate,
} from "../../store/sources/boilerplate.ts";
import { countQuality } from "../../store/sources/quality.ts";
import type { Store } from "../../store/store.ts";
import { isUnrecorded, type ReadPage } from "./decide.ts";

type Outcomes = Map<string, Pick<Link, "articleId" | "outcome">>;

/** Learns boilerplate and quality from new articles. Returns the new boilerplate by source id. */
export async function learnFrom(
  store: Store,
  pages: ReadPage[],
  outcomes: Outcomes,
  now: Date,
): Promise<Map<string, Learnt[]>> {
  const fresh = freshOf(pages, outcomes);
  if (fresh.length === 0) return new Map();
  const shared = new Map<string, number>();
  const [learnt] = await Promise.all([
    learnParagraphs(store, fresh, shared, now),
    countQuality(store, fillCounts(fresh)),
  ]);
  await countSamples(store, samplesOf(fresh, shared));
  return learnt;
}

/** Learns only boilerplate: imported pages don't show how well a source is extracted now. */
export async function learnRepeated(
  store: Store,
  pages: ReadPage[],
  outcomes: Outcomes,
  now: Date,
): Promise<void> {
  await learnParagraphs(store, freshOf(pages, outcomes), new Map(), now);
}

function freshOf(pages: ReadPage[], outcomes: Outcomes): Fresh[] {
  return pages.flatMap(({ link, reading }) => {
    const { articleId = null, outcome = null } = outcomes.get(link._id) ?? {};
    // A process that stored the article, with another text, ended before it learned from it.
    const isUnlearnt = outcome === "updated" && isUnrecorded(link, articleId);
    const isNew = outcome === "new" || outcome === "copy" || isUnlearnt;
    return isNew && articleId ? [{ articleId, link, reading }] : [];
  });
}

interface Fresh {
  articleId: string;
  link: Link;
  reading: ReadPage["reading"];
}

/**
 * Returns, by source id, how well the new articles were extracted. `shared` has, by article id, the
 * share of the article's text that other articles also contain.
 */
function samplesOf(fresh: Fresh[], shared: Map<string, number>) {
  const samples = new Map<string, { run: Sample; titles: string[] }>();
  for (const { articleId, link, reading } of fresh) {
    const { fields, evidence } = reading.extracted.extraction;
    const of = samples.get(reading.sourceId) ?? { run: EMPTY_SAMPLE, titles: [] };
    const watched = { fields, evidence, hints: link.hints, shared: shared.get(articleId) ?? 0 };
    samples.set(reading.sourceId, {
      run: addSamples(of.run, sampleOf(watched)),
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
    of.fieldScore += fieldScore(extraction);
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
): Promise<Map<string, Learnt[]>> {
  const own = fresh.filter(({ reading }) => reading.extracted.article.paragraphs?.length);
  if (own.length === 0) return new Map();
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
  return new Map(
    additions.filter(({ known }) => known.length > 0).map((one) => [one.sourceId, one.known]),
  );
}

export interface Watched {
  fields: Pick<ArticleFields, WatchedField>;
  evidence: Extraction["evidence"];
  hints: Hints;
  /** Share of the article's text that other articles also contain, 0 to 1. */
  shared: number;
}

/**
 * A page's date contradicts the feed's or list's date if they differ by more. A smaller difference
 * is normal, because some feeds state only the day.
 */
const MAX_DATE_DIFFERENCE_MS = 2 * 86_400_000;

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
  return Boolean(
    read && stated && Math.abs(read.getTime() - stated.getTime()) > MAX_DATE_DIFFERENCE_MS,
  );
}
