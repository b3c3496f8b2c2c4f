import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reprocess } from "../../archive/reprocess/reprocess.ts";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import { correct } from "../../articles/editorial/correct.ts";
import { retractByEditor } from "../../articles/editorial/retract.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { EXTRACTION_VERSION, LANGUAGE_RULES_VERSION } from "../../extractors/rules.ts";
import type { Report, Stage } from "../../model/archive/reprocessing.ts";
import type { Article } from "../../model/articles/article.ts";
import type { TopicRule } from "../../model/articles/classification.ts";
import type { Change } from "../../model/publish/change.ts";
import { headSeq, readChanges } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import { endingAtWrite, ProcessEnded } from "../helpers/faults.ts";
import { shippedPlaces } from "../helpers/places.ts";
import {
  articlesOf,
  contentOf,
  deriveAgain,
  type OldArchive,
  openOldArchive,
  requestFor,
} from "../helpers/reprocess.ts";
import { textOf } from "../helpers/site.ts";
import { isVerify } from "../helpers/size.ts";
import type { WatchedSite } from "../helpers/watched-site.ts";

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

const again = (stages: Stage[]) => deriveAgain({ ...watched.worker.deps, tables }, stages);

describe("articles are extracted again from their stored responses", () => {
  let report: Report;
  let requests: number;
  /** Two articles before and after; the first had a menu in its text. */
  let first: { before?: Article; after?: Article };
  let second: { before?: Article; after?: Article };
  let changes: Change[];
  let secondTime: Report;
  beforeAll(async () => {
    await archive.reset();
    const { store, site } = watched;
    const before = await articlesOf(store);
    const [one] = before;
    const text = `Menu Home\n\n${one?.text}`;
    const $set = { text, contentHash: "menu" };
    await store.collections.articles.updateOne({ _id: one?._id ?? "" }, { $set });
    const [requested, head] = [site.requests.length, await headSeq(store)];
    report = await again(["extract"]);
    requests = site.requests.length - requested;
    const after = await articlesOf(store);
    first = { ...(one && { before: one }), ...(after[0] && { after: after[0] }) };
    second = { ...(before[1] && { before: before[1] }), ...(after[1] && { after: after[1] }) };
    await sequence(store, new Date());
    changes = await readChanges(store, head, 100);
    secondTime = await again(["extract"]);
  });

  test("the report counts all articles as changed", () => {
    expect(report).toMatchObject({ articles: 5, changed: 5, refreshed: 0, left: {} });
  });

  test("the report counts the articles in which a field changed", () => {
    expect(report.fields["authors"]).toMatchObject({ count: 5 });
    expect(report.fields["organisations"]).toMatchObject({ count: 5 });
  });

  test("the report shows what a field was before and is after", () => {
    expect(report.fields["country"]?.examples[0]).toMatchObject({ before: "DE", after: "FR" });
  });

  test("the report names the one article whose text changed", () => {
    expect(report.fields["text"]?.examples).toMatchObject([
      { articleId: first.before?._id, before: expect.stringMatching(/^Menu Home LYON/) },
    ]);
  });

  test("no publisher is asked for anything", () => {
    expect(requests).toBe(0);
  });

  test("an article is as today's rules read its response", () => {
    expect(first.after).toMatchObject({
      text: first.before?.text,
      extractor: EXTRACTION_VERSION,
      prefix: "FR: Auvergne-Rhône-Alpes: ",
      derived: { language: LANGUAGE_RULES_VERSION, places: expect.stringContaining("-") },
    });
  });

  test("an article whose text changed has a revision that is a reading, not the publisher's change", () => {
    const because = `the same response, read again by rules ${EXTRACTION_VERSION} instead of 0`;
    expect(first.after?.revised).toMatchObject({ revision: 2, kind: "reading", because });
  });

  test("an article whose text is as before has a new version and no new revision", () => {
    const version = (second.before?.version ?? 0) + 1;
    expect(second.after).toMatchObject({ version, revision: 1 });
  });

  test("the stream has a change for each article", () => {
    expect(changes).toHaveLength(5);
  });

  test("the stream says of the changed text that it is a reading", () => {
    const kinds = changes.map(({ kind, revision }) => [kind, revision?.kind]);
    expect(kinds).toContainEqual(["updated", "reading"]);
  });

  test("nothing changes the second time", () => {
    expect(secondTime).toMatchObject({ articles: 5, changed: 0, refreshed: 0 });
  });
});

