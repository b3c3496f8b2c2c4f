import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type CommitEntry,
  commitArticles,
  createCommit,
} from "../../../../articles/ingest/commit.ts";
import { writeOf } from "../../../../articles/revisions/draft.ts";
import { repairStaleStories } from "../../../../articles/stories/repair.ts";
import { writeArticles } from "../../../../store/articles/articles.ts";
import { addLinks, getLink } from "../../../../store/crawl/links.ts";
import type { Store } from "../../../../store/store.ts";
import { addressOf, hours, idOf, pageOf } from "../../../helpers/article-pages.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { endProcess, withFaults, withRace } from "../../../helpers/faults.ts";
import { SEEN } from "../../../helpers/reading.ts";
import { textOf } from "../../../helpers/site.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("commit");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

const options = { timezone: "UTC", now: () => new Date() };
function entryOf(name: string, bytes = Buffer.from(name)): CommitEntry {
  const { link, reading, capture } = pageOf(name);
  const body = { _id: name, bytes, encoding: "gzip", size: bytes.length, storedAt: SEEN } as const;
  return { capture, body, link, token: "mine", reading, linkSet: { state: "done", dueAt: null } };
}

const readArticles = async () =>
  new Map((await store.collections.articles.find().toArray()).map((each) => [each._id, each]));

describe("articles that others change at the same moment", () => {
  test("Copies that several processes store at once are copies of the earliest, with no version left out", async () => {
    const text = textOf("wire");
    // In titles, other numbers would make them reports of a series.
    const pages = ["a", "b", "c", "d", "e", "earliest"].map((name, n) =>
      pageOf(`copy-${name}`, { fields: { text, publishedAt: hours(-n) } }),
    );
    const [first, ...others] = pages;
    if (!first) throw new Error("six pages");
    await commitArticles(store, [first], options);
    // Each finds the first one to be the head, and moves it.
    await Promise.all(others.map((page) => commitArticles(store, [page], options)));
    // What they gave up on, because others were faster each time, upkeep decides.
    await repairStaleStories(store, () => new Date(Date.now() + 3_600_000));
    const articles = await readArticles();
    const heads = [...articles.values()].filter(({ duplicateOf }) => duplicateOf === null);
    expect(heads.map(({ _id }) => _id)).toEqual([idOf("copy-earliest")]);
    expect(new Set([...articles.values()].map(({ storyId }) => storyId)).size).toBe(1);
    for (const article of articles.values()) {
      const changes = article.pending.map(({ version }) => version);
      expect(changes).toEqual(changes.map((_, index) => index + 1));
    }
  });

  test("A write that lost its race is decided again on what is stored now", async () => {
    await commitArticles(store, [pageOf("a")], options);
    const { articles } = store.collections;
    const view = withRace(store, async () => {
      // Another process is faster.
      await articles.updateOne({ _id: idOf("a") }, { $inc: { version: 1 } });
    });
    const text = textOf("corrected");
    const capture = { _id: "next", fetchedAt: hours(1) };
    const outcomes = await commitArticles(
      view,
      [pageOf("a", { fields: { text }, capture })],
      options,
    );
    expect(outcomes.get(idOf("a"))).toMatchObject({ outcome: "updated" });
    expect((await readArticles()).get(idOf("a"))).toMatchObject({ text, version: 3 });
  });

  test("A former original that changed meanwhile still follows its story", async () => {
    const text = textOf("wire");
    await commitArticles(store, [pageOf("late", { fields: { text } })], options);
    const { articles } = store.collections;
    const view = withRace(store, async () => {
      const late = await articles.findOne({ _id: idOf("late") });
      if (!late) throw new Error("it was stored before");
      const corrected = { ...late, teaser: "Corrected.", version: late.version + 1 };
      await writeArticles(store, [writeOf(corrected, late, "updated", new Date())]);
    });
    const early = pageOf("early", { fields: { text, publishedAt: hours(-9) } });
    await commitArticles(view, [early], options);
    expect((await readArticles()).get(idOf("late"))).toMatchObject({
      duplicateOf: idOf("early"),
      storyId: idOf("early"),
      teaser: "Corrected.",
      version: 3,
    });
  });
});

describe("a print version without a word of its article", () => {
  const text = textOf("printed");
  const print = (hour: number) =>
    pageOf("print/a", {
      fields: { title: "A | Print", text },
      capture: { _id: `print ${hour}`, fetchedAt: hours(hour) },
    });
  const page = (hour: number) => {
    const read = pageOf("a", {
      fields: { title: "A", text },
      capture: { _id: `page ${hour}`, fetchedAt: hours(hour) },
    });
    read.reading.extracted.extraction.page.variants = [
      { url: addressOf("print/a"), kind: "print" },
    ];
    return read;
  };

  test.each([
    ["before its article", [[print(1)], [page(2)], [print(3)], [page(4)]]],
    ["after its article", [[page(1)], [print(2)], [print(3)]]],
    ["together with its article", [[print(1), page(1)]]],
  ])("It is no copy when it is stored %s", async (_when, batches) => {
    for (const pages of batches) await commitArticles(store, pages, options);
    expect([...(await readArticles()).values()]).toMatchObject([
      { title: "A", url: addressOf("a"), duplicateOf: null },
    ]);
    const aliases = await store.collections.aliases.find().toArray();
    expect(aliases.find(({ url }) => url === addressOf("print/a"))?.kind).toBe("print");
  });
});

