import type { Database } from "node-sqlite3-wasm";
import { formsOf, type Part } from "./file.ts";
import { quoted } from "./match.ts";

/** Newest documents with a word, and newest documents of all, whose languages are looked at. */
const SAMPLE = { word: 200, all: 1000 };
/** Documents of each language that a word is taken to occur in besides: one that it was never seen in stays possible. */
const DOUBT = 0.2;

/** How likely the words of a query are of each language, the likeliest 1; null where they tell nothing. */
export type LanguageGuess = ReadonlyMap<string, number>;

/** Guesses the language of words by the languages of the documents that have them as they were typed. */
export function guessLanguage(
  db: Database,
  part: Part,
  typed: readonly string[],
): LanguageGuess | null {
  const all = counted(db, "SELECT language FROM documents ORDER BY no LIMIT ?", [SAMPLE.all]);
  if (all.size < 2) return null;
  const likely = new Map([...all.keys()].map((language) => [language, 1]));
  let isTold = false;
  for (const word of typed) {
    const forms = formsOf(part);
    const newest = `SELECT rowid FROM ${forms} WHERE ${forms} MATCH ? ORDER BY rowid LIMIT ?`;
    const sql = `SELECT language FROM documents WHERE no IN (${newest})`;
    const having = counted(db, sql, [quoted(word), SAMPLE.word]);
    if (having.size === 0) continue;
    isTold = true;
    for (const [language, times] of all) {
      const share = ((having.get(language) ?? 0) + DOUBT) / (times + 2 * DOUBT);
      likely.set(language, (likely.get(language) ?? 1) * share);
    }
  }
  if (!isTold) return null;
  const most = Math.max(...likely.values());
  return new Map([...likely].map(([language, value]) => [language, value / most]));
}

function counted(db: Database, sql: string, values: (string | number)[]): Map<string, number> {
  const grouped = `SELECT language, count(*) AS n FROM (${sql}) WHERE language IS NOT NULL GROUP BY 1`;
  const rows = db.all(grouped, values) as { language: string; n: number }[];
  return new Map(rows.map(({ language, n }) => [language, n]));
}
