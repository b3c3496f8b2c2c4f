import type { Database } from "node-sqlite3-wasm";
import {
  FACETS,
  type Facet,
  type FacetCounts,
  type SearchAnswer,
  type SearchHit,
  type SearchRequest,
} from "../../model/publish/search.ts";
import { type IndexQuery, matchesIn, quoted, readQuery, titleForm } from "./match.ts";
import { formsOf, type Part } from "./sqlite-file.ts";

const MAX_COUNTED_MATCHES = 1000;
const MAX_TITLE_MATCHES = 200;
const MAX_TITLE_DOCUMENTS = 10_000;

/** Returns results; counts only the newest matches unless `exact`. Throws `QueryProblem`. */
export function find(
  db: Database,
  request: SearchRequest,
  bounds: RankBounds = RANK_BOUNDS,
): SearchAnswer {
  const indexQuery = readQuery(db, request.query, request.all);
  const { highlights, parts } = indexQuery;
  const most = request.exact ? Number.MAX_SAFE_INTEGER : MAX_COUNTED_MATCHES;
  const counted = parts.map((part) => countLines(db, part, indexQuery, most));
  const ranks = request.sort === "relevance" && highlights.length > 0;
  const { rankBy, typed } =
    ranks && !request.exact
      ? rankingWords(db, indexQuery, bounds)
      : { rankBy: null, typed: indexQuery.typed };
  const rows = parts.flatMap((part, index) => {
    const last = counted[index]?.last ?? null;
    if (last === null) return [];
    if (!ranks) return inOrder(db, part, indexQuery, request);
    const end = { limit: request.offset + request.limit };
    const { match, span } = indexQuery;
    const guess = guessLanguage(db, part, typed);
    const newest = rank(
      db,
      part,
      { match, rankBy, typed, guess },
      { from: span.from, to: last, ...end },
    );
    const older = request.exact ? null : lastTitleMatch(db, part, indexQuery, last);
    if (older === null) return newest;
    const titles = { match: inTitle(match), rankBy: rankBy && inTitle(rankBy), typed, guess };
    return [...newest, ...rank(db, part, titles, { from: last + 1, to: older, ...end })];
  });
  const order = request.sort === "oldest" ? -1 : 1;
  const page = rows
    .toSorted((a, b) => a.rank - b.rank || order * (a.no - b.no))
    .slice(request.offset, request.offset + request.limit);
  const total = counted.reduce((sum, { facets }) => sum + facets.length, 0);
  return {
    hits: hitsOf(db, page),
    total,
    exact: counted.every(({ facets }) => facets.length < most),
    facets: countFacets(counted.flatMap(({ facets }) => facets)),
    highlights,
  };
}

function countLines(db: Database, part: Part, { match, span }: IndexQuery, most: number) {
  // Fetched as one string: passing a row per match from WebAssembly would cost more than the
  // search.
  const { last, lines } = db.get(
    `SELECT max(m.no) AS last, group_concat(d.facets, char(10)) AS lines
     FROM (${matchesIn(part)} LIMIT ?) m JOIN documents d ON d.no = m.no`,
    [match, span.from, span.to, most],
  ) as { last: number | null; lines: string | null };
  return { last, facets: lines === null ? [] : lines.split("\n") };
}

function inOrder(
  db: Database,
  part: Part,
  { match, span }: IndexQuery,
  { sort, offset, limit }: SearchRequest,
): Ranked[] {
  const direction = sort === "oldest" ? "DESC" : "ASC";
  const to = [match, span.from, span.to, offset + limit];
  const rows = db.all(`${matchesIn(part)} ${direction} LIMIT ?`, to);
  return rows.map((row) => ({ no: Number(row["no"]), rank: 0 }));
}

/**
 * Returns the highest document number among the first 200 matching titles after `last`; null if
 * there is none. Searches 10,000 documents.
 */
function lastTitleMatch(db: Database, part: Part, { match, span }: IndexQuery, last: number) {
  const end = db.get("SELECT no FROM documents WHERE no > ? ORDER BY no LIMIT 1 OFFSET ?", [
    last,
    MAX_TITLE_DOCUMENTS,
  ]) as { no: number } | null;
  // A title contains no facets, so a query with a facet finds nothing here.
  const row = db.get(`SELECT max(no) AS no FROM (${matchesIn(part)} LIMIT ?)`, [
    inTitle(match),
    last + 1,
    Math.min(end?.no ?? span.to, span.to),
    MAX_TITLE_MATCHES,
  ]);
  return (row as { no: number | null } | null)?.no ?? null;
}

function inTitle(expression: string): string {
  return `title : (${expression})`;
}

