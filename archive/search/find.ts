import type { Database } from "node-sqlite3-wasm";
import {
  FACETS,
  type Facet,
  type FacetCounts,
  type SearchAnswer,
  type SearchHit,
  type SearchRequest,
} from "../../model/publish/search.ts";
import { type IndexQuery, matchesIn, readQuery } from "./match.ts";
import {
  guessLanguage,
  RANK_BOUNDS,
  type RankBounds,
  type Ranked,
  rank,
  rankingWords,
} from "./rank.ts";
import type { Part } from "./sqlite-file.ts";

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
  const counted = parts.map((part) => readColumn(db, part, "facets", indexQuery, most));
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
  const total = counted.reduce((sum, { values }) => sum + values.length, 0);
  return {
    hits: hitsOf(db, page),
    total,
    exact: counted.every(({ values }) => values.length < most),
    facets: countFacets(counted.flatMap(({ values }) => values)),
    highlights,
  };
}

/** Returns a column of the newest matches, and the number of the last of these documents. */
function readColumn(
  db: Database,
  part: Part,
  column: "facets" | "article",
  { match, span }: IndexQuery,
  most: number,
) {
  // Fetched as one string: passing a row per match from WebAssembly would cost more than the
  // search.
  const { last, lines } = db.get(
    `SELECT max(m.no) AS last, group_concat(d.${column}, char(10)) AS lines
     FROM (${matchesIn(part)} LIMIT ?) m JOIN documents d ON d.no = m.no`,
    [match, span.from, span.to, most],
  ) as { last: number | null; lines: string | null };
  return { last, values: lines === null ? [] : lines.split("\n") };
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
  const indexQuery = readQuery(db, query, true);
  const found = indexQuery.parts.flatMap(
    (part) => readColumn(db, part, "article", indexQuery, most).values,
  );
  return [...new Set(found)];
}
