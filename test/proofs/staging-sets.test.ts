import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  fillStagingSet,
  type StagingSetRequest,
} from "../../archive/reprocess/fill-staging-set.ts";
import { promote } from "../../archive/reprocess/promote.ts";
import type { ReprocessProgress } from "../../archive/reprocess/reprocess.ts";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import { correct } from "../../articles/editorial/correct.ts";
import { erase } from "../../articles/erasure/erase.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { EXTRACTION_VERSION } from "../../extractors/rules.ts";
import { CommandError } from "../../lib/exit.ts";
import type { Promotion, StagingSet } from "../../model/archive/staging-set.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Change } from "../../model/publish/change.ts";
import { namedSignals } from "../../model/usage-rights.ts";
import {
  dropStagingSet,
  getStagedArticle,
  getStagingSet,
  listStagedArticles,
} from "../../store/articles/staging-sets.ts";
import { headSeq, readChanges } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import { endingAtWrite, ProcessEnded } from "../helpers/faults.ts";
import { shippedPlaces } from "../helpers/places.ts";
import { remainsOf } from "../helpers/remains.ts";
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
    // About buses, with a menu in their text and without topics.
    page: (path) => ({
      title: `A bus lane ${path.slice(1)}`,
      text: textOf(path),
      // Its publisher reserves nothing that has a name.
      head: path === "/b" ? '<meta name="robots" content="max-image-preview:none">' : "",
    }),
    source: { publish: "full" },
    asRead: ({ text }) => ({
      text: `Menu Home\n\n${text}`,
      topics: [],
      "evidence.byTopic": [],
      authors: null,
      contentHash: "menu",
      extractor: "0",
    }),
  });
  ({ watched } = archive);
});
afterAll(() => archive?.close());

const tables = {
  topics: topicMatcher([
    { id: "buses", parent: null, keywords: { en: ["bus lane"] }, negatives: {} },
  ]),
  places: shippedPlaces(),
};

function requestOf(overrides: Partial<StagingSetRequest> = {}): StagingSetRequest {
  const { stages, slice, begunAt } = requestFor(["extract"]);
  const rules = { extract: EXTRACTION_VERSION };
  return {
    _id: "next",
    requestHash: "same",
    stages,
    slice,
    rules,
    begunAt,
    owner: "one",
    ...overrides,
  };
}

const depsOn = (store: Store) => ({ ...watched.worker.deps, timezone: "UTC", store, tables });

async function fill(
  request = requestOf(),
  store = watched.store,
): Promise<ReprocessProgress["report"]> {
  let report: ReprocessProgress["report"] | undefined;
  for await (const told of fillStagingSet(depsOn(store), request, 2)) report = told.report;
  if (!report) throw new Error("it told nothing");
  return report;
}

async function promoted(owner = "one", store = watched.store): Promise<Promotion> {
  let came: Promotion | undefined;
  for await (const told of promote(depsOn(store), "next", { owner, batch: 2 })) came = told;
  if (!came) throw new Error("it told nothing");
  return came;
}

/** All that readers and later looks go by, but for when it was written. */
async function allOf(store: Store) {
  const prints = await store.collections.fingerprints.find().sort({ _id: 1 }).toArray();
  return {
    ...(await contentOf(store)),
    prints: prints.map(({ keys, cluster }) => ({ keys, cluster })),
  };
}

