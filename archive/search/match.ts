import type { Database } from "node-sqlite3-wasm";
import { isUnspaced } from "../../lib/segments.ts";
import { type Node, parseQuery } from "./parse-query.ts";
import { numbersOf, PARTS, type Part, wordsFrom } from "./sqlite-file.ts";
import { stem, wordsOf } from "./words.ts";

export interface Vocabulary {
  languages: readonly string[];
  /** Returns up to eight indexed stems of words whose form without diacritics is `folded`. */
  spelled(folded: string): string[];
  /**
   * Returns stems that don't begin with `begin`, although their words do. For `electi`, one of them
   * is "elect", the stem of "election".
   */
  stemsOutside(begin: string): string[];
}

/** A query for FTS5, and what to highlight in the results. */
export interface Match {
  /** FTS5's MATCH expression; null matches everything. */
  expression: string | null;
  /**
   * Stems of the words to highlight. A final `*` stands for any ending. If empty, matches can't be
   * ranked by relevance.
   */
  highlights: string[];
  /** The indexed forms of each required word; null if there is an `OR` outside of `NOT`. */
  words: string[][] | null;
  /** The query's words in lower case, without accents. Omits excluded words and words with `*`. */
  typed: string[];
}

/** A word indexed with every document, so that it matches all documents. */
export const ALL_DOCUMENTS_WORD = ":all";

export function facetWord(facet: string, value: string): string {
  return `:${facet}:${value.toLowerCase()}`;
}

/** Returns the index term for a word of a title. `form` is in lower case, unaccented. */
export function titleForm(form: string): string {
  return `:${form}`;
}

/** Translates a query for FTS5. If `root` is null, the query matches everything. */
export function matchOf(root: Node | null, vocabulary: Vocabulary): Match {
  const highlights = new Set<string>();
  if (!root) return { expression: null, highlights: [], words: [], typed: [] };
  const expression = expressionOf(root, vocabulary, highlights);
  const words = wordsOfAll(root, vocabulary);
  return { expression, highlights: [...highlights], words, typed: [...new Set(typedIn(root))] };
}

function typedIn(node: Node): string[] {
  if (node.kind === "and" || node.kind === "or") return node.parts.flatMap(typedIn);
  if (node.kind !== "words" || node.text.endsWith("*")) return [];
  return [...wordsOf(node.text)].map(({ word }) => stem(word, null));
}

function wordsOfAll(node: Node, known: Vocabulary): string[][] | null {
  if (node.kind === "or") return null;
  if (node.kind === "and") {
    const parts = node.parts.map((part) => wordsOfAll(part, known));
    return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
  }
  if (node.kind !== "words") return [];
  const highlights = new Set<string>();
  wordsExpression(node, known, highlights);
  const words = [...wordsOf(node.text)].map(({ word }) => word);
  if ([...highlights].some((term) => term.endsWith("*"))) return [[...highlights]];
  const variants = variantsOf(words, known);
  return words.map((_, place) => [...new Set(variants.flatMap((variant) => variant[place] ?? []))]);
}

function expressionOf(node: Node, known: Vocabulary, highlights: Set<string>): string | null {
  if (node.kind === "words") return wordsExpression(node, known, highlights);
  if (node.kind === "and") return allOf(node.parts, known, highlights);
  if (node.kind === "or") {
    const parts = node.parts.map((part) => expressionOf(part, known, highlights));
    return joined(" OR ", parts);
  }
  if (node.kind === "not") {
    const part = expressionOf(node.part, asWritten(known), new Set());
    return part && `(${quoted(ALL_DOCUMENTS_WORD)} NOT ${part})`;
  }
  const part = node.field === "day" && node.value.length < 10 ? "*" : "";
  return quoted(facetWord(node.field, node.value)) + part;
}

function allOf(parts: Node[], known: Vocabulary, highlights: Set<string>): string | null {
  const without = parts.flatMap((part) => (part.kind === "not" ? [part.part] : []));
  const wanted = joined(
    " AND ",
    parts.filter(({ kind }) => kind !== "not").map((part) => expressionOf(part, known, highlights)),
  );
  const unwanted = joined(
    " OR ",
    without.map((part) => expressionOf(part, asWritten(known), new Set())),
  );
  return unwanted ? `(${wanted ?? quoted(ALL_DOCUMENTS_WORD)} NOT ${unwanted})` : wanted;
}

function asWritten(known: Vocabulary): Vocabulary {
  // Excluding `electi*` mustn't exclude "elect".
  return { ...known, stemsOutside: () => [] };
}

