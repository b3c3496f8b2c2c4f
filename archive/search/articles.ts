import type { Database } from "node-sqlite3-wasm";
import { matchesIn, readQuery } from "./asked.ts";

/** The articles that a query finds, whether readers see them or not, or in which a revision is found. */
export interface ArticlesRequest {
  query: string;
  /** At most so many documents of the index, the newest. */
  most: number;
}

/** Ids of the articles that a query finds, each once. Throws `QueryProblem`. */
export function findArticles(db: Database, { query, most }: ArticlesRequest): string[] {
  const { match, span, parts } = readQuery(db, query, true);
  const ids = new Set<string>();
  for (const part of parts) {
    // One string crosses over from WebAssembly: a row each would cost more than finding them.
    const row = db.get(
      `SELECT group_concat(d.article, char(10)) AS ids
       FROM (${matchesIn(part)} LIMIT ?) m JOIN documents d ON d.no = m.no`,
      [match, span.from, span.to, most],
    ) as { ids: string | null };
    for (const id of row.ids?.split("\n") ?? []) ids.add(id);
  }
  return [...ids];
}
