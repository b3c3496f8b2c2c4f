import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import {
  type ClassifyInput,
  classify,
  prefixOf,
  relevanceOf,
} from "../../articles/classify/classify.ts";
import { asDeclared } from "../../articles/classify/topics/matcher.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { type LeftUnchanged, type ReadAgainDeps, readAgain } from "../../articles/ingest/reread.ts";
import { withholds } from "../../articles/reading/parse-tasks.ts";
import { type Draft, draftArticle, statusByRelevance } from "../../articles/revisions/draft.ts";
import { corrected, isSameForReaders } from "../../articles/revisions/visibility.ts";
import { LANGUAGE_RULES_VERSION } from "../../extractors/rules.ts";
import type { Cached } from "../../lib/async.ts";
import type { Stage } from "../../model/archive/reprocessing.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Correction } from "../../model/articles/correction.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { correctionsOf } from "../../store/articles/stories.ts";

interface ReadingDeps extends ReadAgainDeps {
  sources: Cached<SourceRecord | null>;
  now(): Date;
  timezone: string;
}

export interface ReprocessDeps extends ReadingDeps {
  tables: Pick<ClassifyInput, "topics" | "places">;
}

export interface Derivation {
  before: Article;
  draft: Draft;
  /** The link, its capture and the new extraction; null if the stage `extract` wasn't run. */
  page: ReadPage | null;
  /** Whether readers see a difference; if not, evidence or invisible fields can still differ. */
  visible: boolean;
  differs: boolean;
}

export type Planned = Derivation | ({ before: Article } & LeftUnchanged);

/** Each derivation holds a whole response in memory. */
const DERIVATION_CONCURRENCY = 8;

/**
 * Derives articles again in the given stages, and in other stages if their input changed. Writes
 * nothing.
 */
export async function plan(
  deps: ReprocessDeps,
  articles: readonly Article[],
  stages: ReadonlySet<Stage>,
): Promise<Planned[]> {
  return planBy(deps, articles, (before, input) => {
    return stages.has("extract") ? read(deps, before, input) : derive(deps, before, input, stages);
  });
}

/**
 * Extracts articles again from their stored responses, without writing anything. Calls `onArticle`
 * after each article.
 */
export function planReading(
  deps: ReadingDeps,
  articles: readonly Article[],
  onArticle = () => {},
): Promise<Planned[]> {
  return planBy(deps, articles, (before, input) => read(deps, before, input), onArticle);
}

async function planBy(
  { store, sources }: Pick<ReadingDeps, "store" | "sources">,
  articles: readonly Article[],
  deriveOne: (before: Article, input: DeriveInput) => Promise<Derived | LeftUnchanged>,
  onArticle = () => {},
): Promise<Planned[]> {
  const corrections = await correctionsOf(
    store,
    articles.map(({ _id }) => _id),
  );
  const deriveFrom = async (before: Article): Promise<Derived | LeftUnchanged> => {
    if (before.title === "" && before.text === "") return { left: "the article was erased" };
    if (before.status === "retracted") return { left: "the article is retracted" };
    const source = await sources.get(before.sourceId);
    if (!source) return { left: "its source no longer exists" };
    return deriveOne(before, { source, corrections: corrections.get(before._id) ?? [] });
  };
  return pLimit(DERIVATION_CONCURRENCY).map(articles, async (before) => {
    const derived = await deriveFrom(before);
    onArticle();
    if ("left" in derived) return { before, ...derived };
    const draft = atRest(derived.draft, before);
    const visible = !isSameForReaders(before, draft);
    const differs = visible || !isAsStored(draft, before);
    return { before, draft, page: derived.page, visible, differs };
  });
}

function atRest(
  draft: Draft & Partial<Pick<Article, "pending" | "pendingAt">>,
  { version, lastSeenAt }: Article,
): Draft {
  const { pending: _, pendingAt: __, ...rest } = draft;
  return { ...rest, version, lastSeenAt };
}

interface DeriveInput {
  source: SourceRecord;
  corrections: readonly Correction[];
}

type Derived = Pick<Derivation, "draft" | "page">;