function hitsOf(db: Database, page: readonly Ranked[]): SearchHit[] {
  if (page.length === 0) return [];
  const numbers = page.map(({ no }) => no);
  const rows = db.all(
    `SELECT no, article, revision FROM documents WHERE no IN (${numbers.map(() => "?").join()})`,
    numbers,
  ) as { no: unknown; article: string; revision: number | null }[];
  const found = new Map(rows.map((row) => [Number(row.no), row]));
  return numbers.flatMap((no) => {
    const row = found.get(no);
    return row ? { articleId: row.article, revision: row.revision } : [];
  });
}

const MAX_FACET_VALUES = 30;

function countFacets(lines: readonly string[]): Record<Facet, FacetCounts> {
  const counts = FACETS.map(() => new Map<string, number>());
  for (const line of lines) {
    // Tabs separate facets, and commas the values of a facet.
    const fields = line.split("\t");
    for (const [index, of] of counts.entries()) {
      const values = fields[index] ?? "";
      if (values === "") continue;
      for (const value of values.split(",")) of.set(value, (of.get(value) ?? 0) + 1);
    }
  }
  return Object.fromEntries(
    FACETS.map((facet, index) => [facet, sorted(facet, counts[index] ?? new Map())]),
  ) as Record<Facet, FacetCounts>;
}

function sorted(facet: Facet, counts: ReadonlyMap<string, number>): FacetCounts {
  const all = [...counts].map(([value, count]) => ({ value, count }));
  const order = (a: FacetCounts[number], b: FacetCounts[number]) =>
    facet === "day" ? 0 : b.count - a.count;
  const later = facet === "day" ? -1 : 1;
  return all
    .toSorted((a, b) => order(a, b) || later * (a.value < b.value ? -1 : 1))
    .slice(0, MAX_FACET_VALUES);
}

/** A request for articles of which any version matches, even one hidden from readers. */
export interface ArticlesRequest {
  query: string;
  /** Maximum number of matching documents per part of the index, newest first. */
  most: number;
}

/** Returns each matching article's id once. Throws `QueryProblem` for an invalid query. */
export function findArticles(db: Database, { query, most }: ArticlesRequest): string[] {
  const { match, span, parts } = readQuery(db, query, true);
  const ids = new Set<string>();
  for (const part of parts) {
    // Fetched as one string: passing a row per match from WebAssembly would cost more than the
    // search.
    const row = db.get(
      `SELECT group_concat(d.article, char(10)) AS ids
       FROM (${matchesIn(part)} LIMIT ?) m JOIN documents d ON d.no = m.no`,
      [match, span.from, span.to, most],
    ) as { ids: string | null };
    for (const id of row.ids?.split("\n") ?? []) ids.add(id);
  }
  return [...ids];
}

/** The order of the fields is title, teaser, text, author, tag, facet. */
const FIELD_WEIGHTS = "10, 4, 1, 3, 2, 0";

const TYPED_BONUS = 1;
const TYPED_TITLE_BONUS = 1;
const OTHER_LANGUAGE_WEIGHT = 0.3;
const MAX_TYPED_WORDS = 8;

export interface RankBounds {
  /** Number of newest documents that determine how common a word is. */
  sample: number;
  /**
   * A word in a larger share of the `sample` doesn't affect the rank, because scoring it is slow.
   * If all words of a query are so common, only the rarest does.
   */
  common: number;
}

export const RANK_BOUNDS: RankBounds = { sample: 1000, common: 0.1 };

/** A match. The lower the rank, the more relevant the match. */
interface Ranked {
  no: number;
  rank: number;
}

interface RankBy {
  match: string;
  /** FTS5 expression of the words that determine the rank; null if all words of the query do. */
  rankBy: string | null;
  /** Words as typed. Documents that contain them in this form rank higher. */
  typed: readonly string[];
  guess: LanguageGuess | null;
}

