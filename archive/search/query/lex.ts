import { QueryProblem } from "../../../model/search.ts";

/** A piece of a query: `at` is its first character, counted from 1. */
export type Token = { at: number } & (
  | { kind: "(" | ")" | "and" | "or" | "not" }
  | { kind: "field"; name: string }
  | { kind: "word" | "phrase"; text: string }
);

const OPERATORS: Readonly<Record<string, "and" | "or" | "not">> = {
  AND: "and",
  OR: "or",
  NOT: "not",
};
/** `name:` directly before a word, a quote or a bracket. */
const FIELD = /([a-zA-Z]+):(?=[^\s)])/y;
const WORD = /[^\s()"]+/y;
const QUOTES = /["“”„«»]/g;

/** Splits a query into its pieces. Throws `QueryProblem`. */
export function lex(query: string): Token[] {
  const text = query.replace(QUOTES, '"');
  const tokens: Token[] = [];
  let from = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = from;
    const found = pattern.exec(text);
    if (found) from += found[0].length;
    return found;
  };
  while (from < text.length) {
    const at = from + 1;
    const here = text[from];
    if (here === undefined || /\s/.test(here)) {
      from++;
    } else if (here === "(" || here === ")") {
      tokens.push({ kind: here, at });
      from++;
    } else if (here === '"') {
      const end = text.indexOf('"', from + 1);
      if (end < 0) throw new QueryProblem("this quote is not closed", at);
      tokens.push({ kind: "phrase", text: text.slice(from + 1, end), at });
      from = end + 1;
    } else if (here === "-" && /[^\s-]/.test(text[from + 1] ?? " ")) {
      tokens.push({ kind: "not", at });
      from++;
    } else {
      const field = take(FIELD)?.[1];
      if (field !== undefined) {
        tokens.push({ kind: "field", name: field.toLowerCase(), at });
        continue;
      }
      const word = take(WORD)?.[0] ?? "";
      const operator = OPERATORS[word];
      tokens.push(operator ? { kind: operator, at } : { kind: "word", text: word, at });
    }
  }
  return tokens;
}
