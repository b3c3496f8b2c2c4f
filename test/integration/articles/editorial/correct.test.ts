import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Classification } from "../../../../articles/classify/classify.ts";
import { correct, undoCorrection } from "../../../../articles/editorial/correct.ts";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { getArticles } from "../../../../store/articles/articles.ts";
import { readCorrections } from "../../../../store/articles/stories.ts";
import { readChanges } from "../../../../store/publish/changes.ts";
import type { Store } from "../../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { endProcess, withFaults, withRace } from "../../../helpers/faults.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeReading, SEEN } from "../../../helpers/reading.ts";
import { textOf } from "../../../helpers/site.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("correct");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

const TOPICS = [
  { id: "smart-city", parent: null },
  { id: "ai", parent: null },
  { id: "street-lighting", parent: "smart-city" },
];
const URL_A = "https://city.example/news/a";
const ID = urlKey(URL_A);
const minutes = (n: number) => new Date(SEEN.getTime() + n * 60_000);

/** The page at `url` as it is seen in minute `n`; `text` is what stands there. */
function pageOf(url: string, n: number, text: string, classified?: Partial<Classification>) {
  const capture = { _id: `capture-${n}`, fetchedAt: minutes(n) };
  const overrides = { fields: { text: textOf(text) }, capture, ...(classified && { classified }) };
  const reading = makeReading(url, overrides);
  return { link: makeLink(urlKey(url), { url, foundUrl: url }), capture: reading.capture, reading };
}

/** Reads the page of the article once more. */
async function fetchPage(n: number, text: string, classified?: Partial<Classification>) {
  const page = pageOf(URL_A, n, text, classified);
  const isKnown = (await getArticles(store, [ID])).has(ID);
  page.link.articleId = isKnown ? ID : null;
  const now = () => minutes(n);
  return (await commitArticles(store, [page], { timezone: "UTC", now })).get(ID)?.outcome;
}

/** An editor adds topics to the article and removes others. */
function correctTopics(add: string[], remove: string[] = [], at = minutes(1), within = store) {
  const word = { field: "topics" as const, add, remove };
  const correction = { articleId: ID, word, actor: "ada", reason: "the text is about lamps" };
  return correct(within, correction, { topics: TOPICS, now: at });
}

const readArticle = async () => (await getArticles(store, [ID])).get(ID);

