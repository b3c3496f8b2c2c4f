import { z } from "zod";

/** Fields by which matches are counted, in the order shown; each is also a field of the query language. */
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

/** Number of matches for each value of a facet, the most frequent first; days are newest first. */
export type FacetCounts = { value: string; count: number }[];

export const SORTS = ["relevance", "newest", "oldest"] as const;

export type SearchSort = (typeof SORTS)[number];

export interface SearchRequest {
  /**
   * The query, in the query language (docs/analysts/search.md); an empty one matches everything.
   */
  query: string;
  sort: SearchSort;
  offset: number;
  limit: number;
  /**
   * Whether to also find what readers don't see: unlisted and retracted articles, copies, and
   * earlier revisions.
   */
  all: boolean;
  /**
   * Whether to count every match. If not, the counts can cover only the newest matches, as `SearchAnswer.exact`
   * then says.
   */
  exact: boolean;
}

/** A match: the article, and the number of an earlier revision; null for the current one. */
export interface SearchHit {
  articleId: string;
  revision: number | null;
}

export interface SearchAnswer {
  hits: SearchHit[];
  total: number;
  /** Whether `total` and `facets` count every match; if not, they count only the newest. */
  exact: boolean;
  facets: Record<Facet, FacetCounts>;
  /**
   * The stems and prefixes to highlight in the matches: normalised stems, and prefixes that end in
   * `*`.
   */
  highlights: string[];
}

/**
 * A query that has results, similar to one that has none; `name` is the topic, country or source in it, null if
 * there is none.
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
  /** A word in the documents with a similar spelling; null if there is none. */
  spelling: string | null;
}

/** A piece of a text; `hit` says whether it matches the query. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** A position in the change stream: the number of a change, and the epoch. */
export interface IndexPlace {
  seq: number;
  epoch: number;
}

/** The progress of the index. */
export interface IndexState {
  /** The last change in the index; null if the index has not been built. */
  at: IndexPlace | null;
  /** Number of articles in the new index that is being built; null if none is. */
  building: number | null;
}

/** An invalid query: what is wrong, and at which character, from 1. */
export class QueryProblem extends Error {
  override name = "QueryProblem";
  readonly at: number;
  /** `no-words`: it contains nothing to search for. */
  readonly code: "bad-query" | "no-words";

  constructor(message: string, at: number, code: QueryProblem["code"] = "bad-query") {
    super(message);
    this.at = at;
    this.code = code;
  }
}

/** The format of a saved search's name. */
export const SearchName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

/** The part of a search that is saved. */
export const SavedQuery = z.strictObject({
  query: z.string().min(1).max(1000),
  sort: z.enum(SORTS).default("relevance"),
});

/** A search query with a name. */
export interface SavedSearch extends z.output<typeof SavedQuery> {
  /** The saved search's id, as written in URLs. */
  _id: string;
  at: Date;
  actor: string;
}
