import { afterAll, beforeAll, expect, test } from "vitest";
import { findLikelyArticles, type LikelyArticle } from "../../../../articles/stories/likely.ts";
import { addFeatures } from "../../../../store/articles/fingerprints.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePrint } from "../../../helpers/prints.ts";

const NOW = new Date("2026-11-26T08:00:00Z");
const day = (n: number) => new Date(`2026-11-${n}T08:00:00Z`);
type Term = readonly [string, number];
const TRAM: Term[] = [
  ["tram", 2],
  ["depot", 2],
  ["strike", 1.5],
];

let database: TestDatabase;
let likely: LikelyArticle[];
/** The same after 200 articles of the next day. */
let likelyThen: LikelyArticle[];

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("likely");
  const articles: [id: string, at: Date, terms: Term[], storyId?: string][] = [
    ["own", day(25), TRAM],
    ["same-story", day(25), TRAM, "own"],
    ["close", day(24), [...TRAM.slice(0, 2), ["mayor", 2]]],
    ["closest", day(26), TRAM],
    ["copy-of-closest", day(26), TRAM, "closest"],
    ["another-subject", day(25), [["harbour", 2]]],
    ["last-week", day(18), TRAM],
  ];
  await publishArticles(
    store,
    "created",
    articles.map(([id, sortAt, , storyId = id]) => makeArticle(id, { sortAt, storyId })),
  );
  const prints = articles.map(([id, at, terms]) => makePrint(id, { at, terms, sourceId: id }));
  await addFeatures(store, prints, NOW);
  const own = makeArticle("own", { sortAt: day(25) });
  likely = await findLikelyArticles(store, own, NOW);
  await publishArticles(
    store,
    "created",
    Array.from({ length: 200 }, (_, n) => makeArticle(`next-day-${n}`, { sortAt: day(26) })),
  );
  likelyThen = await findLikelyArticles(store, own, NOW);
});
afterAll(() => database.close());

test("The stories that share most of an article's terms are offered, the likeliest first", () => {
  expect(likely.map(({ _id }) => _id)).toEqual([expect.stringMatching(/closest$/), "close"]);
});

test("However much came on the next day, those of its own days are offered", () => {
  expect(likelyThen.map(({ _id }) => _id)).toContain("close");
});

test("Each comes with the terms that both have", () => {
  expect(likely[1]?.terms).toEqual(["tram", "depot"]);
});
