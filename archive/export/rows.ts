import { provenanceOf } from "../../articles/revisions/draft.ts";
import { cut } from "../../articles/stream/lead.ts";
import { chunksOf } from "../../lib/async.ts";
import type { ExportPurpose } from "../../model/archive/export.ts";
import type { Article } from "../../model/articles/article.ts";
import {
  ARTICLE_FIELDS,
  EXPORTED_FIELDS,
  type ExportedField,
  withoutSeen,
} from "../../model/articles/fields.ts";
import { matchesQuery, type Query } from "../../model/publish/filter.ts";
import {
  articleSignals,
  denialKind,
  judgeUse,
  namedSignals,
  type UsageSignal,
} from "../../model/usage-rights.ts";
import { getArticles, withTexts } from "../../store/articles/articles.ts";
import { findIn } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { articlesAsOf } from "../as-of.ts";

/** Articles from `sources` (null: all) that match `where` (null or missing: no condition). */
export interface ArticleSlice {
  sources: readonly string[] | null;
  where?: Query | null;
  /** A search's query and the ids of the articles found; null or missing without a search. */
  found?: { query: string; ids: readonly string[] } | null;
  since: Date;
  until: Date;
  /** Time as of which the articles are exported; null or missing for their current state. */
  asOf?: Date | null;
  purpose: ExportPurpose;
  /** Time at which an article's use must be permitted. */
  judgedAt: Date;
}

const WITHOUT_LARGE_FIELDS = {
  html: 0,
  pending: 0,
  "evidence.byTopic": 0,
  "evidence.relevance": 0,
  "evidence.places": 0,
  "evidence.text.candidates": 0,
} as const;

const BATCH_SIZE = 50;
/** Without this limit, a response of the database has up to 16 MB. */
const CURSOR_BATCH_SIZE = 200;

export function allFor(purpose: ExportPurpose): ArticleSlice {
  const span = { since: new Date(0), until: new Date("9999-01-01") };
  return { sources: null, ...span, purpose, judgedAt: new Date() };
}

/**
 * Yields the articles of a slice, by current `sortAt`. Omits erased articles and those not
 * permitted for the slice's `purpose`.
 */
export async function* exportArticles(
  store: Store,
  slice: ArticleSlice = allFor("analysis"),
): AsyncGenerator<ExportedArticle> {
  for await (const { row } of exportRows(store, slice, null)) if (row) yield row;
}

/** An article with its position. If `row` is null, `leftOut` says why it can't be used. */
export type ExportRow = Place & ({ row: ExportedArticle } | { row: null; leftOut: string });

interface Place {
  /** Rows are sorted by the article's current `sortAt`, even in an as-of export. */
  sortAt: Date;
  day: string;
}

/** Yields rows from `from` (null: the beginning), by current `sortAt`, without erased articles. */
export async function* exportRows(
  store: Store,
  slice: ArticleSlice,
  from: Date | null,
): AsyncGenerator<ExportRow> {
  const { sources, where, found, since, until, asOf, purpose, judgedAt } = slice;
  const span = { since: from ?? since, until };
  const now = () => (found ? articlesAmong(store, found.ids, span) : articlesNow(store, span));
  const all = asOf ? articlesAsOf(store, asOf, from ?? undefined) : now();
  for await (const { article, today } of all) {
    // The remains of an erased article contain nothing to export.
    if (article.contentHash === "") continue;
    if (article.sortAt < since || article.sortAt >= until) continue;
    if (where && !matchesQuery(where, article)) continue;
    if (sources && !sources.includes(article.sourceId)) continue;
    const { sortAt, day } = today;
    const verdict = judgeUse(signalsOf(article, today), purpose, judgedAt);
    if (!verdict.allowed) yield { row: null, leftOut: denialKind(verdict), sortAt, day };
    else yield { row: exported(cutTexts(article, verdict.maxCharacters)), sortAt, day };
  }
}

function signalsOf(article: Article, today: Article): UsageSignal[] {
  const known = articleSignals(today);
  const { reservations, url, lastSeenAt: seenAt } = article;
  const earlier = reservations.filter((name) => !today.reservations.includes(name));
  return [...known, ...namedSignals(earlier, { url, seenAt })];
}

function cutTexts(article: Article, maxCharacters: number | null): Article {
  if (maxCharacters === null) return article;
  const { text, teaser } = article;
  return {
    ...article,
    text: cut(text, maxCharacters),
    teaser: teaser === null ? null : cut(teaser, maxCharacters),
    // The evidence can quote the texts.
    evidence: {},
  };
}

async function* articlesNow(
  store: Store,
  { since, until }: Pick<ArticleSlice, "since" | "until">,
): AsyncGenerator<{ article: Article; today: Article }> {
  const found = store.collections.articles
    .find(
      { sortAt: { $gte: since, $lt: until } },
      { projection: WITHOUT_LARGE_FIELDS, batchSize: CURSOR_BATCH_SIZE },
    )
    .sort({ sortAt: 1, _id: 1 });
  for await (const stored of found) {
    for (const article of await withTexts(store, [stored])) yield { article, today: article };
  }
}

