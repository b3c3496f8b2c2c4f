import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { exportArticles } from "../../../../archive/export/rows.ts";
import { targetOf } from "../../../../articles/erasure/subject.ts";
import { revisionOf } from "../../../../articles/revisions/draft.ts";
import type { Article } from "../../../../model/articles/article.ts";
import { purgeArticles } from "../../../../store/archive/retention.ts";
import {
  addRevisions,
  findArticle,
  getArticles,
  getRevision,
  readIndexable,
  writeArticles,
} from "../../../../store/articles/articles.ts";
import { readListing } from "../../../../store/articles/listing.ts";
import { readSlice } from "../../../../store/articles/slice.ts";
import type { Store } from "../../../../store/store.ts";
import { writeOf } from "../../../helpers/article-writes.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const SINCE = new Date(0);
const LONG = `${"A council paper of many pages. ".repeat(4000)}\n\nThe last words.`;
const MARKUP = `<p>${LONG}</p>`;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("texts");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

async function writeLong(overrides: Partial<Article> = {}): Promise<Article> {
  const article = makeArticle("paper", { text: LONG, html: MARKUP, ...overrides });
  await writeArticles(store, [writeOf(article, null)]);
  return article;
}

const stored = () => store.collections.articles.findOne({ _id: "paper" });
const countTexts = () => store.collections.texts.countDocuments({});

test("An article of usual length holds its text itself", async () => {
  const { text } = makeArticle("paper");
  await writeLong({ text, html: null });
  expect(await stored()).toMatchObject({ text, longText: null });
  expect(await countTexts()).toBe(0);
});

test("A long text doesn't make the article's document long", async () => {
  await writeLong();
  expect(JSON.stringify(await stored()).length).toBeLessThan(20_000);
});

test("A list has the beginning of a long text", async () => {
  await writeLong();
  const { articles } = await readListing(store, {}, { limit: 5, now: NOW });
  expect(articles.map(({ text }) => LONG.startsWith(text) && text.length)).toEqual([8000]);
});

test.each<[string, () => Promise<unknown>]>([
  ["an article", () => findArticle(store, "paper")],
  ["articles by id", async () => (await getArticles(store, ["paper"])).get("paper")],
  [
    "articles by time",
    async () => {
      const all = { sourceId: null, since: SINCE, until: NOW };
      return (await readSlice(store, all, null, 9))[0];
    },
  ],
])("Who reads %s has a long text whole", async (_, read) => {
  await writeLong();
  expect(await read()).toMatchObject({ text: LONG, html: MARKUP });
});

test("An export has a long text whole", async () => {
  await writeLong();
  const { value } = await exportArticles(store).next();
  expect(value?.text).toBe(LONG);
});

test("The search index has a long text whole", async () => {
  await writeLong();
  expect((await readIndexable(store, ["paper"])).map(({ text }) => text === LONG)).toEqual([true]);
});

test("A revision has its long text whole", async () => {
  const long = { ...makeArticle("paper"), title: "Paper", text: LONG, html: MARKUP };
  await addRevisions(store, [revisionOf(long, NOW)]);
  expect((await getRevision(store, "paper", 1))?.fields).toMatchObject({
    text: LONG,
    html: MARKUP,
  });
});

test("An article that becomes short again holds its text itself", async () => {
  await writeLong();
  const [before] = [...(await getArticles(store, ["paper"])).values()];
  if (!before) throw new Error("it is not stored");
  await writeArticles(store, [writeOf({ ...before, text: "Short.", html: null }, before)]);
  expect(await findArticle(store, "paper")).toMatchObject({ text: "Short.", html: null });
});

test("An article and its revision share one long text", async () => {
  await addRevisions(store, [revisionOf(await writeLong(), NOW)]);
  expect(await countTexts()).toBe(1);
});

test("A long text is removed with its article", async () => {
  await writeLong();
  await store.collections.articles.updateOne({ _id: "paper" }, { $unset: { pendingAt: "" } });
  await purgeArticles(store, NOW, { limit: 10, at: NOW });
  expect(await countTexts()).toBe(0);
});

test("A name is found at the end of a long text", async () => {
  await writeLong({ text: `${LONG} Signed: Rosalind Testname.` });
  const names = ["Rosalind Testname"];
  const { articles } = await targetOf(store, { kind: "person", names }, () => {});
  expect(articles.map(({ _id }) => _id)).toEqual(["paper"]);
});
