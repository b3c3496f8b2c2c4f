import { afterAll, beforeAll, expect, test } from "vitest";
import { type Article, toVisible } from "../../../../model/articles/article.ts";
import { matchesFilter } from "../../../../model/publish/filter.ts";
import {
  type ListingFilter,
  type Position,
  readListing,
  windowQuery,
} from "../../../../store/articles/listing.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
let database: TestDatabase;
let store: Store;
let articles: Article[];

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("listing");
  articles = Array.from({ length: 240 }, (_, index) => {
    // Many share an instant (dates without an hour); a few lie years back.
    const days = index < 230 ? Math.floor(index / 40) : 400 * (index - 229);
    const sortAt = new Date(Date.UTC(2026, 10, 25) - days * 86_400_000 + (index % 3) * 3_600_000);
    return makeArticle(`a${String(index).padStart(3, "0")}`, {
      sortAt,
      day: sortAt.toISOString().slice(0, 10),
      topics: index % 4 === 0 ? ["egov", "open-data"] : ["smart-city"],
      country: index % 5 === 0 ? "FR" : "DE",
      regionCode: index % 5 === 0 ? "FR-IDF" : index % 6 === 0 ? "DE-BE" : null,
      language: index % 5 === 0 ? "fr" : "en",
      sourceId: `source-${index % 7}`,
      status: index % 11 === 3 ? "retracted" : "published",
      duplicateOf: index % 13 === 5 ? "a000" : null,
    });
  });
  await store.collections.articles.insertMany(articles);
});
afterAll(() => database.close());

function expected(filter: ListingFilter): string[] {
  return articles
    .filter((article) => article.status === "published" && article.duplicateOf === null)
    .filter((article) => !filter.topic || article.topics.includes(filter.topic))
    .filter((article) => !filter.country || article.country === filter.country)
    .filter((article) => !filter.sourceId || article.sourceId === filter.sourceId)
    .filter((article) => !filter.language || article.language === filter.language)
    .filter((article) => !filter.where || matchesFilter(filter.where, toVisible(article)))
    .filter((article) => !filter.day || article.day === filter.day)
    .filter((article) => !filter.since || article.sortAt >= filter.since)
    .filter((article) => !filter.until || article.sortAt <= filter.until)
    .toSorted((a, b) => b.sortAt.getTime() - a.sortAt.getTime() || (a._id < b._id ? 1 : -1))
    .map((article) => article._id);
}

const FILTERS: [string, ListingFilter][] = [
  ["everything", {}],
  ["a source", { sourceId: "source-3" }],
  ["a topic", { topic: "egov" }],
  ["a country", { country: "FR" }],
  ["a language", { language: "fr" }],
  ["a day", { day: "2026-11-23" }],
  ["several at once", { topic: "egov", country: "FR", sourceId: "source-0" }],
  ["a span of time", { since: new Date("2026-11-22T01:00:00Z"), until: new Date("2026-11-24") }],
  ["two topics", { where: { topic: ["egov", "smart-city"] } }],
  ["sources and a country", { where: { source: ["source-0", "source-3"], country: ["FR"] } }],
  ["two regions", { where: { region: ["FR-IDF", "DE-BE"] } }],
  ["a region and a topic", { where: { region: ["DE-BE"], topic: ["egov"] } }],
  ["sources and topics", { where: { source: ["source-1", "source-2", "x"], topic: ["egov"] } }],
  ["two languages of a day", { day: "2026-11-23", where: { language: ["fr", "en"] } }],
  ["nothing", { topic: "unknown" }],
];

test.each(FILTERS)("pages of %s give each listed article once, newest first", async (_, filter) => {
  const seen: string[] = [];
  let before: Position | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const request = { limit: 7, now: NOW, ...(before && { before }) };
    const page = await readListing(store, filter, request);
    seen.push(...page.articles.map((article) => article._id));
    if (!page.next) break;
    before = page.next;
  }
  expect(seen).toEqual(expected(filter));
});

test("going forward from any place gives the nearest newer ones", async () => {
  const all = expected({ topic: "egov" });
  const at = articles.find((article) => article._id === all[20]);
  if (!at) throw new Error("no such article");
  const after = { sortAt: at.sortAt, id: at._id };
  const page = await readListing(store, { topic: "egov" }, { limit: 7, now: NOW, after });
  expect(page.articles.map((article) => article._id)).toEqual(all.slice(13, 20));
  expect(page.next).toEqual({ sortAt: page.articles[0]?.sortAt, id: all[13] });
});

test.each(FILTERS)("the query for %s uses an index", async (_, filter) => {
  const query = windowQuery(filter, 0, NOW.getTime());
  const plan = await store.collections.articles
    .find(query)
    .sort({ sortAt: -1, _id: -1 })
    .limit(30)
    .explain();
  const text = JSON.stringify(plan);
  expect(text).toContain("IXSCAN");
  expect(text).not.toContain("COLLSCAN");
});
