import { z } from "zod";

/** Fields that matches are counted by, in the order they are shown; each is a field of the query language, too. */
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

/** Matches by value of one facet, the most frequent first; days the newest first. */
export type FacetCounts = { value: string; count: number }[];

export const SORTS = ["relevance", "newest", "oldest"] as const;

export type SearchSort = (typeof SORTS)[number];

/** A search request. */
export interface SearchRequest {
  /** In the query language (docs/analysts/search.md); empty: everything. */
  query: string;
  sort: SearchSort;
  offset: number;
  limit: number;
  /** Also what readers don't see: what is unlisted, retracted or a copy, and earlier revisions. */
  all: boolean;
  /** Counts every match; else the newest of them (`SearchAnswer.exact` says which it was). */
  exact: boolean;
}

/** A match: the article, and the number of an earlier revision; null: the current one. */
export interface SearchHit {
  articleId: string;
  revision: number | null;
}

/** A search result. */
export interface SearchAnswer {
  hits: SearchHit[];
  total: number;
  /** Whether `total` and `facets` count every match; else they count the newest ones, and there are more. */
  exact: boolean;
  facets: Record<Facet, FacetCounts>;
  /** What to mark in the hits: folded stems, and beginnings that end in `*`. */
  highlights: string[];
}

/** A query that finds something, near to one that finds nothing; `name` is that of the topic, country or source in it. */
export interface SearchHint {
  query: string;
  name: string | null;
}

/** A word of a query that no document has. */
export interface Miss {
  /** Offset in the query, from 0, in the text as typed. */
  at: number;
  word: string;
  /** A word of the documents that is spelt nearly so. */
  spelling: string | null;
}

/** A piece of a text; `hit`: it is one of the words that were searched for. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** A place in the change stream: the number of a change, and after how many restores of the store. */
export interface IndexPlace {
  seq: number;
  epoch: number;
}

/** How far the index is. */
export interface IndexState {
  /** The last change that it holds; null: it isn't built yet. */
  at: IndexPlace | null;
  /** Articles that are in the new one that is being built; null: none is. */
  building: number | null;
}

/** A query that can't be understood: what is wrong, from which character on, counted from 1. */
export class QueryProblem extends Error {
  override name = "QueryProblem";
  readonly at: number;
  /** `no-words`: there is nothing in it to search for. */
  readonly code: "bad-query" | "no-words";

  constructor(message: string, at: number, code: QueryProblem["code"] = "bad-query") {
    super(message);
    this.at = at;
    this.code = code;
  }
}

/** Form of a saved search's name. */
export const SearchName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

/** The stored parts of a search. */
export const SavedQuery = z.strictObject({
  query: z.string().min(1).max(1000),
  sort: z.enum(SORTS).default("relevance"),
});

/** A search query with a name. */
export interface SavedSearch extends z.output<typeof SavedQuery> {
  /** As written in URLs. */
  _id: string;
  at: Date;
  actor: string;
}
