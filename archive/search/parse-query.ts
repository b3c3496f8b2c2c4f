import { parseTimeSpan, TIME_FORMS } from "../../lib/time-expression.ts";
import { FACETS, type Facet, QueryProblem } from "../../model/publish/search.ts";
import { wordsOf } from "./words.ts";

export type Node =
  | { kind: "words"; text: string; phrase: boolean; field: TextField | null; at: number }
  | { kind: "facet"; field: Facet; value: string }
  | { kind: "and"; parts: Node[] }
  | { kind: "or"; parts: Node[] }
  | { kind: "not"; part: Node };

export interface Query {
  /** The root of the parsed query; null matches everything. */
  root: Node | null;
  since: Date | null;
  until: Date | null;
}

const MAX_QUERY_LENGTH = 1000;
const MAX_DEPTH = 20;

/** Parses a query. Relative times count from `now`. Throws `QueryProblem` if it is invalid. */
export function parseQuery(text: string, now = new Date()): Query {
  if (text.length > MAX_QUERY_LENGTH) {
    throw new QueryProblem(`a query has at most ${MAX_QUERY_LENGTH} characters`, MAX_QUERY_LENGTH);
  }
  const query = parseTokens(lex(text), { end: text.length + 1, now });
  if (query.root && !asksAnything(query.root)) {
    const hint = "write a word of at least one letter or digit, or a field such as country:DE";
    throw new QueryProblem(`"${text.trim()}" has nothing to search for: ${hint}`, 1, "no-words");
  }
  return query;
}

function asksAnything(node: Node): boolean {
  if (node.kind === "words") return wordsOf(node.text).next().value !== undefined;
  if (node.kind === "facet") return true;
  return node.kind === "not" ? asksAnything(node.part) : node.parts.some(asksAnything);
}

/** Parses tokens by recursive descent. `end` is the position after the query. */
function parseTokens(tokens: readonly Token[], { end, now }: { end: number; now: Date }): Query {
  let next = 0;
  const bounds: Pick<Query, "since" | "until"> = { since: null, until: null };
  const root = tokens.length === 0 ? null : parseOr(0, null, true);
  const rest = tokens[next];
  if (rest) throw new QueryProblem("this closing bracket has no opening bracket", rest.at);
  return { root, ...bounds };

  function parseOr(depth: number, field: TextField | null, top: boolean): Node | null {
    if (depth > MAX_DEPTH) throw new QueryProblem("brackets are nested too deep", position());
    // Time bounds are only allowed where they apply to the whole query.
    const alone = top && !hasOuterOr(tokens);
    const parts: (Node | null)[] = [parseAnd(depth, field, alone)];
    while (tokens[next]?.kind === "or") {
      next++;
      parts.push(parseAnd(depth, field, false));
    }
    return joined("or", parts);
  }

  function parseAnd(depth: number, field: TextField | null, top: boolean): Node | null {
    const parts: (Node | null)[] = [];
    for (;;) {
      parts.push(parseTerm(depth, field, top));
      const token = tokens[next];
      if (token?.kind === "and") next++;
      else if (!token || token.kind === "or" || token.kind === ")") break;
    }
    return joined("and", parts);
  }

  function parseTerm(depth: number, field: TextField | null, top: boolean): Node | null {
    const at = position();
    const token = tokens[next++];
    switch (token?.kind) {
      case "not": {
        if (depth > MAX_DEPTH) throw new QueryProblem("too many NOT in a row", at);
        const part = parseTerm(depth + 1, field, false);
        return part && { kind: "not", part };
      }
      case "(": {
        const inner = parseOr(depth + 1, field, false);
        if (tokens[next++]?.kind !== ")") {
          throw new QueryProblem("this bracket is not closed", at);
        }
        return inner;
      }
      case "field":
        return parseField(token.name, at, depth, top);
      case "word":
      case "phrase":
        return { kind: "words", text: token.text, phrase: token.kind === "phrase", field, at };
      case "and":
      case "or":
      case ")":
      case undefined:
    }
    throw new QueryProblem("a word, a phrase or a field is missing here", at);
  }

  function parseField(name: string, at: number, depth: number, top: boolean): Node | null {
    if (isTextField(name)) return parseTerm(depth, name, false);
    const token = tokens[next++];
    const value = token?.kind === "word" || token?.kind === "phrase" ? token.text : "";
    if (isTimeField(name)) {
      const span = parseTimeSpan(value, now);
      if (!span) throw new QueryProblem(`${name}:${value}: write ${TIME_FORMS}`, at);
      if (!top) {
        const hint = `so it can't be in brackets, after NOT or beside OR; write (a OR b) ${name}:2026`;
        throw new QueryProblem(`${name}: applies to the whole query, ${hint}`, at);
      }
      bounds[name] = name === "until" ? span.end : span.start;
      return null;
    }
    return { kind: "facet", ...facetIn(name, value, at) };
  }

  function position(): number {
    return tokens[next]?.at ?? end;
  }
}

