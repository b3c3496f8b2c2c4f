import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Classification } from "../../../../classify/classify.ts";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { getArticles } from "../../../../store/articles.ts";
import { readChanges } from "../../../../store/changes.ts";
import { readCorrections } from "../../../../store/corrections.ts";
import type { Store } from "../../../../store/store.ts";
import { commitArticles } from "../../../../workers/articles/commit-articles.ts";
import { correct, undoCorrection } from "../../../../workers/editors/correct.ts";
import { sequence } from "../../../../workers/sequencer.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { endProcess, withFaults, withRace } from "../../../helpers/faults.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeReading, SEEN } from "../../../helpers/reading.ts";
import { textOf } from "../../../helpers/site.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
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
  const given = { fields: { text: textOf(text) }, capture, ...(classified && { classified }) };
  const reading = makeReading(url, given);
  return { link: makeLink(urlKey(url), { url, foundUrl: url }), capture: reading.capture, reading };
}

/** Reads the page of the article once more. */
async function look(store: Store, n: number, text: string, classified?: Partial<Classification>) {
  const page = pageOf(URL_A, n, text, classified);
  const now = () => minutes(n);
  return (await commitArticles(store, [page], { timezone: "UTC", now })).get(ID)?.outcome;
}

function wish(store: Store, add: string[], remove: string[] = [], at = minutes(1)) {
  const word = { field: "topics" as const, add, remove };
  const asked = { articleId: ID, word, by: "ada", reason: "the text is about lamps" };
  return correct(store, asked, { topics: TOPICS, now: at });
}

const articleOf = async (store: Store) => (await getArticles(store, [ID])).get(ID);

describe("an editor's correction", () => {
  test("is kept with who, when and why, and readers of the stream are told", async () => {
    const store = await database.open("kept");
    await look(store, 0, "first");
    const outcome = await wish(store, ["street-lighting"]);
    expect(outcome).toMatchObject({ changed: true });
    expect(await readCorrections(store, minutes(2), 10)).toMatchObject([
      { articleId: ID, by: "ada", at: minutes(1), reason: "the text is about lamps", undone: null },
    ]);
    expect(await articleOf(store)).toMatchObject({ topics: ["smart-city", "street-lighting"] });
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

  test("wins over a changed page, over rules that say otherwise, and over the same page read again", async () => {
    const store = await database.open("wins");
    await look(store, 0, "first");
    await wish(store, ["ai"], ["smart-city"]);
    expect(await look(store, 2, "second")).toBe("updated");
    expect(await articleOf(store)).toMatchObject({ topics: ["ai"], revision: 2 });
    const rules = ["smart-city", "street-lighting"].map((id) => {
      return { id, score: 3, because: "keywords" as const, hits: [] };
    });
    await look(store, 3, "second", { topics: rules.map(({ id }) => id), byTopic: rules });
    expect(await articleOf(store)).toMatchObject({ topics: ["street-lighting", "ai"] });
    expect(await look(store, 4, "second")).toBe("updated");
    expect(await look(store, 4, "second")).toBe("unchanged");
    expect(await articleOf(store)).toMatchObject({ topics: ["ai"] });
  });

  test("can be taken back: the article is what its page says now", async () => {
    const store = await database.open("undone");
    await look(store, 0, "first");
    const made = await wish(store, ["ai"], ["smart-city"]);
    if ("problem" in made) throw new Error(made.problem);
    await look(store, 2, "second");
    const undo = { id: made.correction._id, by: "bob", reason: "mistaken" };
    expect(await undoCorrection(store, undo, minutes(3))).toMatchObject({
      changed: true,
      correction: { by: "ada", undone: { by: "bob", at: minutes(3), reason: "mistaken" } },
    });
    expect(await articleOf(store)).toMatchObject({ topics: ["smart-city"], overruled: null });
    expect(await undoCorrection(store, undo, minutes(4))).toEqual({
      problem: "it was undone before",
    });
  });

  test("that asks for what can't be says why and keeps nothing", async () => {
    const store = await database.open("problems");
    await look(store, 0, "first");
    expect(await wish(store, ["nonsense"])).toEqual({ problem: "no such topic: nonsense" });
    expect(await wish(store, [])).toEqual({ problem: "name a topic to add or to remove" });
    expect(await wish(store, ["ai"], ["ai"])).toEqual({ problem: "both added and removed: ai" });
    const gone = { articleId: "gone", by: "ada", reason: "  " };
    const word = { field: "topics" as const, add: ["ai"], remove: [] };
    const known = { topics: TOPICS, now: SEEN };
    expect(await correct(store, { ...gone, word }, known)).toEqual({ problem: "give a reason" });
    expect(await correct(store, { ...gone, reason: "why not", word }, known)).toEqual({
      problem: "no such article",
    });
    expect(await readCorrections(store, minutes(9), 10)).toEqual([]);
  });

  test("made by several editors at once holds as a whole", async () => {
    const store = await database.open("several");
    await look(store, 0, "first");
    await Promise.all([
      wish(store, ["ai"]),
      wish(store, ["street-lighting"], [], minutes(1.5)),
      look(store, 2, "second"),
    ]);
    const { topics, version } = (await articleOf(store)) ?? {};
    expect(topics?.toSorted()).toEqual(["ai", "smart-city", "street-lighting"]);
    await sequence(store, minutes(5));
    const changes = await readChanges(store, 0, 10);
    expect(changes.map((change) => change.version)).toEqual(
      Array.from({ length: version ?? 0 }, (_, index) => index + 1),
    );
  });

  test("whose process ends before the article is written holds from the next reading on", async () => {
    const store = await database.open("ended");
    await look(store, 0, "first");
    const { articles } = store.collections;
    const broken = withFaults(articles, { bulkWrite: () => endProcess });
    const view = { ...store, collections: { ...store.collections, articles: broken } };
    await expect(wish(view, ["ai"])).rejects.toThrow("ended here");
    expect(await articleOf(store)).toMatchObject({ topics: ["smart-city"] });
    expect(await look(store, 2, "first")).toBe("updated");
    expect(await articleOf(store)).toMatchObject({ topics: ["smart-city", "ai"] });
  });

  test("that comes in between loses nothing of what is read from the same capture with other rules", async () => {
    const store = await database.open("same capture");
    const other = "https://city.example/news/b";
    const now = () => minutes(3);
    const read = (text: string, classified?: Partial<Classification>) => [
      pageOf(URL_A, 0, "first", classified),
      pageOf(other, 0, text, classified),
    ];
    await commitArticles(store, read("other"), { timezone: "UTC", now });
    const view = withRace(store, async () => {
      await wish(store, ["ai"]);
    });
    const french = read("other", { language: "fr" });
    await commitArticles(view, french, { timezone: "UTC", now });
    expect(await articleOf(store)).toMatchObject({ language: "fr", topics: ["smart-city", "ai"] });
  });
});