function wordsExpression(
  { text, phrase, field }: Extract<Node, { kind: "words" }>,
  known: Vocabulary,
  highlights: Set<string>,
): string | null {
  const words = [...wordsOf(text)].map(({ word }) => word);
  const [first] = words;
  if (first === undefined) return null;
  const open = !phrase && (text.endsWith("*") || takesKoreanParticles(first)) && words.length === 1;
  const begin = stem(first, null);
  if (open) highlights.add(`${begin}*`);
  const variants = open
    ? known.stemsOutside(begin).map((stemmed) => [stemmed])
    : variantsOf(words, known);
  for (const word of variants.flat()) highlights.add(word);
  const together = [
    ...(open ? [`${quoted(begin)}*`] : []),
    ...variants.map((variant) => quoted(variant.join(" "))),
  ];
  // In scripts without spaces, adjacent words also match separately. Where they match as a phrase,
  // they count twice.
  const apart = !phrase && isUnspaced(text) ? [joined(" AND ", words.map(quoted))] : [];
  const found = joined(" OR ", [...together, ...apart]);
  return found && field ? `(${field} : ${found})` : found;
}

function takesKoreanParticles(word: string): boolean {
  return /^\p{Script=Hangul}{2,}$/u.test(word);
}

function variantsOf(words: string[], { languages, spelled }: Vocabulary): string[][] {
  const readings = [null, ...languages].map((language) =>
    words.map((word) => stem(word, language)),
  );
  const completed = words.map((word) => spelled(stem(word, null)));
  if (completed.some((stems) => stems.length > 0)) {
    const most = Math.max(...completed.map((stems) => stems.length));
    for (let index = 0; index < most; index++) {
      const complete = (word: string, place: number) => completed[place]?.[index] ?? word;
      for (const reading of readings.slice(0, languages.length + 1)) {
        readings.push(reading.map(complete));
      }
    }
  }
  return [...new Map(readings.map((reading) => [reading.join(" "), reading])).values()];
}

function joined(separator: string, parts: (string | null)[]): string | null {
  const there = [...new Set(parts.filter((part) => part !== null))];
  return there.length > 1 ? `(${there.join(separator)})` : (there[0] ?? null);
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', "")}"`;
}

/** A query in the form that the index uses; `match` is its MATCH expression. */
export interface IndexQuery extends Omit<Match, "expression"> {
  match: string;
  /** First and last document number of the query's time span, both inclusive. */
  span: { from: number; to: number };
  parts: readonly Part[];
}

/** Parses a query; `all` includes hidden documents. Throws `QueryProblem` if it is invalid. */
export function readQuery(db: Database, query: string, all: boolean): IndexQuery {
  const { root, since, until } = parseQuery(query);
  const parts: readonly Part[] = all ? PARTS : ["shown"];
  const { expression, ...words } = matchOf(root, vocabularyOf(db, parts));
  const match = expression ?? quoted(ALL_DOCUMENTS_WORD);
  return { ...words, match, span: numbersOf(since, until), parts };
}

export function matchesIn(part: Part): string {
  return `SELECT rowid AS no FROM ${part} WHERE ${part} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid`;
}

const MAX_WORDS_WITH_BEGINNING = 500;
const MIN_STEMMED_LETTERS = 4;
/**
 * Maximum number of beginnings, such as `electi*`, for which `stemsOutside` searches. Each search
 * takes up to 50 ms.
 */
const MAX_STEMMED_BEGINNINGS = 4;

export function vocabularyOf(db: Database, parts: readonly Part[]): Vocabulary {
  const rows = db.all("SELECT language FROM languages") as { language: string }[];
  const languages = rows.map(({ language }) => language);
  const outside = new Map<string, string[]>();
  return {
    languages,
    spelled(folded) {
      const found = db.all("SELECT stem FROM spellings WHERE folded = ? LIMIT 8", folded);
      return (found as { stem: string }[]).map((row) => row.stem);
    },
    stemsOutside(begin) {
      if (begin.length < MIN_STEMMED_LETTERS) return [];
      const known = outside.get(begin);
      if (known || outside.size === MAX_STEMMED_BEGINNINGS) return known ?? [];
      const words = parts.flatMap((part) => wordsFrom(db, part, begin, MAX_WORDS_WITH_BEGINNING));
      const all = words.flatMap((word) => languages.map((language) => stem(word, language)));
      const spelled = db.all(
        "SELECT DISTINCT stem FROM spellings WHERE folded >= ? AND folded < ? LIMIT ?",
        [begin, `${begin}\u{10ffff}`, MAX_WORDS_WITH_BEGINNING],
      ) as { stem: string }[];
      const found = [...new Set([...all, ...spelled.map((row) => row.stem)])].filter(
        (stemmed) => !stemmed.startsWith(begin) && stemmed.length >= MIN_STEMMED_LETTERS,
      );
      outside.set(begin, found);
      return found;
    },
  };
}
