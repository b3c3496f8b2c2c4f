import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { undoCorrection } from "../../../../articles/editorial/correct.ts";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import { joinStories, splitStory } from "../../../../articles/stories/corrections.ts";
import { correctionsOf, readStoryMembers } from "../../../../store/articles/stories.ts";
import { readAudit } from "../../../../store/operations/audit.ts";
import type { Store } from "../../../../store/store.ts";
import { hours, idOf } from "../../../helpers/article-pages.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { retold } from "../../../helpers/retold.ts";
import { textOf } from "../../../helpers/site.ts";
import { edited, storyPage } from "../../../helpers/story-pages.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const options = { timezone: "UTC", now: () => new Date() };
const soon = () => hours(1);
const RANGE = { since: hours(-99), until: hours(9) };
const request = { actor: "cli test", reason: "another event" };

const wire = textOf("wire");
const other = textOf("other");
/** The article that stands for the story of each. */
async function storiesOf(store: Store, ...names: string[]): Promise<string[]> {
  const articles = await store.collections.articles.find().toArray();
  const name = (id = "") => names.find((each) => idOf(each) === id) ?? id;
  return names.map((each) => name(articles.find(({ _id }) => _id === idOf(each))?.storyId));
}

describe("an article that an editor splits from its story", () => {
  const NAMES = ["a", "b", "c", "x", "y", "z"];
  const splitAndUndo = async () => {
    const store = await database.open("split");
    await commitArticles(store, [storyPage("a", -3, wire), storyPage("b", -2, wire)], options);
    await commitArticles(store, [storyPage("c", -1, edited(wire, 0))], options);
    const split = await splitStory(store, { ...request, articleId: idOf("b") }, soon);
    const stories = await storiesOf(store, "a", "b", "c");
    const article = await store.collections.articles.findOne({ _id: idOf("b") });
    const [audit] = await readAudit(store, { before: new Date(4e12), limit: 1 });

    // An earlier one that either could go with, one between them, and a later one.
    const arrivals = [
      storyPage("z", -9, wire),
      storyPage("y", -2.5, wire),
      storyPage("x", 0, edited(wire, 0)),
    ];
    const afterArrivals: string[][] = [];
    for (const page of arrivals) {
      await commitArticles(store, [page], options);
      afterArrivals.push(await storiesOf(store, "a", "b"));
    }
    const before = await storiesOf(store, ...NAMES);
    const again = await retold(store, RANGE, soon);
    // Even when all that is derived is lost: the correction isn't.
    await store.collections.fingerprints.deleteMany({});
    await retold(store, RANGE, soon);
    const after = await storiesOf(store, ...NAMES);

    const id = (await correctionsOf(store, [idOf("b")])).get(idOf("b"))?.[0]?._id ?? "";
    const undone = await undoCorrection(store, { id, ...request }, soon());
    const storiesUndone = await storiesOf(store, "a", "b");
    const undoneTwice = await undoCorrection(store, { id, ...request }, soon());
    return {
      split,
      stories,
      article,
      audit,
      afterArrivals,
      before,
      again,
      after,
      undone,
      storiesUndone,
      undoneTwice,
    };
  };
  let apart: Awaited<ReturnType<typeof splitAndUndo>>;
  beforeAll(async () => {
    apart = await splitAndUndo();
  });

  test("It stands for itself, and the others stay together", () => {
    expect(apart.split).toMatchObject({ moved: 1, correction: { word: { say: "apart" } } });
    expect(apart.stories).toEqual(["a", "b", "a"]);
  });

  test("Readers get a change for it", () => {
    const pending = [{}, { kind: "updated" }];
    expect(apart.article).toMatchObject({ duplicateOf: null, pending });
  });

  test("The audit log holds the split with its reason", () => {
    const { reason } = request;
    expect(apart.audit).toMatchObject({ action: "story.split", subject: idOf("b"), reason });
  });

  test("Later arrivals don't bring the two stories together again", () => {
    expect(apart.afterArrivals).toHaveLength(3);
    for (const [a, b] of apart.afterArrivals) expect(b).not.toBe(a);
  });

  test("Deciding all stories again changes nothing", () => {
    expect(apart.again).toMatchObject({ articles: 6, featuresChanged: 0, moved: 0, open: 0 });
    expect(apart.after).toEqual(apart.before);
  });

  test("Taking the split back makes them one story again", () => {
    expect(apart.undone).toMatchObject({ changed: true });
    expect(apart.storiesUndone).toEqual([idOf("z"), idOf("z")]);
  });

  test("A split is taken back once", () => {
    expect(apart.undoneTwice).toMatchObject({ problem: expect.any(String) });
  });
});

test("The others stay together when the first article of a story is split from it", async () => {
  const store = await database.open("split-first");
  const pages = [storyPage("a", -3, wire), storyPage("b", -2, wire), storyPage("c", -1, wire)];
  await commitArticles(store, pages, options);
  await splitStory(store, { ...request, articleId: idOf("a") }, soon);
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "b"]);
});

test("A join with a third story leaves the split from the first one alone", async () => {
  const store = await database.open("third");
  await commitArticles(store, [storyPage("a", -3, wire), storyPage("b", -2, wire)], options);
  await commitArticles(store, [storyPage("c", -1, other)], options);
  await splitStory(store, { ...request, articleId: idOf("b") }, soon);
  await joinStories(store, { ...request, articleId: idOf("b"), other: idOf("c") }, soon);
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "b"]);
});

