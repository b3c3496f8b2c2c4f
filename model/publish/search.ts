import { z } from "zod";
import type { StreamPosition } from "./change.ts";

/** The fields of the query language by which matches are counted, in the order shown. */
export const FACETS = [
  "source",
  "country",
  "region",
  "topic",
  "language",
  "day",
  "status",
] as const;

export type Facet = (typeof FACETS)[number];

/** Number of matches for each value of a facet, largest first; for days, newest first. */
export type FacetCounts = { value: string; count: number }[];

export const SORTS = ["relevance", "newest", "oldest"] as const;

export type SearchSort = (typeof SORTS)[number];

export interface SearchRequest {
  /** The query (see docs/analysts/search.md); an empty query matches everything. */
  query: string;
  sort: SearchSort;
  offset: number;
  limit: number;
  /** Whether to find unlisted and retracted articles, copies, and earlier revisions too. */
  all: boolean;
  /** Whether to count every match, not only the newest ones; see `SearchAnswer.exact`. */
  exact: boolean;
}

/**
 * A match in an article. `revision` is the number of the earlier revision that matches; null if the
 * current one does.
 */
export interface SearchHit {
  articleId: string;
  revision: number | null;
}

export interface SearchAnswer {
  hits: SearchHit[];
  total: number;
  /** Whether `total` and `facets` count every match; if not, they count only the newest matches. */
  exact: boolean;
  facets: Record<Facet, FacetCounts>;
  /** What to highlight in the matches: normalised stems, and prefixes that end in `*`. */
  highlights: string[];
}

/**
 * A similar query that has results. `name` is the topic, country or source in the query; null for a
 * new spelling.
 */
export interface SearchHint {
  query: string;
  name: string | null;
}

/** A word of a query that no document contains. */
export interface Miss {
  /** Offset in the query as typed, from 0. */
  at: number;
  word: string;
  /** The most similar word in the documents; null if no word is similar. */
  spelling: string | null;
}

/** A part of a text. `hit` says whether it matches the query. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** The search index's position in the change stream, and the progress of building a new index. */
export interface IndexState {
  at: StreamPosition | null;
  /** Number of articles so far in a new index; null if no new index is being built. */
  building: number | null;
}

/** An invalid query; `at` is the position of the wrong character, from 1. */
export class QueryProblem extends Error {
  override name = "QueryProblem";
  readonly at: number;
  /** `no-words`: the query contains nothing to search for. */
  readonly code: "bad-query" | "no-words";

  constructor(message: string, at: number, code: QueryProblem["code"] = "bad-query") {
    super(message);
    this.at = at;
    this.code = code;
  }
}

export const SearchName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

export const SavedQuery = z.strictObject({
  query: z.string().min(1).max(1000),
  sort: z.enum(SORTS).default("relevance"),
});

/** A saved search: a query with a name. */
export interface SavedSearch extends z.output<typeof SavedQuery> {
  /** The name of the search, as written in URLs. */
  _id: string;
  at: Date;
  actor: string;
}
