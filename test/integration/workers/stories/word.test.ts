import { afterAll, beforeAll, expect, test } from "vitest";
import { readAudit } from "../../../../store/audit.ts";
import { correctionsOf } from "../../../../store/corrections.ts";
import type { Store } from "../../../../store/store.ts";
import { readStoryMembers } from "../../../../store/story-members.ts";
import { commitArticles } from "../../../../workers/articles/commit-articles.ts";
import { undoCorrection } from "../../../../workers/editors/correct.ts";
import { joinStories, splitStory } from "../../../../workers/stories/word.ts";
import { hours, idOf } from "../../../helpers/article-pages.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { retold } from "../../../helpers/retold.ts";
import { textOf } from "../../../helpers/site.ts";
import { edited, told } from "../../../helpers/told.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const options = { timezone: "UTC", now: () => new Date() };
const soon = () => hours(1);
const RANGE = { since: hours(-99), until: hours(9) };
const asked = { by: "cli test", reason: "another event" };

const wire = textOf("wire");
const other = textOf("other");
/** The article that stands for the story of each. */
async function storiesOf(store: Store, ...names: string[]): Promise<string[]> {
  const articles = await store.collections.articles.find().toArray();
  const name = (id = "") => names.find((each) => idOf(each) === id) ?? id;
  return names.map((each) => name(articles.find(({ _id }) => _id === idOf(each))?.storyId));
}

test("a split holds against later arrivals and when all is decided again, is told to readers, and can be taken back", async () => {
  const store = await database.open("split");
  await commitArticles(store, [told("a", -3, wire), told("b", -2, wire)], options);
  await commitArticles(store, [told("c", -1, edited(wire, 0))], options);
  const split = await splitStory(store, { ...asked, articleId: idOf("b") }, soon);
  expect(split).toMatchObject({ moved: 1, correction: { word: { say: "apart" } } });
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "a"]);
  const b = await store.collections.articles.findOne({ _id: idOf("b") });
  expect(b).toMatchObject({ duplicateOf: null, pending: [{}, { kind: "updated" }] });
  const [audit] = await readAudit(store, { before: new Date(4e12), limit: 1 });
  expect(audit).toMatchObject({ action: "story.split", subject: idOf("b"), reason: asked.reason });

  // An earlier one that either could go with, one between them, and a later one.
  for (const page of [told("z", -9, wire), told("y", -2.5, wire), told("x", 0, edited(wire, 0))]) {
    await commitArticles(store, [page], options);
    const [a, after] = await storiesOf(store, "a", "b");
    expect(after).not.toBe(a);
  }
  const before = await storiesOf(store, "a", "b", "c", "x", "y", "z");
  const again = await retold(store, RANGE, soon);
  expect(again).toMatchObject({ articles: 6, compared: 0, moved: 0, open: 0 });
  // Even when all that is derived is lost: the word isn't.
  await store.collections.fingerprints.deleteMany({});
  await retold(store, RANGE, soon);
  expect(await storiesOf(store, "a", "b", "c", "x", "y", "z")).toEqual(before);

  const id = (await correctionsOf(store, [idOf("b")])).get(idOf("b"))?.[0]?._id ?? "";
  expect(await undoCorrection(store, { id, ...asked }, soon())).toMatchObject({ changed: true });
  expect(await storiesOf(store, "a", "b")).toEqual([idOf("z"), idOf("z")]);
  expect(await undoCorrection(store, { id, ...asked }, soon())).toMatchObject({
    problem: expect.any(String),
  });
});

test("split from the first one, the others stay together", async () => {
  const store = await database.open("split-first");
  const pages = [told("a", -3, wire), told("b", -2, wire), told("c", -1, wire)];
  await commitArticles(store, pages, options);
  await splitStory(store, { ...asked, articleId: idOf("a") }, soon);
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "b"]);
});

test("joined stories are one with all that comes to either, until it is taken back or split", async () => {
  const store = await database.open("join");
  const pages = [told("a", -4, wire), told("b", -3, other), told("c", -2, edited(other, 0))];
  await commitArticles(store, pages, options);
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "b"]);
  const wish = { ...asked, articleId: idOf("c"), other: idOf("a") };
  const joined = await joinStories(store, wish, soon);
  expect(joined).toMatchObject({ moved: 2 });
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "a", "a"]);
  const c = await store.collections.articles.findOne({ _id: idOf("c") });
  expect(c).toMatchObject({ duplicateOf: idOf("b") });
  expect(c?.pending.at(-1)).toMatchObject({ kind: "updated", item: { storyId: idOf("a") } });
  const [audit] = await readAudit(store, { before: new Date(4e12), limit: 1 });
  expect(audit).toMatchObject({ action: "story.join", reason: asked.reason });
  expect(await joinStories(store, wish, soon)).toMatchObject({
    problem: expect.stringContaining("already"),
  });

  // Earlier than what was joined, and later: whichever side they come to, they are of both.
  await commitArticles(store, [told("early", -9, other)], options);
  await commitArticles(store, [told("late", 0, edited(wire, 40))], options);
  const names = ["a", "b", "c", "early", "late"];
  const all = names.map(() => "early");
  expect(await storiesOf(store, ...names)).toEqual(all);
  await store.collections.fingerprints.deleteMany({});
  await retold(store, RANGE, soon);
  expect(await storiesOf(store, ...names)).toEqual(all);
  expect(await readStoryMembers(store, idOf("early"))).toHaveLength(5);

  // The later word wins: a split ends what joined the two.
  await splitStory(store, { ...asked, articleId: idOf("c") }, soon);
  expect(await storiesOf(store, ...names)).toEqual(["a", "early", "c", "early", "a"]);
  await joinStories(store, { ...asked, articleId: idOf("b"), other: idOf("c") }, soon);
  expect(await storiesOf(store, "b", "c", "early")).toEqual(["early", "early", "early"]);
});

test("a word needs a reason, articles, and something to say", async () => {
  const store = await database.open("none");
  await commitArticles(store, [told("a", -3, wire), told("b", -2, other)], options);
  const [a, b] = [idOf("a"), idOf("b")];
  const split = (articleId: string) => splitStory(store, { ...asked, articleId }, soon);
  expect(await split("nothing")).toEqual({ problem: "no such article" });
  expect(await split(a)).toEqual({ problem: "it is alone in its story" });
  const join = (more: { other: string; reason?: string }) =>
    joinStories(store, { ...asked, articleId: a, ...more }, soon);
  expect(await join({ other: "nothing" })).toEqual({ problem: "no such article" });
  expect(await join({ other: a })).toMatchObject({ problem: expect.stringContaining("already") });
  expect(await join({ other: b, reason: " " })).toEqual({ problem: "give a reason" });
  expect(await readAudit(store, { before: new Date(4e12), limit: 1 })).toEqual([]);
});