describe("a staging set that is filled and promoted", () => {
  type Content = Awaited<ReturnType<typeof allOf>>;
  let before: { content: Content; head: number };
  let report: ReprocessProgress["report"];
  let filled: {
    content: Content;
    head: number;
    stagingSet: StagingSet | null;
    rows: Awaited<ReturnType<typeof listStagedArticles>>;
  };
  let promotion: Promotion;
  let after: Content;
  let changes: Change[];
  let requests: number;
  let inPlace: Content;
  beforeAll(async () => {
    await archive.reset();
    const { store, site } = watched;
    const requested = site.requests.length;
    const both = async () => ({ content: await allOf(store), head: await headSeq(store) });
    before = await both();
    report = await fill();
    const rows = { stagingSet: "next", field: "text", skip: 0, limit: 10 };
    filled = {
      ...(await both()),
      stagingSet: await getStagingSet(store, "next"),
      rows: await listStagedArticles(store, rows),
    };
    promotion = await promoted();
    after = await allOf(store);
    await sequence(store, new Date());
    changes = await readChanges(store, before.head, 100);
    requests = site.requests.length - requested;
    await archive.reset();
    await deriveAgain(depsOn(store));
    inPlace = await allOf(store);
  });

  test("filling it reports what would change", () => {
    expect(report).toMatchObject({ articles: 5, changed: 5, left: {} });
    expect(report.fields["text"]).toMatchObject({ count: 5 });
  });

  test("filling it changes no article", () => {
    expect(filled.content).toEqual(before.content);
  });

  test("filling it adds nothing to the stream", () => {
    expect(filled.head).toBe(before.head);
  });

  test("it is ready and scored once it is filled", () => {
    expect(filled.stagingSet).toMatchObject({
      state: "ready",
      score: { articles: 5, filled: { text: { before: 5, after: 5 } } },
    });
  });

  test("it shows article by article what would change in a field", () => {
    expect(filled.rows).toHaveLength(5);
    expect(filled.rows[0]?.changes["text"]?.before).toMatch(/^Menu Home/);
  });

  test("promoting it leaves nothing open", () => {
    expect(promotion).toEqual({ open: 0, promoted: 5, left: {} });
  });

  test("a promoted article is as the new rules read it, with a revision that is a reading", () => {
    expect(after.articles[0]).toMatchObject({
      extractor: EXTRACTION_VERSION,
      text: expect.not.stringContaining("Menu"),
      revised: { kind: "reading" },
    });
  });

  test("a promoted article keeps its publisher's rights and its source's rule of publication", () => {
    expect(after.articles.flatMap(({ rights }) => rights)).toMatchObject([
      { maxImagePreview: "none" },
    ]);
    expect(after.articles.map(({ publish }) => publish)).toEqual(Array(5).fill("full"));
  });

  test("promoting it updates each article once in the stream", () => {
    expect(changes.map(({ kind }) => kind)).toEqual(Array(5).fill("updated"));
  });

  test("no publisher is asked for anything", () => {
    expect(requests).toBe(0);
  });

  test("promoting it gives what deriving in place gives", () => {
    expect(inPlace).toEqual(after);
  });
});

describe("a staging set of topics alone", () => {
  let page: unknown;
  let promotion: Promotion;
  let first: Article | undefined;
  beforeAll(async () => {
    await archive.reset();
    const { store } = watched;
    await fill(requestOf({ stages: ["topics"] }));
    const id = (await articlesOf(store))[0]?._id ?? "";
    page = (await getStagedArticle(store, "next", id))?.page;
    promotion = await promoted();
    [first] = await articlesOf(store);
  });

  test("it holds no page of an article", () => {
    expect(page).toBe(null);
  });

  test("its topics are promoted over the stored words", () => {
    expect(promotion).toMatchObject({ promoted: 5 });
    expect(first).toMatchObject({ topics: ["buses"], extractor: "0", version: 2 });
    expect(first?.text).toMatch(/^Menu/);
  });
});

test("an article isn't promoted if its publisher's consent has ended since it was staged", async () => {
  await archive.reset();
  await fill();
  // The consent covered these reservations when the set was filled.
  const rights = namedSignals(["tdm"], { url: "https://one.example/a", seenAt: new Date() });
  await watched.store.collections.captures.updateMany({ kind: "article" }, { $set: { rights } });
  expect(await promoted()).toEqual({
    open: 0,
    promoted: 0,
    left: { "the consents in the source's file have changed since it was staged": 5 },
  });
});

describe("articles that an editor corrects before and after a staging set is filled", () => {
  let stagingSet: StagingSet | null;
  let promotion: Promotion;
  let before: Article | undefined;
  let since: Article | undefined;
  beforeAll(async () => {
    await archive.reset();
    const { store } = watched;
    const [first = "", second = ""] = (await articlesOf(store)).map(({ _id }) => _id);
    const word = { field: "topics" as const, add: ["buses"], remove: [] };
    const of = { actor: "ada", reason: "it is about buses", word };
    const known = { topics: [{ id: "buses" }], now: new Date() } as never;
    await correct(store, { ...of, articleId: first }, known);
    await fill(requestOf({ stages: ["topics"] }));
    stagingSet = await getStagingSet(store, "next");
    await correct(store, { ...of, articleId: second }, known);
    promotion = await promoted();
    const now = new Map((await articlesOf(store)).map((one) => [one._id, one]));
    before = now.get(first);
    since = now.get(second);
  });

  test("the score counts how often rules and editors agree", () => {
    expect(stagingSet?.score.editors).toEqual({ of: 1, before: 0, after: 1 });
  });

  test("what an editor corrected since is not promoted, and is counted with its reason", () => {
    expect(promotion).toEqual({
      open: 0,
      promoted: 4,
      left: { "the article has changed since it was staged": 1 },
    });
    expect(since?.derived.topics).toBe("0");
  });

  test("what an editor corrected before is promoted and still overruled by the editor", () => {
    expect(before?.overruled?.byTopic).toMatchObject([{ id: "buses" }]);
  });
});