export function rank(
  db: Database,
  part: Part,
  { match, rankBy, typed, guess }: RankBy,
  { from, to, limit }: { from: number; to: number; limit: number },
): Ranked[] {
  const forms = formsOf(part);
  const words = typed.slice(0, MAX_TYPED_WORDS);
  // The subquery is uncorrelated, so that SQLite evaluates it once for all matches.
  const having = `(m.rowid IN (SELECT rowid FROM ${forms} WHERE ${forms} MATCH ? AND rowid BETWEEN ? AND ?))`;
  const share = `(${words.map(() => having).join(" + ")}) / ${words.length}.0`;
  const asTyped =
    words.length > 0 && `(1 + ${TYPED_BONUS} * ${share} + ${TYPED_TITLE_BONUS} * ${share})`;
  const likely = [...(guess ?? [])];
  const cases = likely.map(() => "WHEN ? THEN ?").join(" ");
  const ofLanguage =
    likely.length > 0 &&
    `(SELECT CASE language ${cases} ELSE ${OTHER_LANGUAGE_WEIGHT} END FROM documents WHERE no = m.rowid)`;
  const relevance = [`bm25(${part}, ${FIELD_WEIGHTS})`, asTyped, ofLanguage]
    .filter(Boolean)
    .join(" * ");
  const scored = `SELECT m.rowid AS no, ${relevance} AS rank FROM ${part} m
    WHERE ${part} MATCH ? AND m.rowid BETWEEN ? AND ?`;
  const weights = [
    ...[...words, ...words.map(titleForm)].flatMap((word) => [quoted(word), from, to]),
    ...likely.flatMap(([language, how]) => [
      language,
      OTHER_LANGUAGE_WEIGHT + (1 - OTHER_LANGUAGE_WEIGHT) * how,
    ]),
  ];
  const rows =
    rankBy === null
      ? db.all(`${scored} ORDER BY rank, no LIMIT ?`, [...weights, match, from, to, limit])
      : db.all(
          `WITH matches AS MATERIALIZED (${matchesIn(part)})
           ${scored} AND +m.rowid IN (SELECT no FROM matches) ORDER BY rank, no LIMIT ?`,
          [match, from, to, ...weights, rankBy, from, to, limit],
        );
  return rows.map((row) => ({ no: Number(row["no"]), rank: Number(row["rank"]) }));
}

/**
 * Returns the words by which matches are ranked; omits too common words. `rankBy` of the result is
 * a full-text query; null if no word is omitted.
 */
export function rankingWords(
  db: Database,
  { words, typed }: Pick<IndexQuery, "words" | "typed">,
  { sample, common }: RankBounds,
): { rankBy: string | null; typed: readonly string[] } {
  const all = { rankBy: null, typed };
  if (words === null || words.length < 2) return all;
  const last = db.get("SELECT no FROM documents ORDER BY no LIMIT 1 OFFSET ?", sample);
  if (!last) return all;
  const counted = words.map((variants) => {
    const word = variants.map(wordOf).join(" OR ");
    const row = db.get(`SELECT count(*) AS n FROM (${matchesIn("shown")})`, [
      word,
      0,
      Number(last["no"]),
    ]);
    return { word, variants, share: Number(row?.["n"] ?? 0) / sample };
  });
  const telling = counted.filter(({ share }) => share <= common);
  if (telling.length === counted.length) return all;
  const [rarest] = counted.toSorted((a, b) => a.share - b.share);
  const terms = telling.length > 0 ? telling : [rarest].flatMap((one) => one ?? []);
  return {
    rankBy: terms.map(({ word }) => word).join(" OR "),
    typed: typed.filter((form) => terms.some(({ variants }) => variants.includes(form))),
  };
}

function wordOf(term: string): string {
  return term.endsWith("*") ? `${quoted(term.slice(0, -1))}*` : quoted(term);
}

const LANGUAGE_SAMPLE_SIZES = { word: 200, all: 1000 };
const SMOOTHING_COUNT = 0.2;

/** The likeliest language has the value 1. */
type LanguageGuess = ReadonlyMap<string, number>;

/**
 * Guesses how likely words are in each language, from documents that contain the words. Null if
 * there is only one language or no such document.
 */
function guessLanguage(db: Database, part: Part, typed: readonly string[]): LanguageGuess | null {
  const all = countsOf(db, "SELECT language FROM documents ORDER BY no LIMIT ?", [
    LANGUAGE_SAMPLE_SIZES.all,
  ]);
  if (all.size < 2) return null;
  const likely = new Map([...all.keys()].map((language) => [language, 1]));
  let isKnown = false;
  for (const word of typed) {
    const forms = formsOf(part);
    const newest = `SELECT rowid FROM ${forms} WHERE ${forms} MATCH ? ORDER BY rowid LIMIT ?`;
    const sql = `SELECT language FROM documents WHERE no IN (${newest})`;
    const having = countsOf(db, sql, [quoted(word), LANGUAGE_SAMPLE_SIZES.word]);
    if (having.size === 0) continue;
    isKnown = true;
    for (const [language, times] of all) {
      const share = ((having.get(language) ?? 0) + SMOOTHING_COUNT) / (times + 2 * SMOOTHING_COUNT);
      likely.set(language, (likely.get(language) ?? 1) * share);
    }
  }
  if (!isKnown) return null;
  const most = Math.max(...likely.values());
  return new Map([...likely].map(([language, value]) => [language, value / most]));
}

function countsOf(db: Database, sql: string, values: (string | number)[]): Map<string, number> {
  const grouped = `SELECT language, count(*) AS n FROM (${sql}) WHERE language IS NOT NULL GROUP BY 1`;
  const rows = db.all(grouped, values) as { language: string; n: number }[];
  return new Map(rows.map(({ language, n }) => [language, n]));
}
