import type { Database } from "node-sqlite3-wasm";
import { PARTS, type Part } from "./file.ts";
import { EVERY, matchOf, type Vocabulary } from "./match.ts";
import { numbersOf } from "./number.ts";
import { parseQuery } from "./query/parse.ts";

/** A query as the index is asked by it. */
export interface Asked {
  /** FTS5's MATCH expression. */
  match: string;
  /** Words by which matches are marked and ranked, see `SearchAnswer.marks`; none: they all are alike. */
  marks: string[];
  /** See `Match.words`. */
  words: string[][] | null;
  /** See `Match.typed`. */
  typed: string[];
  /** Numbers of the documents that may match, both inclusive. */
  span: { from: number; to: number };
  parts: readonly Part[];
}

/** Reads a query; with `all` also what readers don't see is looked for. Throws `QueryProblem`. */
export function readQuery(db: Database, query: string, all: boolean): Asked {
  const { root, since, until } = parseQuery(query);
  const { expression, marks, words, typed } = matchOf(root, vocabularyOf(db));
  const match = expression ?? `"${EVERY}"`;
  return {
    match,
    marks,
    words,
    typed,
    span: numbersOf(since, until),
    parts: all ? PARTS : ["shown"],
  };
}

/** Numbers of documents that match, the newest first; takes the expression and both ends of a span. */
export function matchesIn(part: Part): string {
  return `SELECT rowid AS no FROM ${part} WHERE ${part} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid`;
}

/** What the index knows of its words. */
export function vocabularyOf(db: Database): Vocabulary {
  const languages = db.all("SELECT language FROM languages") as { language: string }[];
  return {
    languages: languages.map(({ language }) => language),
    spelled(folded) {
      const found = db.all("SELECT stem FROM spellings WHERE folded = ? LIMIT 8", folded);
      return (found as { stem: string }[]).map(({ stem }) => stem);
    },
  };
}