describe("an editor's correction", () => {
  test("It is stored with who made it, when and why", async () => {
    await fetchPage(0, "first");
    const outcome = await correctTopics(["street-lighting"]);
    expect(outcome).toMatchObject({ changed: true });
    expect(await readCorrections(store, minutes(2), 10)).toMatchObject([
      {
        articleId: ID,
        actor: "ada",
        at: minutes(1),
        reason: "the text is about lamps",
        undone: null,
      },
    ]);
    expect(await readArticle()).toMatchObject({ topics: ["smart-city", "street-lighting"] });
  });

  test("Readers of the stream get a change with the topics before and after it", async () => {
    await fetchPage(0, "first");
    await correctTopics(["street-lighting"]);
    await sequence(store, minutes(5));
    expect(await readChanges(store, 0, 10)).toMatchObject([
      { kind: "created", item: { topics: ["smart-city"] } },
      {
        kind: "updated",
        before: { topics: ["smart-city"] },
        item: { topics: ["smart-city", "street-lighting"], version: 2 },
      },
    ]);
  });

  test.each([
    ["DE: Berlin:", "DE: Berlin: "],
    [" DE: Berlin:  ", "DE: Berlin: "],
    ["  ", ""],
  ])("A prefix %o ends in one space unless it is empty", async (prefix, written) => {
    await fetchPage(0, "first");
    const word = { field: "wording" as const, language: null, prefix };
    const correction = { articleId: ID, word, actor: "ada", reason: "the city is Berlin" };
    await correct(store, correction, { topics: TOPICS, now: minutes(1) });
    expect(await readArticle()).toMatchObject({ edited: { prefix: written } });
  });

  test("It holds when the page changes", async () => {
    await fetchPage(0, "first");
    await correctTopics(["ai"], ["smart-city"]);
    expect(await fetchPage(2, "second")).toBe("updated");
    expect(await readArticle()).toMatchObject({ topics: ["ai"], revision: 2 });
  });

  test("It holds when the rules come to other topics", async () => {
    await fetchPage(0, "first");
    await correctTopics(["ai"], ["smart-city"]);
    await fetchPage(2, "second");
    const rules = ["smart-city", "street-lighting"].map((id) => {
      return { id, score: 3, because: "keywords" as const, hits: [] };
    });
    await fetchPage(3, "second", { topics: rules.map(({ id }) => id), byTopic: rules });
    expect(await readArticle()).toMatchObject({ topics: ["street-lighting", "ai"] });
    expect(await fetchPage(4, "second")).toBe("updated");
    expect(await fetchPage(4, "second")).toBe("unchanged");
    expect(await readArticle()).toMatchObject({ topics: ["ai"] });
  });

  test("The article has the topics of its page again once it is taken back", async () => {
    await fetchPage(0, "first");
    const made = await correctTopics(["ai"], ["smart-city"]);
    if ("problem" in made) throw new Error(made.problem);
    await fetchPage(2, "second");
    const undo = { id: made.correction._id, actor: "bob", reason: "mistaken" };
    expect(await undoCorrection(store, undo, minutes(3))).toMatchObject({
      changed: true,
      correction: { actor: "ada", undone: { actor: "bob", at: minutes(3), reason: "mistaken" } },
    });
    expect(await readArticle()).toMatchObject({ topics: ["smart-city"], overruled: null });
    expect(await undoCorrection(store, undo, minutes(4))).toEqual({
      problem: "the correction was already undone",
    });
  });

  test.each([
    ["A topic that doesn't exist", ["nonsense"], [], "no such topic: nonsense"],
    ["A correction without a topic", [], [], "name a topic to add or remove"],
    ["A topic that is both added and removed", ["ai"], ["ai"], "both added and removed: ai"],
  ])("%s is refused with the reason", async (_what, add, remove, problem) => {
    await fetchPage(0, "first");
    expect(await correctTopics(add, remove)).toEqual({ problem });
    expect(await readCorrections(store, minutes(9), 10)).toEqual([]);
  });

  test.each([
    ["without a reason", "  ", "give a reason"],
    ["of an article that doesn't exist", "why not", "no such article"],
  ])("A correction %s is refused", async (_what, reason, problem) => {
    const word = { field: "topics" as const, add: ["ai"], remove: [] };
    const correction = { articleId: "gone", actor: "ada", reason, word };
    const known = { topics: TOPICS, now: SEEN };
    expect(await correct(store, correction, known)).toEqual({ problem });
    expect(await readCorrections(store, minutes(9), 10)).toEqual([]);
  });

  test("Corrections of several editors at once all hold", async () => {
    await fetchPage(0, "first");
    await Promise.all([
      correctTopics(["ai"]),
      correctTopics(["street-lighting"], [], minutes(1.5)),
      fetchPage(2, "second"),
    ]);
    const { topics, version } = (await readArticle()) ?? {};
    expect(topics?.toSorted()).toEqual(["ai", "smart-city", "street-lighting"]);
    await sequence(store, minutes(5));
    const changes = await readChanges(store, 0, 10);
    expect(changes.map((change) => change.version)).toEqual(
      Array.from({ length: version ?? 0 }, (_, index) => index + 1),
    );
  });

  test("It holds from the next fetch on when its process ends before the article is written", async () => {
    await fetchPage(0, "first");
    const { articles } = store.collections;
    const broken = withFaults(articles, { bulkWrite: () => endProcess });
    const view = { ...store, collections: { ...store.collections, articles: broken } };
    await expect(correctTopics(["ai"], [], minutes(1), view)).rejects.toThrow("ended here");
    expect(await readArticle()).toMatchObject({ topics: ["smart-city"] });
    expect(await fetchPage(2, "first")).toBe("updated");
    expect(await readArticle()).toMatchObject({ topics: ["smart-city", "ai"] });
  });

  test("It loses nothing of what other rules read from the same capture at the same moment", async () => {
    const other = "https://city.example/news/b";
    const now = () => minutes(3);
    const read = (text: string, classified?: Partial<Classification>) => [
      pageOf(URL_A, 0, "first", classified),
      pageOf(other, 0, text, classified),
    ];
    await commitArticles(store, read("other"), { timezone: "UTC", now });
    const view = withRace(store, async () => {
      await correctTopics(["ai"]);
    });
    const french = read("other", { language: "fr" });
    await commitArticles(view, french, { timezone: "UTC", now });
    expect(await readArticle()).toMatchObject({ language: "fr", topics: ["smart-city", "ai"] });
  });
});
