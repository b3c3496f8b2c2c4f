import type { Database } from "node-sqlite3-wasm";
import { type IndexQuery, matchesIn, quoted, titleForm } from "./match.ts";
import { formsOf, type Part } from "./sqlite-file.ts";

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
export interface Ranked {
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
export function guessLanguage(
  db: Database,
  part: Part,
  typed: readonly string[],
): LanguageGuess | null {
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
