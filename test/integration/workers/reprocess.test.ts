import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { topicMatcher } from "../../../classify/topics/matcher.ts";
import { EXTRACTOR, LANGUAGE } from "../../../extractors/version.ts";
import type { Report, Stage } from "../../../model/reprocessing.ts";
import type { TopicRule } from "../../../model/topic.ts";
import { headSeq, readChanges } from "../../../store/changes.ts";
import type { Store } from "../../../store/store.ts";
import { retractByEditor } from "../../../workers/articles/retract.ts";
import { correct } from "../../../workers/editors/correct.ts";
import { reprocess } from "../../../workers/reprocess/reprocess.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { endProcess, ProcessEnded, withFaults } from "../../helpers/faults.ts";
import { shippedPlaces } from "../../helpers/places.ts";
import {
  articlesOf,
  contentOf,
  deriveAgain,
  type OldArchive,
  openOldArchive,
  requestFor,
} from "../../helpers/reprocess.ts";
import { textOf } from "../../helpers/site.ts";
import { isVerify } from "../../helpers/size.ts";
import type { WatchedSite } from "../../helpers/watched-site.ts";

let watched: WatchedSite;
let archive: OldArchive;
beforeAll(async () => {
  archive = await openOldArchive(import.meta.filename, {
    // About buses in Lyon, without their places and topics.
    source: { country: "DE" },
    page: (path) => ({
      title: `Lyon opens a bus lane ${path.slice(1)}`,
      text: `LYON, France - A bus lane in Lyon.\n\n${textOf(path)}`,
    }),
    asRead: () => ({
      country: "DE",
      region: null,
      prefix: "DE: ",
      topics: [],
      extractor: "0",
      "evidence.byTopic": [],
      authors: ["Menu Home"],
      organisations: ["Desk"],
    }),
  });
  ({ watched } = archive);
});
beforeEach(() => archive.reset());
afterAll(() => archive?.close());

const topic = (id: string, word: string): TopicRule => {
  return { id, parent: null, keywords: { en: [word] }, negatives: {} };
};
const tables = {
  topics: topicMatcher([topic("buses", "bus lane"), topic("ai", "robot")]),
  places: shippedPlaces(),
};

/** Everything that deriving again may touch, but for when it was written. */
async function allOf(store: Store) {
  const left = await store.collections.reprocessings.countDocuments();
  return { ...(await contentOf(store)), left };
}

describe("a stage derives again what is its own, and says what came out otherwise", () => {
  const again = (stages: Stage[]) => deriveAgain({ ...watched.worker.deps, tables }, stages);

  test("every field from the stored responses, as a reading and not as the publisher's change", async () => {
    const { store, site } = watched;
    const [first, second] = await articlesOf(store);
    // As rules read it that took a menu for a part of the text.
    const text = `Menu Home\n\n${first?.text}`;
    await store.collections.articles.updateOne(
      { _id: first?._id ?? "" },
      { $set: { text, contentHash: "menu" } },
    );
    const [asked, head] = [site.asked.length, await headSeq(store)];
    const report = await again(["extract"]);
    expect(report).toMatchObject({ articles: 5, changed: 5, refreshed: 0, left: {} });
    expect(report.fields["authors"]).toMatchObject({ count: 5 });
    expect(report.fields["organisations"]).toMatchObject({ count: 5 });
    expect(report.fields["country"]?.examples[0]).toMatchObject({ before: "DE", after: "FR" });
    expect(report.fields["text"]?.examples).toMatchObject([
      { articleId: first?._id, before: expect.stringMatching(/^Menu Home LYON/) },
    ]);
    expect(site.asked).toHaveLength(asked);
    const [now, other] = await articlesOf(store);
    const because = `the same response, read again by rules ${EXTRACTOR}, before by 0`;
    expect(now).toMatchObject({
      text: first?.text,
      extractor: EXTRACTOR,
      prefix: "FR: Auvergne-Rhône-Alpes: ",
      derived: { language: LANGUAGE, places: expect.stringContaining("-") },
      revised: { revision: 2, kind: "reading", because },
    });
    expect(other).toMatchObject({ version: (second?.version ?? 0) + 1, revision: 1 });
    await sequence(store, new Date());
    const changes = (await readChanges(store, head, 100)).map(({ kind, revision }) => [
      kind,
      revision?.kind,
    ]);
    expect(changes).toHaveLength(5);
    expect(changes).toContainEqual(["updated", "reading"]);
    expect(await again(["extract"])).toMatchObject({ articles: 5, changed: 0, refreshed: 0 });
  });

  test("places, topics, relevance or the language alone", async () => {
    const { store } = watched;
    expect(Object.keys((await again(["places"])).fields)).toEqual(["country", "region", "prefix"]);
    const topics = await again(["topics"]);
    expect(topics.fields["topics"]).toMatchObject({
      count: 5,
      examples: Array.from({ length: 5 }, () =>
        expect.objectContaining({ before: "", after: "buses" }),
      ),
    });
    const [article] = await articlesOf(store);
    expect(article).toMatchObject({ authors: ["Menu Home"], country: "FR" });
    expect(article?.derived).toMatchObject({
      topics: expect.stringContaining(tables.topics.digest),
    });
    expect(await again(["topics", "places"])).toMatchObject({ changed: 0, refreshed: 0 });

    await store.collections.sources.updateOne(
      { _id: "cities" },
      { $set: { relevance: { min: 0.9 } } },
    );
    expect((await again(["relevance"])).fields["status"]).toMatchObject({ count: 5 });
    expect((await articlesOf(store)).map(({ status }) => status)).toContain("unlisted");

    await store.collections.articles.updateMany({}, { $set: { language: "fr", topics: [] } });
    expect(await again(["language"])).toMatchObject({
      fields: { language: { count: 5 }, topics: { count: 5 } },
    });
  });

  test("stories, by today's rules", async () => {
    await watched.store.collections.fingerprints.updateMany(
      {},
      { $set: { keys: [], textHash: "" } },
    );
    expect(await again(["stories"])).toMatchObject({ articles: 5, left: {} });
    const prints = await watched.store.collections.fingerprints.find().toArray();
    expect(prints.every(({ keys, standing }) => keys.length > 0 && standing)).toBe(true);
  });
});