test("A join with one article of a story leaves the splits from its other articles alone", async () => {
  const store = await database.open("partly");
  const pages = [storyPage("a", -3, wire), storyPage("b", -2, wire), storyPage("c", -1, wire)];
  await commitArticles(store, pages, options);
  await splitStory(store, { ...request, articleId: idOf("c") }, soon);
  await splitStory(store, { ...request, articleId: idOf("b") }, soon);
  await joinStories(store, { ...request, articleId: idOf("c"), other: idOf("b") }, soon);
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "b"]);
  await store.collections.fingerprints.deleteMany({});
  await retold(store, RANGE, soon);
  expect(await storiesOf(store, "a", "b", "c")).toEqual(["a", "b", "b"]);
});

describe("two stories that an editor joins", () => {
  const NAMES = ["a", "b", "c", "early", "late"];
  const joinAndSplit = async () => {
    const store = await database.open("join");
    const pages = [
      storyPage("a", -4, wire),
      storyPage("b", -3, other),
      storyPage("c", -2, edited(other, 0)),
    ];
    await commitArticles(store, pages, options);
    const before = await storiesOf(store, "a", "b", "c");
    const both = { ...request, articleId: idOf("c"), other: idOf("a") };
    const joined = await joinStories(store, both, soon);
    const stories = await storiesOf(store, "a", "b", "c");
    const article = await store.collections.articles.findOne({ _id: idOf("c") });
    const [audit] = await readAudit(store, { before: new Date(4e12), limit: 1 });
    const joinedTwice = await joinStories(store, both, soon);

    // Earlier than what was joined, and later: each is like one of the two.
    await commitArticles(store, [storyPage("early", -9, other)], options);
    await commitArticles(store, [storyPage("late", 0, edited(wire, 40))], options);
    const afterArrivals = await storiesOf(store, ...NAMES);
    await store.collections.fingerprints.deleteMany({});
    await retold(store, RANGE, soon);
    const again = await storiesOf(store, ...NAMES);
    const members = await readStoryMembers(store, idOf("early"));

    await splitStory(store, { ...request, articleId: idOf("c") }, soon);
    const afterSplit = await storiesOf(store, ...NAMES);
    await joinStories(store, { ...request, articleId: idOf("b"), other: idOf("c") }, soon);
    const afterJoin = await storiesOf(store, "b", "c", "early");
    return {
      before,
      joined,
      stories,
      article,
      audit,
      joinedTwice,
      afterArrivals,
      again,
      members,
      afterSplit,
      afterJoin,
    };
  };
  let one: Awaited<ReturnType<typeof joinAndSplit>>;
  beforeAll(async () => {
    one = await joinAndSplit();
  });
  const all = NAMES.map(() => "early");

  test("The earliest article stands for all of them", () => {
    expect(one.before).toEqual(["a", "b", "b"]);
    expect(one.joined).toMatchObject({ moved: 2 });
    expect(one.stories).toEqual(["a", "a", "a"]);
  });

  test("A copy stays the copy of its own original", () => {
    expect(one.article).toMatchObject({ duplicateOf: idOf("b") });
  });

  test("Readers get a change for each article that moved", () => {
    const change = { kind: "updated", item: { storyId: idOf("a") } };
    expect(one.article?.pending.at(-1)).toMatchObject(change);
  });

  test("The audit log holds the join with its reason", () => {
    expect(one.audit).toMatchObject({ action: "story.join", reason: request.reason });
  });

  test("Stories that are one can't be joined", () => {
    expect(one.joinedTwice).toMatchObject({ problem: expect.stringContaining("already") });
  });

  test("What comes to either of them is in the one story", () => {
    expect(one.afterArrivals).toEqual(all);
  });

  test("Deciding all stories again changes nothing", () => {
    expect(one.again).toEqual(all);
    expect(one.members).toHaveLength(5);
  });

  test("A later split ends the join", () => {
    expect(one.afterSplit).toEqual(["a", "early", "c", "early", "a"]);
  });

  test("A later join ends the split", () => {
    expect(one.afterJoin).toEqual(["early", "early", "early"]);
  });
});

describe("a split or join that can't be done", () => {
  const tryAll = async () => {
    const store = await database.open("none");
    await commitArticles(store, [storyPage("a", -3, wire), storyPage("b", -2, other)], options);
    const [a, b] = [idOf("a"), idOf("b")];
    const split = (articleId: string) => splitStory(store, { ...request, articleId }, soon);
    const join = (more: { other: string; reason?: string }) =>
      joinStories(store, { ...request, articleId: a, ...more }, soon);
    const answers = {
      splitOfNothing: await split("nothing"),
      splitOfOne: await split(a),
      joinWithNothing: await join({ other: "nothing" }),
      joinWithItself: await join({ other: a }),
      joinWithoutReason: await join({ other: b, reason: " " }),
    };
    return { ...answers, audit: await readAudit(store, { before: new Date(4e12), limit: 1 }) };
  };
  let refused: Awaited<ReturnType<typeof tryAll>>;
  beforeAll(async () => {
    refused = await tryAll();
  });

  test("An article that doesn't exist is neither split nor joined", () => {
    expect(refused.splitOfNothing).toEqual({ problem: "no such article" });
    expect(refused.joinWithNothing).toEqual({ problem: "no such article" });
  });

  test("An article that is alone in its story isn't split from it", () => {
    expect(refused.splitOfOne).toEqual({ problem: "the article is the only one in its story" });
  });

  test("An article isn't joined with itself", () => {
    const problem: unknown = expect.stringContaining("already");
    expect(refused.joinWithItself).toMatchObject({ problem });
  });

  test("A join without a reason is refused", () => {
    expect(refused.joinWithoutReason).toEqual({ problem: "give a reason" });
  });

  test("The audit log holds nothing of it", () => {
    expect(refused.audit).toEqual([]);
  });
});
