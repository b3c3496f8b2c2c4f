import { openText } from "../../articles/stream/item.ts";
import { cut, leadOf, paragraphsOf } from "../../articles/stream/lead.ts";
import { nearest } from "../../lib/nearest.ts";
import { type Html, html } from "../../lib/text.ts";
import { ProblemError } from "../../model/problem.ts";
import {
  type Piece,
  QueryProblem,
  type SearchAnswer,
  type SearchHint,
  type SearchRequest,
} from "../../model/publish/search.ts";
import { mayBeFound } from "../../model/usage-rights.ts";
import { readIndexable, readRevisionTexts } from "../../store/articles/articles.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { PublicSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import type { PortalConfig, SearchActions } from "../server/config.ts";

export interface SearchDeps {
  store: Store;
  search?: SearchActions;
  sources: ReadonlyMap<string, PublicSource>;
  /** Reads the names of topics, which only hints need. */
  topics: () => TopicNames | Promise<TopicNames>;
}

export interface Found {
  article: ListedArticle;
  /** Number of the earlier revision that was found; null for the current article. */
  revision: number | null;
  title: Piece[];
  /** First passage with a match, or the lead's beginning; empty if no text may be shown. */
  snippet: Piece[];
}

export interface FoundPage extends Omit<SearchAnswer, "hits" | "highlights"> {
  found: Found[];
  /** Similar queries that have results; empty if this query has results itself. */
  hints: SearchHint[];
  /** Number of changes that the index doesn't contain yet. */
  behind: number;
}

const MAX_SNIPPET_CHARS = 320;
const MAX_PARAGRAPHS_SEARCHED = 40;

export function requireSearch(search: SearchActions | undefined): SearchActions {
  if (search) return search;
  const detail = "Search is off. NEWSGATHER_SEARCH=on turns it on.";
  throw new ProblemError(404, "search-off", detail);
}

/**
 * Returns a page of results, without articles removed since they were indexed. Throws a problem if
 * search is off, the query is invalid or the index isn't ready.
 */
export async function readFound(
  { store, search, sources, topics }: SearchDeps,
  request: SearchRequest,
  head: number,
): Promise<FoundPage> {
  const index = requireSearch(search);
  const { at } = await index.state();
  if (!at) {
    const detail = "The search index is being built. Try again later.";
    throw new ProblemError(503, "search-building", detail);
  }
  const { hits, highlights, ...counted } = await orProblem(index.find(request));
  const ids = [...new Set(hits.map(({ articleId }) => articleId))];
  const articles = new Map((await readIndexable(store, ids)).map((one) => [one._id, one]));
  const revisions = await readRevisionTexts(
    store,
    hits.flatMap(({ articleId, revision }) =>
      revision === null ? [] : `${articleId}:${revision}`,
    ),
  );
  const found = hits.flatMap(({ articleId, revision }) => {
    const article = articles.get(articleId);
    // The index might not contain a retraction yet.
    if (!article || article.contentHash === "" || !mayBeFound(article, new Date())) return [];
    if (!request.all && article.status !== "published") return [];
    const { title, teaser, text, language } =
      revisions.get(`${articleId}:${revision}`)?.fields ?? article;
    const shown = { ...article, title: title ?? "", teaser, text: text ?? "", language };
    const highlight = (passage: string) => index.highlight(passage, shown.language, highlights);
    const snippet = snippetOf(shown, sources.get(article.sourceId), highlight);
    return [{ article, revision, title: highlight(shown.title), snippet }];
  });
  const nothing = counted.total === 0 && request.query.trim() !== "";
  const hints = nothing ? await hintsFor(index, request, { topics: await topics(), sources }) : [];
  return { ...counted, found, hints, behind: Math.max(0, head - at.seq) };
}

/** Returns a text with its matches in `<mark>`. */
export function marked(pieces: readonly Piece[]): Html {
  return html`${pieces.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text))}`;
}

export function requireWords(query: string): void {
  if (query.trim() !== "") return;
  const hint = "Write a word, such as tram, or a field, such as country:DE.";
  throw new ProblemError(400, "no-words", `There is nothing to search for. ${hint}`);
}