test("editors win, what was taken back stays, and what can't be read again is left with its reason", async () => {
  const { store, worker } = watched;
  const [a, b, c, d, e] = await articlesOf(store);
  const by = { by: "ada", reason: "it is about robots" };
  const word = { field: "topics" as const, add: ["ai"], remove: ["buses"] };
  const known = { topics: [topic("ai", ""), topic("buses", "")], now: new Date() };
  await correct(store, { articleId: a?._id ?? "", word, ...by }, known);
  await retractByEditor(store, { articleId: b?._id ?? "", ...by }, new Date());
  await store.collections.captures.updateOne(
    { _id: c?.captureId ?? "" },
    { $set: { bodyId: null, withheld: "tdm" } },
  );
  await store.collections.captures.deleteOne({ _id: d?.captureId ?? "" });
  const report = await deriveAgain({ ...worker.deps, tables });
  expect(report).toMatchObject({
    changed: 2,
    left: {
      "it is retracted": 1,
      "its response is not kept (tdm)": 1,
      "its response is no longer kept": 1,
    },
  });
  const now = new Map((await articlesOf(store)).map((one) => [one._id, one]));
  expect(now.get(a?._id ?? "")).toMatchObject({ topics: ["ai"], country: "FR" });
  expect(now.get(b?._id ?? "")).toMatchObject({ status: "retracted", country: "DE" });
  expect(now.get(e?._id ?? "")).toMatchObject({ topics: [], country: "FR" });
  // From the stored words alone, and still against the rules.
  await deriveAgain({ ...worker.deps, tables }, ["topics", "relevance"]);
  expect((await articlesOf(store)).find(({ _id }) => _id === a?._id)?.topics).toEqual(["ai"]);
});

test("a dry run says the same and writes nothing", async () => {
  const { store, worker } = watched;
  const before = await allOf(store);
  const deps = { timezone: "UTC", ...worker.deps, tables };
  let dry: Report | undefined;
  const run = reprocess(deps, requestFor(["extract"], { keep: false }));
  for await (const { report } of run) dry = report;
  expect(await allOf(store)).toEqual(before);
  expect(await deriveAgain(deps)).toEqual(dry);
});

test("a process that ends at whatever write it is at, and one that goes on: the same articles, the same report", async () => {
  const { store, worker } = watched;
  await store.collections.articles.updateMany({}, { $set: { contentHash: "read otherwise" } });
  let writes = 0;
  const run = async (endAt: number) => {
    writes = 0;
    const step = () => (writes++ === endAt ? endProcess : undefined);
    const faults = { bulkWrite: step, insertMany: step, updateOne: step, deleteOne: step };
    const faulty = Object.fromEntries(
      Object.entries(store.collections).map(([name, each]) => [name, withFaults(each, faults)]),
    );
    const view = { ...store, collections: { ...store.collections, ...faulty } };
    const deps = { ...worker.deps, timezone: "UTC", store: view, tables };
    let report: Report | undefined;
    for await (const told of reprocess(deps, requestFor(["extract"]), 2)) report = told.report;
    return report;
  };
  const whole = await run(-1);
  const end = await allOf(store);
  const total = writes;
  expect(whole).toMatchObject({ articles: 5, changed: 5 });
  expect(total).toBeGreaterThan(12);
  for (let at = 1; at < total; at += isVerify ? 1 : 4) {
    await archive.reset();
    await store.collections.articles.updateMany({}, { $set: { contentHash: "read otherwise" } });
    await expect(run(at)).rejects.toThrow(ProcessEnded);
    expect([at, await run(-1)]).toEqual([at, whole]);
    expect([at, await allOf(store)]).toEqual([at, end]);
  }
});
