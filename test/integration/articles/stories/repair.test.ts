import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import { repairStaleStories, repairStories } from "../../../../articles/stories/repair.ts";
import { purgeArticles } from "../../../../store/archive/retention.ts";
import { staleFingerprints } from "../../../../store/articles/fingerprints.ts";
import type { Store } from "../../../../store/store.ts";
import { hours, idOf, pageOf } from "../../../helpers/article-pages.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { withFaults, withRace } from "../../../helpers/faults.ts";
import { textOf } from "../../../helpers/site.ts";
import { storyPage } from "../../../helpers/story-pages.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("stories");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

const options = { timezone: "UTC", now: () => new Date() };
const soon = () => hours(1);

const wire = textOf("wire");
/** Who stands for whom, and why. */
async function outcomeOf({ collections }: Store) {
  const articles = await collections.articles.find().toArray();
  const prints = new Map((await collections.fingerprints.find().toArray()).map((p) => [p._id, p]));
  return articles
    .map(({ _id, duplicateOf, storyId }) => {
      const { cluster, staleAt } = prints.get(_id) ?? {};
      return { _id, duplicateOf, storyId, cluster, isStale: staleAt !== undefined };
    })
    .toSorted((a, b) => (a._id < b._id ? -1 : 1));
}

test("An article that is rewritten leaves its copies, and readers get a change", async () => {
  await commitArticles(store, [storyPage("a", -3, wire), storyPage("b", -2, wire)], options);
  const capture = { _id: "next", fetchedAt: hours(1) };
  const fields = { text: textOf("rewritten"), publishedAt: hours(-3) };
  await commitArticles(store, [pageOf("a", { fields, capture })], options);
  const { articles } = store.collections;
  expect(await articles.findOne({ _id: idOf("b") })).toMatchObject({
    duplicateOf: null,
    storyId: idOf("b"),
    pending: [{ kind: "created" }, { kind: "updated", before: { listed: false } }],
  });
});

test("The others are merged into a copy that is earlier", async () => {
  await commitArticles(store, [storyPage("b", -2, wire), storyPage("c", -1, wire)], options);
  await commitArticles(store, [storyPage("a", -3, wire)], options);
  const { articles } = store.collections;
  expect(await articles.findOne({ _id: idOf("b") })).toMatchObject({
    duplicateOf: idOf("a"),
    pending: [{ kind: "created" }, { kind: "merged", before: { listed: true } }],
  });
  expect(await articles.findOne({ _id: idOf("c") })).toMatchObject({
    duplicateOf: idOf("a"),
    pending: [{ kind: "created" }, { kind: "updated" }],
  });
});

test("A copy's delay is counted from the corrected time of its original", async () => {
  await commitArticles(store, [storyPage("a", -4, wire), storyPage("b", -2, wire)], options);
  const capture = { _id: "next", fetchedAt: hours(1) };
  const fields = { text: wire, publishedAt: hours(-3) };
  await commitArticles(store, [pageOf("a", { fields, capture })], options);
  const { articles } = store.collections;
  expect(await articles.findOne({ _id: idOf("b") })).toMatchObject({
    duplicateOf: idOf("a"),
    origin: { after: 3600 },
    pending: [
      { kind: "created" },
      {
        kind: "updated",
        before: { timing: { origin: { after: 7200 } } },
        item: { timing: { origin: { after: 3600 } } },
      },
    ],
  });
});

test("An unlisted article is no original of one that readers see", async () => {
  const relevance = {
    score: 0.1,
    min: 0.3,
    parts: { topics: 0, declared: 0, place: 0, trust: 0.1 },
  };
  const hidden = pageOf("a", {
    fields: { text: wire, publishedAt: hours(-3) },
    classified: { relevance },
  });
  await commitArticles(store, [hidden, storyPage("b", -2, wire)], options);
  const { articles } = store.collections;
  expect(await articles.findOne({ _id: idOf("b") })).toMatchObject({ duplicateOf: null });
  expect(await articles.findOne({ _id: idOf("a") })).toMatchObject({ duplicateOf: idOf("b") });
});

test("Articles that are each like a third one agree on one story when they are stored at once", async () => {
  await commitArticles(store, [storyPage("whole", -9, wire)], options);
  const words = wire.split(" ");
  const trusted = storyPage("trusted", -3, words.slice(90).join(" "));
  trusted.reading.extracted.article.fingerprint.trust = 0.9;
  const other = storyPage("other", -2, words.slice(0, 80).join(" "));
  // Right before the first one's process moves the story to it, another process stores the second one.
  const view = withRace(store, () => commitArticles(store, [other], options));
  await commitArticles(view, [trusted], options);
  const stories = (await outcomeOf(store)).map(({ storyId }) => storyId);
  expect(stories).toEqual([1, 2, 3].map(() => idOf("trusted")));
});

test("A story that others keep changing is left to housekeeping", async () => {
  await commitArticles(store, [storyPage("a", -3, wire), storyPage("b", -2, wire)], options);
  const { fingerprints } = store.collections;
  const racing = withFaults(fingerprints, {
    updateMany:
      () =>
      async (...args) => {
        // Another process decides it each time, and takes its mark off.
        await fingerprints.updateOne(
          { _id: idOf("b") },
          { $inc: { version: 2 }, $unset: { staleAt: "" } },
        );
        return fingerprints.updateMany(...args);
      },
  });
  const view = { ...store, collections: { ...store.collections, fingerprints: racing } };
  const { open } = await repairStories(view, [idOf("b")], soon);
  expect([...open]).toEqual([idOf("b")]);
  expect(await fingerprints.findOne({ _id: idOf("b") })).toMatchObject({ staleAt: soon() });
});

test("Housekeeping leaves alone what is being stored at the moment", async () => {
  await commitArticles(store, [storyPage("a", -3, wire)], options);
  const requestedAt = new Date();
  await staleFingerprints(store, [idOf("a")], requestedAt);
  await repairStaleStories(store, () => new Date());
  const print = await store.collections.fingerprints.findOne({ _id: idOf("a") });
  expect(print?.staleAt).toEqual(requestedAt);
});

test("The next copy stands for the others once the first article is purged", async () => {
  const pages = [storyPage("a", -30, wire), storyPage("b", -20, wire), storyPage("c", -19, wire)];
  await commitArticles(store, pages, options);
  await store.collections.articles.updateMany(
    {},
    { $set: { pending: [] }, $unset: { pendingAt: 1 } },
  );
  await purgeArticles(store, hours(-25), { limit: 10, at: new Date() });
  await repairStaleStories(store, () => new Date(Date.now() + 3_600_000));
  expect(await outcomeOf(store)).toMatchObject(
    [
      { _id: idOf("b"), duplicateOf: null, storyId: idOf("b") },
      { _id: idOf("c"), duplicateOf: idOf("b"), storyId: idOf("b") },
    ].toSorted((a, b) => (a._id < b._id ? -1 : 1)),
  );
});
