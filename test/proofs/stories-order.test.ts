import { assert, asyncProperty, shuffledSubarray } from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commitArticles } from "../../articles/ingest/commit.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { repairStaleStories, repairStories } from "../../articles/stories/repair.ts";
import type { Store } from "../../store/store.ts";
import { hours, idOf } from "../helpers/article-pages.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { endProcess, withFaults } from "../helpers/faults.ts";
import { textOf } from "../helpers/site.ts";
import { SIZE } from "../helpers/size.ts";
import { edited, storyPage } from "../helpers/story-pages.ts";

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
const half = (text: string, from: number) => text.split(" ").slice(from).join(" ");
/** A wire text with copies, edits of edits, an excerpt, and articles that stay apart. */
const PAGES = (): ReadPage[] => [
  storyPage("first", -9, wire),
  storyPage("same", -8, wire),
  storyPage("edited", -7, edited(wire, 0)),
  storyPage("twice", -6, edited(edited(wire, 0), 60)),
  storyPage("thrice", -5, edited(edited(edited(wire, 0), 60), 110)),
  storyPage("excerpt", -4, half(wire, 90)),
  storyPage("other", -8, textOf("other")),
  storyPage("other-copy", -3, edited(textOf("other"), 40)),
  storyPage("between", -2, `${half(wire, 80)} ${half(textOf("other"), 80)}`),
];

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

async function removeArticles({ collections }: Store): Promise<void> {
  const names = ["articles", "fingerprints", "aliases", "revisions"] as const;
  await Promise.all(names.map((name) => collections[name].deleteMany({})));
}

describe("the stories of a set of articles", () => {
  test("They don't depend on the order in which the articles arrive, nor on which arrive together", async () => {
    await commitArticles(store, PAGES(), options);
    const wanted = await outcomeOf(store);
    const head = idOf("first");
    expect(wanted.find(({ _id }) => _id === idOf("thrice"))).toMatchObject({ storyId: head });
    expect(wanted.filter(({ storyId }) => storyId === head).length).toBeGreaterThanOrEqual(6);
    expect(wanted.filter(({ isStale }) => isStale)).toEqual([]);
    const pages = PAGES();
    await assert(
      asyncProperty(shuffledSubarray(pages, { minLength: pages.length }), async (order) => {
        await removeArticles(store);
        for (let at = 0; at < order.length; at += 1 + (at % 3)) {
          await commitArticles(store, order.slice(at, at + 1 + (at % 3)), options);
        }
        expect(await outcomeOf(store)).toEqual(wanted);
      }),
      { numRuns: SIZE.orders },
    );
  });

  test("They are the same when several processes store them at once", async () => {
    await commitArticles(store, PAGES(), options);
    const wanted = await outcomeOf(store);
    for (let round = 0; round < SIZE.orders; round += 1) {
      await removeArticles(store);
      const order = PAGES().toSorted(() => Math.random() - 0.5);
      const parts = [order.slice(0, 3), order.slice(3, 5), order.slice(5, 7), order.slice(7)];
      await Promise.all(parts.map((part) => commitArticles(store, part, options)));
      await repairStaleStories(store, () => new Date(Date.now() + 3_600_000));
      expect(await outcomeOf(store)).toEqual(wanted);
    }
  });

  test("They are the same when they are decided again", async () => {
    await commitArticles(store, PAGES(), options);
    const before = await outcomeOf(store);
    const ids = before.map(({ _id }) => _id);
    expect(await repairStories(store, ids, soon)).toEqual({ moved: 0, open: new Set() });
    expect(await outcomeOf(store)).toEqual(before);
  });
});

describe("a story whose process ends while it is stored", () => {
  test.each([
    ["before the articles", "articles", "bulkWrite"],
    ["before the new article", "articles", "insertMany"],
    ["before the clusters", "fingerprints", "updateMany"],
  ] as const)(
    "Housekeeping or the next fetch completes it when the process ends %s",
    async (_when, collection, method) => {
      await commitArticles(store, PAGES(), options);
      const wanted = await outcomeOf(store);
      await removeArticles(store);
      const [first, ...others] = PAGES();
      if (!first) throw new Error("there are pages");
      await commitArticles(store, others, options);
      const target = store.collections[collection] as unknown as Record<string, unknown>;
      const broken = withFaults(target, { [method]: () => endProcess });
      const view = { ...store, collections: { ...store.collections, [collection]: broken } };
      await expect(commitArticles(view, [first], options)).rejects.toThrow("ended here");
      await commitArticles(store, [first], options);
      await repairStaleStories(store, () => new Date(Date.now() + 3_600_000));
      expect(await outcomeOf(store)).toEqual(wanted);
    },
  );
});
