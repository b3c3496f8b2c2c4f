import type { Database } from "node-sqlite3-wasm";
import { nearest } from "../../lib/nearest.ts";
import type { Miss } from "../../model/publish/search.ts";
import { matchOf, quoted, vocabularyOf } from "./match.ts";
import { type Node, parseQuery } from "./parse-query.ts";
import { formsOf, PARTS, type Part, wordsFrom, wordsOfPart } from "./sqlite-file.ts";
import { stem, wordsOf } from "./words.ts";

const QUERY_LIMITS = { words: 8, corrected: 3 };
const MIN_CORRECTED_LETTERS = 3;
const LONG_WORD = { minLetters: 6, samePrefix: 3, maxLengthDifference: 2 };
const MAX_COMPARED_WORDS = 2000;
const ALPHABETS = [
  [/^\p{Script=Latin}+$/u, "a", "z"],
  [/^\p{Script=Cyrillic}+$/u, "а", "я"],
  [/^\p{Script=Greek}+$/u, "α", "ω"],
  [/^\p{Script=Arabic}+$/u, "ا", "ي"],
  [/^\p{Script=Hebrew}+$/u, "א", "ת"],
] as const;

/** Returns query words that no document contains. Throws `QueryProblem` for an invalid query. */
export function findMisses(db: Database, { query, all }: { query: string; all: boolean }): Miss[] {
  const { root } = parseQuery(query);
  const parts = all ? PARTS : (["shown"] as const);
  const known = vocabularyOf(db, parts);
  let left = QUERY_LIMITS.corrected;
  return (root ? wantedIn(root, query) : [])
    .slice(0, QUERY_LIMITS.words)
    .flatMap(({ at, word }) => {
      const node: Node = { kind: "words", text: word, phrase: false, field: null, at };
      const { expression } = matchOf(node, known);
      if (expression === null || parts.some((part) => isThere(db, part, expression))) return [];
      const near = left-- > 0 ? parts.flatMap((part) => nearestWord(db, part, word) ?? []) : [];
      const [spelling = null] = near;
      return [{ at, word, spelling: spelling && inCaseOf(word, spelling) }];
    });
}

function wantedIn(node: Node, query: string): { at: number; word: string }[] {
  if (node.kind === "and" || node.kind === "or") {
    return node.parts.flatMap((part) => wantedIn(part, query));
  }
  if (node.kind !== "words" || node.text.endsWith("*")) return [];
  const from = query.indexOf(node.text, node.at - 1);
  return [...wordsOf(node.text)].map(({ word, start }) => ({ at: from + start, word }));
}

function isThere(db: Database, part: Part, expression: string): boolean {
  return db.get(`SELECT 1 FROM ${part} WHERE ${part} MATCH ? LIMIT 1`, expression) !== null;
}

function nearestWord(db: Database, part: Part, word: string): string | null {
  const typed = stem(word, null);
  if (typed.length < MIN_CORRECTED_LETTERS) return null;
  const found = db.all(
    `SELECT term FROM json_each(?) one JOIN ${wordsOfPart(part)} known ON known.term = one.value
     ORDER BY substr(term, 1, 1) = ? DESC, doc DESC LIMIT 5`,
    [JSON.stringify(oneEditFrom(typed)), typed.slice(0, 1)],
  ) as { term: string }[];
  const forms = formsOf(part);
  // A word can stay in the vocabulary for a while after its last document was removed.
  const isUsed = (term: string) =>
    db.get(`SELECT 1 FROM ${forms} WHERE ${forms} MATCH ? LIMIT 1`, quoted(term)) !== null;
  const near = found.map(({ term }) => term).find(isUsed);
  if (near !== undefined || typed.length < LONG_WORD.minLetters) return near ?? null;
  const begin = typed.slice(0, LONG_WORD.samePrefix);
  const close = wordsFrom(db, part, begin, MAX_COMPARED_WORDS).filter(
    (term) => Math.abs(term.length - typed.length) <= LONG_WORD.maxLengthDifference,
  );
  const meant = nearest(typed, close);
  return meant !== null && isUsed(meant) ? meant : null;
}

function oneEditFrom(word: string): string[] {
  const [, from, to] = ALPHABETS.find(([script]) => script.test(word)) ?? [];
  const letters = from && to ? lettersBetween(from, to) : [];
  const all = new Set<string>();
  for (let at = 0; at <= word.length; at++) {
    const [before, here, after] = [word.slice(0, at), word.slice(at, at + 1), word.slice(at + 1)];
    for (const letter of letters) {
      all.add(before + letter + here + after);
      if (here !== "") all.add(before + letter + after);
    }
    if (here !== "") all.add(before + after);
    if (after !== "") all.add(before + after.slice(0, 1) + here + after.slice(1));
  }
  all.delete(word);
  return [...all];
}

function lettersBetween(from: string, to: string): string[] {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  return Array.from({ length: last - first + 1 }, (_, at) => String.fromCharCode(first + at));
}

function inCaseOf(typed: string, word: string): string {
  const [first = "", ...rest] = word;
  if (typed.length > 1 && typed === typed.toUpperCase()) return word.toUpperCase();
  const begins = typed.slice(0, 1);
  return begins === begins.toLowerCase() ? word : first.toUpperCase() + rest.join("");
}
