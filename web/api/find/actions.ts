import type {
  IndexState,
  Miss,
  Piece,
  SearchAnswer,
  SearchRequest,
} from "../../../model/search.ts";

/** What the API and the portal do with the search index. */
export interface SearchActions {
  /** Throws `QueryProblem`. */
  find(request: SearchRequest): Promise<SearchAnswer>;
  /** Words of a query that no article has. Throws `QueryProblem`. */
  misses(request: { query: string; all: boolean }): Promise<Miss[]>;
  state(): Promise<IndexState>;
  /** Cuts a text into what was searched for and what stands between. */
  mark(text: string, language: string | null, marks: readonly string[]): Piece[];
}
