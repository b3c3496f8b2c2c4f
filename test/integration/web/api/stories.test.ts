import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Article } from "../../../../model/articles/article.ts";
import type { Match } from "../../../../model/articles/story.ts";
import type { UsageSignal } from "../../../../model/usage-rights.ts";
import { encodeFingerprint } from "../../../../store/articles/fingerprints.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";
import { makePrint } from "../../../helpers/prints.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;

const of = (_id: string, sourceId: string, hour: number, overrides: Partial<Article> = {}) =>
  makeArticle(_id, {
    sourceId,
    storyId: "lead",
    sortAt: new Date(Date.UTC(2026, 10, 25, hour)),
    ...overrides,
  });
const matchWith = (other: string, kind: Match["kind"], terms?: string[]): Match => ({
  with: other,
  kind,
  score: 0.91,
  ...(terms && { terms }),
});
/** Only the full text is denied: no reservation has a name. */
const PAID: UsageSignal = {
  format: "schema.org",
  place: "json-ld",
  url: "https://cities.example/news/paid",
  text: "isAccessibleForFree: false",
  seenAt: new Date("2026-11-25T10:00:00Z"),
  denies: ["full-text"],
};
const print = (_id: string, match: Match | null) =>
  encodeFingerprint(makePrint(_id, { cluster: { match, origin: _id, story: "lead" } }));

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("stories");
  await store.collections.sources.insertMany(
    ["cities", "wire", "gazette", "hush"].map((id) => makeSource(id)),
  );
  await publishArticles(store, "created", [
    of("lead", "cities", 6),
    of("copy", "wire", 7, { duplicateOf: "lead" }),
    of("event", "gazette", 8, { teaser: "Words that it reserves.", reservations: ["nosnippet"] }),
    of("second", "cities", 9),
    of("low", "hush", 9, { title: "Secret one", status: "unlisted" }),
    of("gone", "hush", 9, { title: "Secret two", status: "retracted" }),
    makeArticle("single"),
    of("paid", "gazette", 10, { storyId: "paid", rights: [PAID] }),
    of("free", "wire", 11, { storyId: "paid" }),
  ]);
  await store.collections.fingerprints.insertMany([
    print("lead", null),
    print("copy", matchWith("lead", "similar")),
    print("event", matchWith("lead", "same event", ["tallinn", "74000"])),
    print("second", matchWith("low", "same event", ["secret"])),
    print("low", matchWith("lead", "same event")),
    print("free", matchWith("paid", "same event", ["riga"])),
  ]);
  app = await makePortal(store);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const json = async (url: string) => (await app.inject(url)).json();
const page = async (url: string) => (await app.inject({ url, headers: BROWSER })).body;

const of3 = { id: "lead", representative: "lead", sources: 3, articles: 4 };

test("An article says which story it is in and why", async () => {
  expect(await json("/v1/articles/copy")).toMatchObject({
    story: {
      ...of3,
      because: { kind: "similar", with: "lead", score: 0.91, text: "similar to lead, 0.91" },
    },
  });
});

test("An article doesn't say that it goes with one that readers don't see", async () => {
  const { items } = await json("/v1/articles?source=cities");
  const stories = items.map(({ id, story }: { id: string; story: object }) => [id, story]);
  expect(Object.fromEntries(stories)).toEqual({
    lead: { ...of3, because: null },
    second: { ...of3, because: null },
    single: { id: "single", representative: "single", sources: 1, articles: 1, because: null },
  });
});

describe("a story", () => {
  let story: { articles: { id: string; teaser: string | null; because: object }[] };
  beforeAll(async () => {
    story = await json("/v1/stories/event");
  });

  test("A story is found by the id of any of its articles", () => {
    expect(story).toMatchObject({ id: "lead", sources: ["cities", "gazette", "wire"] });
  });

  test("A story has all its articles that readers see", () => {
    expect(story.articles.map(({ id }) => id)).toEqual(["lead", "event", "second", "copy"]);
  });

  test("A story quotes neither teaser nor words of an article whose publisher forbids it", () => {
    expect(story.articles[1]).toMatchObject({
      teaser: null,
      because: { kind: "same event", with: "lead", terms: [], text: "same event as lead, 0.91" },
    });
  });

  test("A story quotes no words that a match shares with an article that must not be handed out", async () => {
    const { articles } = await json("/v1/stories/paid");
    expect(
      articles.map(({ id, because }: { id: string; because: object }) => [id, because]),
    ).toEqual([
      ["paid", null],
      ["free", expect.objectContaining({ with: "paid", terms: [] })],
    ]);
  });

  test.each(["low", "gone", "none"])("%s leads to no story", async (id) => {
    const answer = await app.inject(`/v1/stories/${id}`);
    expect([answer.statusCode, answer.json().code]).toEqual([404, "unknown-story"]);
  });

  test("Neither a story nor the list of articles has anything that is withheld", async () => {
    const all = JSON.stringify([story, await json("/v1/articles")]);
    expect(all).not.toMatch(/Secret|secret|hush|Words that it reserves/);
  });
});

describe("the portal", () => {
  let home: string;
  let story: string;
  beforeAll(async () => {
    [home, story] = [await page("/"), await page("/story/copy")];
  });

  test("A teaser says at how many other sources its story is", () => {
    const link = '<a class="also" href="/story/lead">Also at 2 other sources</a>';
    expect(home.split(link)).toHaveLength(4);
  });

  test("The page of a story has one URL, by whichever article it was requested", () => {
    expect(story).toContain('<link rel="canonical" href="http://portal.example/story/lead">');
  });

  test("The page of a story counts its articles and sources", () => {
    expect(story).toContain("4 articles from 3 sources");
  });

  test.each(["lead", "copy", "event", "second"])("The page of a story leads to %s", (id) => {
    expect(story).toContain(`data-original="https://cities.example/news/${id}" rel="external`);
  });

  test("The page of a story says why an article is in it", () => {
    expect(story).toMatch(/Nearly the same text as.*\/article\/lead/s);
  });

  test("The page of an article leads to its story", async () => {
    expect(await page("/article/copy")).toContain('<a href="/story/lead">');
  });

  test("The pages show nothing that is withheld, and no script", () => {
    expect(home + story).not.toMatch(/Secret|hush|Words that it reserves|<script/);
  });

  test("A story of which readers see nothing is not found", async () => {
    expect((await app.inject({ url: "/story/low", headers: BROWSER })).statusCode).toBe(404);
  });
});