test("An article was last seen when its page was fetched, however late that is stored", async () => {
  const late = { timezone: "UTC", now: () => hours(5) };
  const pageAt = (id: string, hour: number, text = textOf("first")) =>
    commitArticles(
      store,
      [pageOf("a", { fields: { text }, capture: { _id: id, fetchedAt: hours(hour) } })],
      late,
    );
  await pageAt("first", 0);
  await pageAt("second", 1);
  expect((await readArticles()).get(idOf("a"))).toMatchObject({ lastSeenAt: hours(1) });
  const outcomes = await pageAt("third", 2, textOf("corrected"));
  expect(outcomes.get(idOf("a"))).toMatchObject({ outcome: "updated" });
});

test("A revision that a process left unwritten is written with the next fetch", async () => {
  const { revisions } = store.collections;
  const broken = withFaults(revisions, { insertMany: () => endProcess });
  const view = { ...store, collections: { ...store.collections, revisions: broken } };
  await expect(commitArticles(view, [pageOf("a")], options)).rejects.toThrow("ended here");
  const again = pageOf("a", { capture: { _id: "again", fetchedAt: hours(1) } });
  const outcomes = await commitArticles(store, [again], options);
  // Nobody was told that it is new.
  expect(outcomes.get(idOf("a"))).toMatchObject({ outcome: "new" });
  expect(await revisions.find().toArray()).toMatchObject([{ articleId: idOf("a"), revision: 1 }]);
});

test("A revision that a process left unwritten is written before that of a later change", async () => {
  const { revisions } = store.collections;
  const broken = withFaults(revisions, { insertMany: () => endProcess });
  const view = { ...store, collections: { ...store.collections, revisions: broken } };
  const [first, later] = [textOf("first"), textOf("later")];
  const page = (text: string, hour: number) =>
    pageOf("a", { fields: { text }, capture: { _id: `at ${hour}`, fetchedAt: hours(hour) } });
  await expect(commitArticles(view, [page(first, 0)], options)).rejects.toThrow("ended here");
  await commitArticles(store, [page(later, 1)], options);
  expect(await revisions.find().sort({ _id: 1 }).toArray()).toMatchObject([
    { revision: 1, fields: { text: first }, at: hours(0) },
    { revision: 2, fields: { text: later } },
  ]);
});

test("A page that can't be stored doesn't fail the others of its batch", async () => {
  // Over what one document of the database may hold.
  const entries = [entryOf("a"), entryOf("bad", Buffer.alloc(17_000_000)), entryOf("b")];
  await addLinks(
    store,
    entries.map(({ link }) => link),
  );
  const commit = createCommit(store, options);
  const results = await Promise.allSettled(entries.map((entry) => commit.add(entry)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect([...(await readArticles()).keys()].toSorted()).toEqual([idOf("a"), idOf("b")].toSorted());
  expect(await getLink(store, idOf("b"))).toMatchObject({ state: "done", outcome: "new" });
  expect(await getLink(store, idOf("bad"))).toMatchObject({
    state: "due",
    claim: { token: "mine" },
  });
});

test("A source learns from an article whose process ended before, even if the text differs now", async () => {
  const lesson = (text: string, id: string): CommitEntry => {
    const page = pageOf("a", { fields: { text }, capture: { _id: id } });
    const { extracted } = page.reading;
    const article = { ...extracted.article, paragraphs: [{ key: "k", size: 90, text }] };
    const reading = { ...page.reading, extracted: { ...extracted, article } };
    return { ...entryOf("a"), capture: reading.capture, reading };
  };
  await addLinks(store, [lesson("", "first").link]);
  const { boilerplate } = store.collections;
  const broken = withFaults(boilerplate, { bulkWrite: () => endProcess });
  const dying = createCommit(
    { ...store, collections: { ...store.collections, boilerplate: broken } },
    options,
  );
  await expect(dying.add(lesson(textOf("first"), "first"))).rejects.toThrow("ended here");
  expect(await boilerplate.countDocuments()).toBe(0);
  const next = createCommit(store, options);
  await next.add(lesson(textOf("corrected"), "second"));
  expect(await boilerplate.find().toArray()).toMatchObject([{ recent: [{ article: idOf("a") }] }]);
});