/** Adds a required term, such as `country:DE`, to a query. The query must be valid. */
export function narrowQuery(query: string, term: string): string {
  const whole = hasOuterOr(lex(query)) ? `(${query})` : query;
  return `${whole} ${term}`.trim();
}

/**
 * Returns a query without a required term such as `country:DE`; null if the term can't be removed.
 */
export function widenQuery(query: string, term: string): string | null {
  const tokens = lex(query);
  if (hasOuterOr(tokens)) return null;
  let depth = 0;
  for (const [index, { kind, at }] of tokens.entries()) {
    if (kind === "(") depth++;
    if (kind === ")") depth--;
    const [start, end] = [at - 1, at - 1 + term.length];
    const isTerm =
      kind === "field" && query.slice(start, end) === term && !/\S/.test(query.charAt(end));
    if (!isTerm || depth > 0) continue;
    const beside = [tokens[index - 1]?.kind, tokens[index + 2]?.kind];
    if (beside.includes("and") || beside[0] === "not") continue;
    return `${query.slice(0, start).trimEnd()} ${query.slice(end).trimStart()}`.trim();
  }
  return null;
}

function hasOuterOr(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.some(({ kind }) => {
    if (kind === "(") depth++;
    if (kind === ")") depth--;
    return kind === "or" && depth === 0;
  });
}

function joined(kind: "and" | "or", parts: (Node | null)[]): Node | null {
  const there = parts.filter((part) => part !== null);
  return there.length > 1 ? { kind, parts: there } : (there[0] ?? null);
}

const TEXT_FIELDS = ["title", "teaser", "text", "author", "tag"] as const;

type TextField = (typeof TEXT_FIELDS)[number];

const TIME_FIELDS = ["since", "until"] as const;

const FORMS: Record<Facet, { form: RegExp; write: string }> = {
  source: { form: /^[a-z0-9][a-z0-9-]*$/, write: "a source's id, such as eu-commission" },
  country: { form: /^[a-z]{2}$/, write: "two letters, such as DE" },
  region: { form: /^[a-z]{2}-[a-z0-9]{1,3}$/, write: "an ISO 3166-2 code, such as DE-BE" },
  topic: { form: /^[a-z0-9][a-z0-9-]*$/, write: "a topic's id, such as smart-city" },
  language: { form: /^[a-z]{2,3}$/, write: "two or three letters, such as de" },
  day: {
    form: /^\d{4}(-\d{2}(-\d{2})?)?$/,
    write: "a day, month or year: 2026-11-25, 2026-11, 2026",
  },
  status: { form: /^(published|unlisted|retracted)$/, write: "published, unlisted or retracted" },
};

const ALL_FIELDS = [...TEXT_FIELDS, ...FACETS, ...TIME_FIELDS];

function isOneOf<Name extends string>(names: readonly Name[]) {
  return (field: string): field is Name => names.some((name) => name === field);
}

const isTextField = isOneOf(TEXT_FIELDS);
const isTimeField = isOneOf(TIME_FIELDS);
const isFacet = isOneOf(FACETS);

function facetIn(field: string, value: string, at: number): { field: Facet; value: string } {
  if (!isFacet(field)) {
    const hint = `write one of ${ALL_FIELDS.join(", ")}, or put the words in quotes`;
    throw new QueryProblem(`there is no field "${field}": ${hint}`, at);
  }
  const { form, write } = FORMS[field];
  const lower = value.toLowerCase();
  if (form.test(lower)) return { field, value: lower };
  throw new QueryProblem(`${field}:${value}: write ${write}`, at);
}

/** The position `at` counts from 1. */
type Token = { at: number } & (
  | { kind: "(" | ")" | "and" | "or" | "not" }
  | { kind: "field"; name: string }
  | { kind: "word" | "phrase"; text: string }
);

const OPERATORS: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["AND", "and"],
  ["OR", "or"],
  ["NOT", "not"],
]);
const FIELD = /([a-zA-Z]+):(?=[^\s)])/y;
const WORD = /[^\s()"]+/y;
const QUOTES = /["“”„«»]/g;

function lex(query: string): Token[] {
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
      const operator = OPERATORS.get(word);
      tokens.push(operator ? { kind: operator, at } : { kind: "word", text: word, at });
    }
  }
  return tokens;
}