async function* articlesAmong(
  store: Store,
  ids: readonly string[],
  { since, until }: Pick<ArticleSlice, "since" | "until">,
): AsyncGenerator<{ article: Article; today: Article }> {
  const { articles } = store.collections;
  const times = await findIn(articles, "_id", ids, { projection: { sortAt: 1 } });
  const ordered = times
    .filter(({ sortAt }) => sortAt >= since && sortAt < until)
    .toSorted((a, b) => a.sortAt.getTime() - b.sortAt.getTime() || (a._id < b._id ? -1 : 1));
  for (const piece of chunksOf(ordered, BATCH_SIZE)) {
    const wanted = piece.map(({ _id }) => _id);
    const read = await getArticles(store, wanted);
    for (const id of wanted) {
      const article = read.get(id);
      if (article) yield { article, today: article };
    }
  }
}

function exported(article: Article): ExportedArticle {
  const row = rowOf(article);
  const cells = COLUMNS.map(({ name }) => [name, row[name] ?? null]);
  return Object.fromEntries(cells) as ExportedArticle;
}

function rowOf(article: Article) {
  const { _id: id, reservations, origin } = article;
  const whole = provenanceOf(article.evidence);
  const rules = reservations.length > 0 ? withoutSeen(whole) : whole;
  return {
    ...article,
    id,
    originSourceId: origin?.sourceId ?? null,
    originAfter: origin?.after ?? null,
    provenance: Object.keys(rules).length > 0 ? JSON.stringify(rules) : null,
  };
}

type Row = ReturnType<typeof rowOf>;

/** An article in the shape of an export; `COLUMNS` explains each field. */
export type ExportedArticle = {
  [Name in ColumnName]: undefined extends Row[Name] ? NonNullable<Row[Name]> | null : Row[Name];
};

type ColumnName = ExportedField | (typeof OWN_COLUMNS)[number]["name"];

/** Raise this if a column is removed or changes its meaning, not if a column is added. */
export const SCHEMA_VERSION = 1;

type ColumnType = "string" | "strings" | "time" | "integer" | "number";

export interface Column<Name = ColumnName> {
  name: Name;
  type: ColumnType;
  about: string;
}

const column = <Name extends keyof Row>(name: Name, type: ColumnType, about: string) => {
  return { name, type, about };
};

const field = <Name extends ExportedField>(name: Name): Column<Name> => {
  return { name, ...ARTICLE_FIELDS[name].exported };
};

const OWN_COLUMNS = [
  column("id", "string", "id of the article; never changes"),
  column("url", "string", "URL of the original, to which readers are sent"),
  field("canonicalUrl"),
  column("sourceId", "string", "id of the source that found the article first"),
  column("sourceVersion", "integer", "version of the source's file"),
  field("siteName"),
  field("title"),
  field("teaser"),
  field("text"),
  field("authors"),
  field("organisations"),
  field("section"),
  field("tags"),
  field("wordCount"),
  field("publishedAt"),
  field("publishedPrecision"),
  field("modifiedAt"),
  column("firstSeenAt", "time", "when Newsgather found the article"),
  column("lastSeenAt", "time", "when Newsgather last fetched the article"),
  column("servedAt", "time", "when readers could first see it; empty if never or not recorded"),
  column("day", "string", "day of publication, or of firstSeenAt, in the portal's time zone"),
  field("language"),
  column("country", "string", "ISO 3166-1 alpha-2"),
  column("region", "string", "first-level region, in English"),
  column("regionCode", "string", "ISO 3166-2"),
  column("city", "string", "city, in English"),
  column("topics", "strings", "ids of config/topics.yaml"),
  column("status", "string", "published, unlisted (hidden from readers) or retracted"),
  column("duplicateOf", "string", "id of the article that this article copies"),
  column(
    "originSourceId",
    "string",
    "source of the earliest article with the same text; empty for that article itself",
  ),
  column("originAfter", "number", "seconds between that earliest article and this one"),
  column("storyId", "string", "id of the article's story"),
  column("version", "integer", "increases with every change"),
  column("revision", "integer", "increases when the publisher changes the content"),
  column(
    "completeness",
    "string",
    "announced (from a feed or list), partial (the free part) or full",
  ),
  column("incompleteReason", "string", "why the article isn't full; empty for full articles"),
  column("fieldScore", "number", "completeness and confidence of the fields, 0 to 1"),
  column("reservations", "strings", "what the publisher reserves: noarchive, nosnippet, tdm"),
  column("captureId", "string", "id of the response from which the article was read"),
  column("extractor", "string", "version of the extraction rules"),
  column(
    "provenance",
    "string",
    "JSON: for each field the rule that read it, the rule's confidence (0 to 1), and the text that the rule saw (unless reserved)",
  ),
];

const ownNames = new Set<string>(OWN_COLUMNS.map(({ name }) => name));

/** The data dictionary: every column, in the order of CSV and Parquet files. */
export const COLUMNS: readonly Column[] = [
  ...OWN_COLUMNS,
  ...EXPORTED_FIELDS.filter((name) => !ownNames.has(name)).map(field),
];
