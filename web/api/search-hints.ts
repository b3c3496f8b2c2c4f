import { nearest } from "../../lib/nearest.ts";
import { QueryProblem, type SearchHint, type SearchRequest } from "../../model/publish/search.ts";
import type { PublicSource } from "../../store/sources/directory.ts";
import type { PortalConfig, SearchActions } from "../server/config.ts";

export type TopicNames = Pick<PortalConfig, "topicNames" | "topicNamesIn">;

interface Known {
  topics: TopicNames | undefined;
  sources: ReadonlyMap<string, PublicSource>;
}

/** Maximum number of hints, and of topics, countries and sources tried for one word. */
const MAX = { hints: 4, fields: 3 };
/**
 * Words shorter than `initials` match nothing; those shorter than `beginning` aren't compared with
 * the beginnings of names.
 */
const MIN_LETTERS = { beginning: 3, initials: 2 };

/** Returns similar queries that find articles; empty if the index contains every word. */
export async function hintsFor(
  search: SearchActions,
  { query, all }: Pick<SearchRequest, "query" | "all">,
  known: Known,
): Promise<SearchHint[]> {
  const misses = await search.misses({ query, all });
  if (misses.length === 0) return [];
  const finds = async (tried: string) => {
    const one = { sort: "newest", offset: 0, limit: 1, exact: false, all } as const;
    return search.find({ ...one, query: tried }).catch((error: unknown) => {
      // The text after a field name can be an invalid query.
      if (error instanceof QueryProblem) return null;
      throw error;
    });
  };
  const put = (texts: readonly (string | null)[]) =>
    misses.reduceRight((text, { at, word }, index) => {
      const instead = texts[index] ?? word;
      return text.slice(0, at) + instead + text.slice(at + word.length);
    }, query);
  const names = await namesOf(search, known);
  const hints: SearchHint[] = [
    { query: put(misses.map(({ spelling }) => spelling)), name: null },
    ...misses.flatMap(({ word }, index) =>
      resembling(word, names).map(({ term, name }) => ({
        query: put(misses.map(({ spelling }, other) => (other === index ? term : spelling))),
        name,
      })),
    ),
  ];
  const found: SearchHint[] = [];
  for (const hint of hints) {
    if (found.length === MAX.hints) break;
    if (hint.query === query || found.some((one) => one.query === hint.query)) continue;
    if (((await finds(hint.query))?.total ?? 0) > 0) found.push(hint);
  }
  return found;
}

interface NamedTerm {
  /** The term as written in a query, such as `topic:egovernment`. */
  term: string;
  name: string;
  /** What a word can match: the id, the names and their initials, normalised and without spaces. */
  called: string[];
}

async function namesOf(search: SearchActions, { topics, sources }: Known): Promise<NamedTerm[]> {
  const newest = {
    query: "",
    sort: "newest",
    offset: 0,
    limit: 1,
    all: false,
    exact: false,
  } as const;
  const { facets } = await search.find(newest);
  const { topicNames = {}, topicNamesIn = {} } = topics ?? {};
  const translated = Object.values(topicNamesIn);
  const languages = ["en", ...Object.keys(topicNamesIn)];
  const countries = languages.map(
    (language) => new Intl.DisplayNames([language], { type: "region", fallback: "code" }),
  );
  return [
    ...Object.entries(topicNames).map(([id, name]) =>
      termOf(
        "topic",
        id,
        name,
        translated.map((names) => names[id] ?? name),
      ),
    ),
    ...facets.country
      .filter(({ value }) => /^[A-Z]{2}$/.test(value))
      .map(({ value }) => {
        const [name = value, ...others] = countries.map((names) => names.of(value) ?? value);
        return termOf("country", value, name, others);
      }),
    ...[...sources].map(([id, { name }]) => termOf("source", id, name, [])),
  ];
}

function termOf(field: string, id: string, name: string, others: readonly string[]): NamedTerm {
  const names = [id, name, ...others];
  return {
    term: `${field}:${id}`,
    name,
    called: [...new Set(names.flatMap((one) => [joined(one), initials(one)]))].filter(Boolean),
  };
}

function folded(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

function joined(name: string): string {
  return folded(name).replace(/[^\p{L}\p{N}]+/gu, "");
}

function initials(name: string): string {
  const first = folded(name)
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.slice(0, 1));
  return first.length >= MIN_LETTERS.initials ? first.join("") : "";
}

/** Returns up to three entries whose names begin with the word, or else one similar entry. */
function resembling(word: string, names: readonly NamedTerm[]): NamedTerm[] {
  const typed = joined(word);
  if (typed.length < MIN_LETTERS.initials) return [];
  const same = names.filter(({ called }) => called.includes(typed));
  const begun =
    typed.length < MIN_LETTERS.beginning
      ? []
      : names.filter(({ called }) => called.some((name) => name.startsWith(typed)));
  const sure = [...new Set([...same, ...begun])];
  if (sure.length > 0) return sure.slice(0, MAX.fields);
  const near = nearest(
    typed,
    names.flatMap(({ called }) => called).filter((name) => name.length > MIN_LETTERS.beginning),
  );
  return near === null ? [] : names.filter(({ called }) => called.includes(near)).slice(0, 1);
}