describe("a staging set whose article is erased", () => {
  let remains: string[];
  let dropped: number;
  let after: StagingSet | null;
  beforeAll(async () => {
    await archive.reset();
    const { store } = watched;
    await fill();
    const [first] = await articlesOf(store);
    const subject = { kind: "article", id: first?._id ?? "" } as const;
    const how = { reason: "asked to", actor: "ada", now: () => new Date(), progress: () => {} };
    await erase(store, subject, { ...how, dryRun: false });
    remains = await remainsOf(store, [first?.title ?? "nothing"]);
    dropped = await dropStagingSet(store, "next");
    after = await getStagingSet(store, "next");
  });

  test("it holds nothing of the erased article", () => {
    expect(remains.filter((one) => /^(stagedArticles|stagingSets)/.test(one))).toEqual([]);
  });

  test("it is dropped with all that it has of other articles", () => {
    expect(dropped).toBe(4);
    expect(after).toBe(null);
  });
});

describe("a staging set that can't be filled or promoted as it is", () => {
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const refusals: Record<"unfilled" | "ready" | "promoted" | "begun" | "otherOptions", unknown> = {
    unfilled: null,
    ready: null,
    promoted: null,
    begun: null,
    otherOptions: null,
  };
  beforeAll(async () => {
    await archive.reset();
    refusals.unfilled = await refusal(promoted());
    await fill();
    refusals.ready = await refusal(fill());
    await promoted();
    refusals.promoted = await refusal(promoted());
    await dropStagingSet(watched.store, "next");
    const filling = fillStagingSet(depsOn(watched.store), requestOf(), 2);
    await filling.next();
    await filling.return(undefined);
    refusals.begun = await refusal(promoted());
    refusals.otherOptions = await refusal(fill(requestOf({ requestHash: "other" })));
  });

  test("one that was never filled is not promoted", () => {
    expect(refusals.unfilled).toBeInstanceOf(CommandError);
  });

  test("one that is ready is not filled again", () => {
    expect(String(refusals.ready)).toMatch(/is ready/);
  });

  test("one that is promoted is not promoted again", () => {
    expect(String(refusals.promoted)).toMatch(/is already promoted/);
  });

  test("one that is not whole yet is not promoted", () => {
    expect(String(refusals.begun)).toMatch(/isn't complete/);
  });

  test("one that was begun with other options is not filled further", () => {
    expect(String(refusals.otherOptions)).toMatch(/other options/);
  });
});

describe("a process that ends while it fills or promotes a staging set", () => {
  /** Fills and promotes with a process that ends at this write. */
  async function run(endAt: number) {
    const { store: view, writes } = endingAtWrite(watched.store, endAt);
    const owner = `run ${endAt}`;
    const state = (await getStagingSet(watched.store, "next"))?.state ?? "filling";
    if (state === "filling") await fill(requestOf({ owner }), view);
    return { promotion: await promoted(owner, view), writes: writes() };
  }
  const scoreOf = async () => (await getStagingSet(watched.store, "next"))?.score;
  let whole: Awaited<ReturnType<typeof run>>;
  let end: object;
  let score: StagingSet["score"] | undefined;
  beforeAll(async () => {
    await archive.reset();
    whole = await run(-1);
    end = await allOf(watched.store);
    score = await scoreOf();
  });

  test("it has many writes at which it may end", () => {
    expect(whole.promotion).toEqual({ open: 0, promoted: 5, left: {} });
    expect(whole.writes).toBeGreaterThan(20);
  });

  test("whichever write it ends at, the next one comes to the same articles and score", async () => {
    const { store } = watched;
    for (let at = 1; at < whole.writes; at += isVerify ? 1 : 17) {
      await archive.reset();
      await expect(run(at)).rejects.toThrow(ProcessEnded);
      if ((await getStagingSet(store, "next"))?.state === "promoted") continue;
      expect([at, (await run(-1)).promotion]).toEqual([at, whole.promotion]);
      expect([at, await allOf(store)]).toEqual([at, end]);
      expect([at, await scoreOf()]).toEqual([at, score]);
    }
  });
});
