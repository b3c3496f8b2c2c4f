import type { Database } from "node-sqlite3-wasm";
import type { SearchAnswer, SearchHit, SearchRequest } from "../model/search.ts";
import { countFacets } from "./facets.ts";
import { PARTS, type Part } from "./file.ts";
import { EVERY, matchOf, type Vocabulary } from "./match.ts";
import { numbersOf } from "./number.ts";
import { parseQuery } from "./query/parse.ts";

/** Matches that are counted and ranked, the newest ones, unless all are asked for: what bounds a search's cost. */
export const COUNTED = 1000;
/** Further matches that are ranked: older ones that have the words in their title. */
const TITLES = 200;
/** What a word counts for by where it stands: title, teaser, text, author, tag; facets count nothing. */
const WEIGHTS = "10, 4, 1, 3, 2, 0";

interface Row {
  no: number;
  rank: number;
}

/** Answers a search. Throws `QueryProblem` for a query that can't be understood. */
export function find(db: Database, request: SearchRequest): SearchAnswer {
  const { root, since, until } = parseQuery(request.query);
  const { expression, marks } = matchOf(root, vocabularyOf(db));
  const match = expression ?? `"${EVERY}"`;
  const span = numbersOf(since, until);
  const parts = request.all ? PARTS : (["shown"] as const);
  const most = request.exact ? Number.MAX_SAFE_INTEGER : COUNTED;
  const asked = { db, match, span, most, words: marks.length > 0 };
  const counted = parts.map((part) => count(part, asked));
  const rows = parts.flatMap((part, index) => {
    const last = counted[index]?.last ?? null;
    return last === null ? [] : read(part, asked, request, last);
  });
  const order = request.sort === "oldest" ? -1 : 1;
  const page = rows
    .toSorted((a, b) => a.rank - b.rank || order * (a.no - b.no))
    .slice(request.offset, request.offset + request.limit);
  const total = counted.reduce((sum, { facets }) => sum + facets.length, 0);
  return {
    hits: page.map(({ no }) => hitOf(db, no)),
    total,
    exact: counted.every(({ facets }) => facets.length < most),
    facets: countFacets(counted.flatMap(({ facets }) => facets)),
    marks,
  };
}

interface Asked {
  db: Database;
  match: string;
  span: { from: number; to: number };
  most: number;
  /** Whether there are words to rank by. */
  words: boolean;
}

const MATCHES = (part: Part) =>
  `SELECT rowid AS no FROM ${part} WHERE ${part} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid`;

/** The facets of the newest matches, a line each, and the number of the oldest of them. */
function count(part: Part, { db, match, span, most }: Asked) {
  // One string crosses over from WebAssembly: a row each would cost more than finding them.
  const { last, lines } = db.get(
    `SELECT max(m.no) AS last, group_concat(d.facets, char(10)) AS lines
     FROM (${MATCHES(part)} LIMIT ?) m JOIN documents d ON d.no = m.no`,
    [match, span.from, span.to, most],
  ) as { last: number | null; lines: string | null };
  return { last, facets: lines === null ? [] : lines.split("\n") };
}

/** Matches up to the end of the page that is asked for, in its order. */
function read(part: Part, asked: Asked, request: SearchRequest, last: number): Row[] {
  const { db, match, span, words } = asked;
  const end = request.offset + request.limit;
  const { from, to } = span;
  if (request.sort !== "relevance" || !words) {
    const direction = request.sort === "oldest" ? "DESC" : "ASC";
    const rows = db.all(`${MATCHES(part)} ${direction} LIMIT ?`, [match, from, to, end]);
    return rows.map((row) => ({ no: Number(row["no"]), rank: 0 }));
  }
  const ranked = `SELECT rowid AS no, bm25(${part}, ${WEIGHTS}) AS rank FROM ${part}
    WHERE ${part} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rank, rowid LIMIT ?`;
  const newest = db.all(ranked, [match, from, last, end]);
  const older = titlesBefore(part, asked, last);
  const titled = older === null ? [] : db.all(ranked, [`title : ${match}`, last + 1, older, end]);
  return [...newest, ...titled].map((row) => ({
    no: Number(row["no"]),
    rank: Number(row["rank"]),
  }));
}

/** The number up to which older matches are ranked; null where there is none. */
function titlesBefore(part: Part, { db, match, span, most }: Asked, last: number): number | null {
  if (most !== COUNTED) return null;
  // Facets are no words of a title, so a query with one has no match there: its newest are enough.
  const row = db.get(`SELECT max(no) AS no FROM (${MATCHES(part)} LIMIT ?)`, [
    `title : ${match}`,
    last + 1,
    span.to,
    TITLES,
  ]);
  return (row as { no: number | null } | null)?.no ?? null;
}

function hitOf(db: Database, no: number): SearchHit {
  const row = db.get("SELECT article, revision FROM documents WHERE no = ?", no);
  const { article, revision } = row as { article: string; revision: number | null };
  return { articleId: article, revision };
}

function vocabularyOf(db: Database): Vocabulary {
  const languages = db.all("SELECT language FROM languages") as { language: string }[];
  return {
    languages: languages.map(({ language }) => language),
    spelled(folded) {
      const found = db.all("SELECT stem FROM spellings WHERE folded = ? LIMIT 8", folded);
      return (found as { stem: string }[]).map(({ stem }) => stem);
    },
  };
}