/** The request that finds the newest public article. */
const NEWEST = {
  query: "",
  sort: "newest",
  offset: 0,
  limit: 1,
  all: false,
  exact: false,
} as const satisfies SearchRequest;

export async function checkQuery(search: SearchActions, query: string): Promise<void> {
  await orProblem(search.find({ ...NEWEST, query }));
}

async function orProblem<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error;
    const where = error.code === "bad-query" ? ` (character ${error.at})` : "";
    throw new ProblemError(400, error.code, `${error.message}${where}`);
  }
}

function snippetOf(
  article: ListedArticle,
  source: PublicSource | undefined,
  highlight: (text: string) => Piece[],
): Piece[] {
  const lead = leadOf(article, source);
  const open = lead.length === 0 ? "" : (openText(article, source) ?? "");
  for (const passage of [...lead, ...paragraphsOf(open).slice(0, MAX_PARAGRAPHS_SEARCHED)]) {
    const pieces = highlight(passage);
    if (pieces.some(({ hit }) => hit)) return highlight(around(passage, pieces));
  }
  return lead[0] === undefined ? [] : [{ text: cut(lead[0], MAX_SNIPPET_CHARS), hit: false }];
}

function around(passage: string, pieces: Piece[]): string {
  const [first] = pieces;
  const start = first?.hit ? 0 : (first?.text.length ?? 0);
  if (passage.length <= MAX_SNIPPET_CHARS || start < MAX_SNIPPET_CHARS / 2)
    return cut(passage, MAX_SNIPPET_CHARS);
  const from = passage.lastIndexOf(" ", start - MAX_SNIPPET_CHARS / 3);
  // A space can be far before the match, for example in Chinese.
  const isNear = from > start - MAX_SNIPPET_CHARS / 2;
  return `…${cut(passage.slice(isNear ? from + 1 : start), MAX_SNIPPET_CHARS)}`;
}

export type TopicNames = Pick<PortalConfig, "topicNames" | "topicNamesIn">;

type Known = Pick<SearchDeps, "sources"> & { topics: TopicNames };

const MAX = { hints: 4, fields: 3 };
const MIN_LETTERS = { beginning: 3, initials: 2 };

async function hintsFor(
  search: SearchActions,
  { query, all }: Pick<SearchRequest, "query" | "all">,
  known: Known,
): Promise<SearchHint[]> {
  const misses = await search.misses({ query, all });
  if (misses.length === 0) return [];
  const finds = (tried: string) =>
    search.find({ ...NEWEST, query: tried, all }).catch((error: unknown) => {
      // The text after a field name can be an invalid query.
      if (error instanceof QueryProblem) return null;
      throw error;
    });
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
  term: string;
  name: string;
  called: string[];
}

async function namesOf(search: SearchActions, { topics, sources }: Known): Promise<NamedTerm[]> {
  const { facets } = await search.find(NEWEST);
  const { topicNames, topicNamesIn = {} } = topics;
  const languages = ["en", ...Object.keys(topicNamesIn)];
  const countries = languages.map(
    (language) => new Intl.DisplayNames([language], { type: "region", fallback: "code" }),
  );
  return [
    ...Object.entries(topicNames).map(([id, name]) => {
      const others = Object.values(topicNamesIn).map((names) => names[id] ?? name);
      return termOf("topic", id, name, others);
    }),
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
  const names = [id, name, ...others].map(wordsOf);
  const called = names.flatMap((words) => [words.join(""), initials(words)]).filter(Boolean);
  return { term: `${field}:${id}`, name, called: [...new Set(called)] };
}

/** Returns the words of a name in lowercase, without accents. */
function wordsOf(name: string): string[] {
  const folded = name.normalize("NFKD").replace(/\p{M}+/gu, "");
  return folded.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function initials(words: readonly string[]): string {
  return words.length < MIN_LETTERS.initials ? "" : words.map((word) => word.slice(0, 1)).join("");
}

function resembling(word: string, names: readonly NamedTerm[]): NamedTerm[] {
  const typed = wordsOf(word).join("");
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