async function read(
  deps: ReadingDeps,
  before: Article,
  { source, corrections }: DeriveInput,
): Promise<Derived | LeftUnchanged> {
  const page = await readAgain(deps, before, source);
  if ("left" in page) return page;
  const draft = draftArticle(before._id, page.reading, before, deps.timezone);
  return { draft: corrected(draft, corrections, before, deps.now()), page };
}

async function derive(
  deps: ReprocessDeps,
  before: Article,
  { source, corrections }: DeriveInput,
  stages: ReadonlySet<Stage>,
): Promise<Derived | LeftUnchanged> {
  const now = deps.now();
  const base = stages.has("language") ? await withLanguage(deps, before, source) : before;
  if ("left" in base) return base;
  const wanted = new Set(stages);
  if (base.language !== before.language) wanted.add("places").add("topics");
  const reads = wanted.has("places") || wanted.has("topics");
  if (reads && isTextWithheld(before)) return { left: "its text isn't stored (noarchive)" };
  const draft = reclassify(base, { source, tables: deps.tables }, { stages: wanted, now });
  return { draft: corrected(draft, corrections, before, now), page: null };
}

async function withLanguage(
  deps: ReprocessDeps,
  before: Article,
  source: SourceRecord,
): Promise<Article | LeftUnchanged> {
  const page = await readAgain(deps, before, source);
  if ("left" in page) return page;
  const { article, extraction } = page.reading.extracted;
  const { language: _, ...evidence } = before.evidence;
  const seen = extraction.evidence.language;
  return {
    ...before,
    language: article.classified.language,
    evidence: { ...evidence, ...(seen && { language: seen }) },
    derived: { ...before.derived, language: LANGUAGE_RULES_VERSION },
  };
}

function isTextWithheld({ reservations }: Article): boolean {
  // With a TDM reservation, the text isn't stored either, but it wasn't used for classification.
  return withholds(reservations) === "noarchive";
}

function isAsStored(draft: Draft, before: Article): boolean {
  const stored = before as unknown as Record<string, unknown>;
  return Object.entries(draft).every(([key, value]) =>
    isDeepStrictEqual(toPlainJson(value), toPlainJson(stored[key])),
  );
}

function toPlainJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function reclassify(
  article: Draft,
  { source, tables }: Pick<ReprocessDeps, "tables"> & { source: SourceRecord },
  { stages, now }: { stages: ReadonlySet<Stage>; now: Date },
): Draft {
  const { language, teaser, text } = article;
  const title = removedPrefix(article) + article.title;
  const fresh = classify({ title, source, fields: { language, teaser, text }, ...tables });
  const { country, region, regionCode, city, prefix, place, derived } = fresh;
  const placed = stages.has("places")
    ? { country, region, regionCode, city, prefix }
    : { country: article.country };
  const earlier =
    article.overruled?.byTopic ?? article.evidence.byTopic ?? asDeclared(article.topics);
  const byTopic = stages.has("topics") ? fresh.byTopic : earlier;
  const topics = byTopic.map(({ id }) => id);
  const rests =
    placed.country !== article.country || topics.join() !== earlier.map(({ id }) => id).join();
  const weighs = stages.has("relevance") || rests;
  const relevance = relevanceOf({
    topics: byTopic,
    declared: source.topics,
    country: placed.country,
    trust: source.trust,
    min: source.relevance.min,
  });
  const isRead = stages.has("topics") || article.overruled;
  return {
    ...article,
    ...placed,
    topics,
    overruled: null,
    evidence: {
      ...article.evidence,
      ...(stages.has("places") && { places: place }),
      ...(isRead && { byTopic }),
      ...(weighs && { relevance }),
    },
    ...(weighs && {
      relevanceScore: relevance.score,
      ...statusByRelevance(relevance, article, now),
    }),
    derived: {
      ...article.derived,
      ...(stages.has("places") && { places: derived.places }),
      ...(stages.has("topics") && { topics: derived.topics }),
      ...(weighs && { relevance: derived.relevance }),
    },
  };
}

function removedPrefix({ evidence: { places } }: Pick<Article, "evidence">): string {
  if (places?.because.country !== "title prefix") return "";
  const region = places.because.region === "title prefix" ? (places.region?.name ?? null) : null;
  return prefixOf({ country: places.country, region });
}
