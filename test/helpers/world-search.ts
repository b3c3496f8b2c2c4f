import { readFileSync } from "node:fs";
import sqlite from "node-sqlite3-wasm";
import { parse } from "yaml";
import { z } from "zod";
import type { Document } from "../../archive/search/document.ts";
import { SITES } from "../../demo/data.ts";
import { paragraphsOf, plainText, teaserOf } from "../../demo/text.ts";
import { makeDocument } from "./judged-search.ts";
import { type Half, halfOf } from "./labelled.ts";

const Slugs = z.array(z.string()).default([]);
const Judged = z.array(
  z.strictObject({
    query: z.string(),
    language: z.string(),
    about: Slugs,
    partly: Slugs,
    mentions: Slugs,
  }),
);

/** Number of articles in a result that are judged. */
const HITS_READ = 10;

/** A query of `test/fixtures/search/world.yaml`, with the relevance of each article, 3 the highest. */
export interface JudgedQuery {
  query: string;
  language: string;
  grades: ReadonlyMap<string, number>;
}

/** Reads the graded queries over the sample world; the README beside them says how they were made. */
export function readWorldJudged(): JudgedQuery[] {
  const file = new URL("../fixtures/search/world.yaml", import.meta.url);
  return Judged.parse(parse(readFileSync(file, "utf8"))).map(
    ({ query, language, about, partly, mentions }) => ({
      query,
      language,
      grades: new Map([
        ...mentions.map((slug) => [slug, 1] as const),
        ...partly.map((slug) => [slug, 2] as const),
        ...about.map((slug) => [slug, 3] as const),
      ]),
    }),
  );
}

/** Returns the sample world's own articles, without copies, as they are indexed; ids are the texts' slugs. */
export function worldDocuments(): Document[] {
  return SITES.flatMap(({ id, language, articles }) =>
    articles.map(({ slug, title, author, body }) => {
      const paragraphs = paragraphsOf(body);
      return makeDocument(slug, {
        title,
        author,
        language,
        teaser: teaserOf(paragraphs),
        text: plainText(paragraphs),
        facets: { source: [id], language: [language] } as never,
      });
    }),
  );
}

/** Returns the normalised discounted cumulative gain of a result order: relevant articles at the top count most. */
function ndcg(ids: readonly string[], grades: ReadonlyMap<string, number>): number {
  const worth = (values: readonly number[]) =>
    values
      .slice(0, HITS_READ)
      .reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
  const best = worth([...grades.values()].toSorted((a, b) => b - a));
  return worth(ids.map((id) => grades.get(id) ?? 0)) / best;
}

/** Returns the ids of the articles that a search finds, in order. */
export type Ordered = (query: string) => string[];

/** Returns the number of queries in a half of the set, and the mean nDCG@10 of a search over them. */
export function meanQuality(
  judged: readonly JudgedQuery[],
  half: Half,
  ids: Ordered,
): { queries: number; quality: number } {
  const judgedOfHalf = judged.filter(({ query }) => halfOf(query) === half);
  const sum = judgedOfHalf.reduce((all, { query, grades }) => all + ndcg(ids(query), grades), 0);
  return { queries: judgedOfHalf.length, quality: sum / judgedOfHalf.length };
}

/**
 * Returns a plain FTS5 search over the same articles, the baseline for a ranking: SQLite's own words, all required,
 * BM25.
 */
export function plainSearch(documents: readonly Document[]) {
  const db = new sqlite.Database();
  db.exec("CREATE VIRTUAL TABLE plain USING fts5(id UNINDEXED, title, teaser, text, author, tag)");
  for (const { articleId, title, teaser, text, author, tag } of documents) {
    const values = [articleId, title, teaser, text, author, tag];
    db.run("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?)", values);
  }
  return {
    ids(query: string): string[] {
      const words = query.split(/\s+/).map((word) => `"${word.replaceAll('"', "")}"`);
      const sql = "SELECT id FROM plain WHERE plain MATCH ? ORDER BY bm25(plain), rowid LIMIT ?";
      const rows = db.all(sql, [words.join(" "), HITS_READ]) as { id: string }[];
      return rows.map(({ id }) => id);
    },
    close: () => db.close(),
  };
}
