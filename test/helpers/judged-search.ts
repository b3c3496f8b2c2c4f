import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Document } from "../../archive/search/document.ts";
import type { ArticlesRequest } from "../../archive/search/find.ts";
import { type IndexFile, openIndex } from "../../archive/search/index-file.ts";
import type { SearchRequest } from "../../model/publish/search.ts";

const Queries = z.array(z.strictObject({ query: z.string(), finds: z.array(z.string()).min(1) }));

import { highlightWords } from "../../archive/search/words.ts";

/** Reads the judged queries of `test/fixtures/search`; its README says how they were made. */
export function readJudged() {
  const file = new URL("../fixtures/search/queries.yaml", import.meta.url);
  return Queries.parse(parse(readFileSync(file, "utf8")));
}

/** The default search request. */
export const SEARCH_REQUEST: SearchRequest = {
  query: "",
  sort: "relevance",
  offset: 0,
  limit: 10,
  all: false,
  exact: false,
};

/** Returns a document for tests; by default readers can find it. */
export function makeDocument(articleId: string, overrides: Partial<Document> = {}): Document {
  const facets = {
    source: [],
    country: [],
    region: [],
    topic: [],
    language: [],
    day: [],
    status: [],
  };
  return {
    articleId,
    revision: null,
    shown: true,
    sortAt: new Date("2026-11-20T10:00:00Z"),
    language: "en",
    title: "",
    teaser: "",
    text: "",
    author: "",
    tag: "",
    ...overrides,
    facets: { ...facets, ...overrides.facets },
  };
}

/** Creates an index in a temporary folder, with documents as if they had come through the stream. */
export function tempIndex(documents: readonly Document[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "newsgather-search-"));
  const path = join(folder, "index.sqlite");
  const index: IndexFile = openIndex(path);
  index.put(
    { articleIds: documents.map(({ articleId }) => articleId), documents },
    { seq: 1, epoch: 0 },
  );
  return {
    path,
    index,
    /** The interface that the server uses. */
    search: {
      find: async (request: SearchRequest) => index.find(request),
      articles: async (request: ArticlesRequest) => index.articles(request),
      misses: async (request: Parameters<IndexFile["misses"]>[0]) => index.misses(request),
      state: async () => index.state(),
      highlight: highlightWords,
    },
    find: (query: string, overrides: Partial<SearchRequest> = {}) =>
      index.find({ ...SEARCH_REQUEST, query, ...overrides }),
    ids: (query: string, overrides: Partial<SearchRequest> = {}) =>
      index.find({ ...SEARCH_REQUEST, query, ...overrides }).hits.map(({ articleId }) => articleId),
    close() {
      index.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