describe("one part of the articles is derived again alone", () => {
  beforeEach(() => archive.reset());

  test("places change country, region and prefix", async () => {
    const { fields } = await again(["places"]);
    expect(Object.keys(fields)).toEqual(["country", "region", "prefix"]);
    const [article] = await articlesOf(watched.store);
    expect(article).toMatchObject({ authors: ["Menu Home"], country: "FR" });
  });

  test("topics change topics", async () => {
    const { fields } = await again(["topics"]);
    expect(fields["topics"]).toMatchObject({
      count: 5,
      examples: Array.from({ length: 5 }, () =>
        expect.objectContaining({ before: "", after: "buses" }),
      ),
    });
    const [article] = await articlesOf(watched.store);
    expect(article).toMatchObject({ authors: ["Menu Home"], country: "DE" });
    expect(article?.derived).toMatchObject({
      topics: expect.stringContaining(tables.topics.digest),
    });
  });

  test("topics and places change nothing the second time", async () => {
    await again(["places"]);
    await again(["topics"]);
    expect(await again(["topics", "places"])).toMatchObject({ changed: 0, refreshed: 0 });
  });

  test("relevance unlists what is below the new threshold of its source", async () => {
    const { store } = watched;
    await store.collections.sources.updateOne(
      { _id: "cities" },
      { $set: { relevance: { min: 0.9 } } },
    );
    expect((await again(["relevance"])).fields["status"]).toMatchObject({ count: 5 });
    expect((await articlesOf(store)).map(({ status }) => status)).toContain("unlisted");
  });

  test("the language changes the topics that its words give as well", async () => {
    const { store } = watched;
    await store.collections.articles.updateMany({}, { $set: { language: "fr", topics: [] } });
    expect(await again(["language"])).toMatchObject({
      fields: { language: { count: 5 }, topics: { count: 5 } },
    });
  });

  test("stories give each article its fingerprint again", async () => {
    const { fingerprints } = watched.store.collections;
    await fingerprints.updateMany({}, { $set: { keys: [], textHash: "" } });
    expect(await again(["stories"])).toMatchObject({ articles: 5, left: {} });
    const prints = await fingerprints.find().toArray();
    expect(prints.every(({ keys, cluster }) => keys.length > 0 && cluster)).toBe(true);
  });
});

describe("articles that editors changed or whose response is gone", () => {
  let report: Report;
  let corrected: { extracted?: Article; classified?: Article };
  let retracted: Article | undefined;
  let other: Article | undefined;
  beforeAll(async () => {
    await archive.reset();
    const { store } = watched;
    const [a, b, c, d, e] = await articlesOf(store);
    const edit = { actor: "ada", reason: "it is about robots" };
    const word = { field: "topics" as const, add: ["ai"], remove: ["buses"] };
    const known = { topics: [topic("ai", ""), topic("buses", "")], now: new Date() };
    await correct(store, { articleId: a?._id ?? "", word, ...edit }, known);
    await retractByEditor(store, { articleId: b?._id ?? "", ...edit }, new Date());
    await store.collections.captures.updateOne(
      { _id: c?.captureId ?? "" },
      { $set: { bodyId: null, withheld: "tdm" } },
    );
    await store.collections.captures.deleteOne({ _id: d?.captureId ?? "" });
    report = await again(["extract"]);
    const now = new Map((await articlesOf(store)).map((one) => [one._id, one]));
    const extracted = now.get(a?._id ?? "");
    retracted = now.get(b?._id ?? "");
    other = now.get(e?._id ?? "");
    await again(["topics", "relevance"]);
    const classified = (await articlesOf(store)).find(({ _id }) => _id === a?._id);
    corrected = { ...(extracted && { extracted }), ...(classified && { classified }) };
  });

  test("what can't be read again is left and counted by its reason", () => {
    expect(report).toMatchObject({
      changed: 2,
      left: {
        "the article is retracted": 1,
        "its response isn't stored (tdm)": 1,
        "its response is no longer stored": 1,
      },
    });
  });

  test("an editor's topic holds against the rules", () => {
    expect(corrected.extracted).toMatchObject({ topics: ["ai"], country: "FR" });
  });

  test("an editor's topic holds where the stored words alone are classified again", () => {
    expect(corrected.classified?.topics).toEqual(["ai"]);
  });

  test("a retracted article stays as it was", () => {
    expect(retracted).toMatchObject({ status: "retracted", country: "DE" });
  });

  test("an article that no editor touched is as the rules have it", () => {
    expect(other).toMatchObject({ topics: [], country: "FR" });
  });
});

describe("a dry run", () => {
  let dry: Report | undefined;
  let before: object;
  let after: object;
  let real: Report;
  beforeAll(async () => {
    await archive.reset();
    const { store, worker } = watched;
    before = await allOf(store);
    const deps = { timezone: "UTC", ...worker.deps, tables };
    const run = reprocess(deps, requestFor(["extract"], { keep: false }));
    for await (const { report } of run) dry = report;
    after = await allOf(store);
    real = await deriveAgain(deps);
  });

  test("it writes nothing", () => {
    expect(after).toEqual(before);
  });

  test("it reports the same as the run itself", () => {
    expect(real).toEqual(dry);
  });
});

describe("a process that ends while it derives articles again", () => {
  /** Derives the archive again, with a process that ends at this write. */
  async function run(endAt: number) {
    const { store: view, writes } = endingAtWrite(watched.store, endAt);
    const deps = { ...watched.worker.deps, timezone: "UTC", store: view, tables };
    let report: Report | undefined;
    for await (const progress of reprocess(deps, requestFor(["extract"]), 2))
      report = progress.report;
    return { report, writes: writes() };
  }
  const start = async () => {
    await archive.reset();
    const $set = { contentHash: "read otherwise" };
    await watched.store.collections.articles.updateMany({}, { $set });
  };
  let whole: Awaited<ReturnType<typeof run>>;
  let end: object;
  beforeAll(async () => {
    await start();
    whole = await run(-1);
    end = await allOf(watched.store);
  });

  test("it has many writes at which it may end", () => {
    expect(whole.report).toMatchObject({ articles: 5, changed: 5 });
    expect(whole.writes).toBeGreaterThan(12);
  });

  test("whichever write it ends at, the next one comes to the same articles and report", async () => {
    for (let at = 1; at < whole.writes; at += isVerify ? 1 : 4) {
      await start();
      await expect(run(at)).rejects.toThrow(ProcessEnded);
      expect([at, (await run(-1)).report]).toEqual([at, whole.report]);
      expect([at, await allOf(watched.store)]).toEqual([at, end]);
    }
  });
});
