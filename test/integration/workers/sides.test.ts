import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { topicMatcher } from "../../../classify/topics/matcher.ts";
import { EXTRACTOR } from "../../../extractors/version.ts";
import type { Promotion } from "../../../model/side.ts";
import { headSeq, readChanges } from "../../../store/changes.ts";
import { dropSide, getCounterpart, getSide, listCounterparts } from "../../../store/sides.ts";
import type { Store } from "../../../store/store.ts";
import { correct } from "../../../workers/editors/correct.ts";
import { erase } from "../../../workers/erase/erase.ts";
import { fillSide, SideProblem, type SideRequest } from "../../../workers/reprocess/fill-side.ts";
import { promote } from "../../../workers/reprocess/promote.ts";
import type { Told } from "../../../workers/reprocess/reprocess.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { endProcess, ProcessEnded, withFaults } from "../../helpers/faults.ts";
import { shippedPlaces } from "../../helpers/places.ts";
import { remainsOf } from "../../helpers/remains.ts";
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
    // About buses, with a menu in their text and without topics.
    page: (path) => ({ title: `A bus lane ${path.slice(1)}`, text: textOf(path) }),
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
beforeEach(() => archive.reset());
afterAll(() => archive?.close());

const tables = {
  topics: topicMatcher([
    { id: "buses", parent: null, keywords: { en: ["bus lane"] }, negatives: {} },
  ]),
  places: shippedPlaces(),
};

function asked(given: Partial<SideRequest> = {}): SideRequest {
  const { stages, slice, begunAt } = requestFor(["extract"]);
  const rules = { extract: EXTRACTOR };
  return { _id: "next", asked: "same", stages, slice, rules, begunAt, owner: "one", ...given };
}

const depsOn = (store: Store) => ({ ...watched.worker.deps, timezone: "UTC", store, tables });

async function fill(request = asked(), store = watched.store): Promise<Told["report"]> {
  let report: Told["report"] | undefined;
  for await (const told of fillSide(depsOn(store), request, 2)) report = told.report;
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
    prints: prints.map(({ keys, standing }) => ({ keys, standing })),
  };
}

describe("a side", () => {
  test("is compared and scored while nobody sees it, and promoted it is what deriving in place gives", async () => {
    const { store, site } = watched;
    const before = await allOf(store);
    const [requests, head] = [site.asked.length, await headSeq(store)];
    const report = await fill();
    expect(report).toMatchObject({ articles: 5, changed: 5, left: {} });
    expect(report.fields["text"]).toMatchObject({ count: 5 });
    expect(await allOf(store)).toEqual(before);
    expect(await headSeq(store)).toBe(head);

    const side = await getSide(store, "next");
    expect(side).toMatchObject({
      state: "ready",
      score: {
        articles: 5,
        filled: { text: { before: 5, after: 5 } },
      },
    });
    const inField = { side: "next", field: "text", skip: 0, limit: 10 };
    const rows = await listCounterparts(store, inField);
    expect(rows).toHaveLength(5);
    expect(rows[0]?.changes["text"]?.before).toMatch(/^Menu Home/);

    expect(await promoted()).toEqual({ open: 0, promoted: 5, left: {} });
    const there = await allOf(store);
    expect(there.articles[0]).toMatchObject({
      extractor: EXTRACTOR,
      text: expect.not.stringContaining("Menu"),
      revised: { kind: "reading" },
    });
    await sequence(store, new Date());
    const changes = await readChanges(store, head, 100);
    expect(changes.map(({ kind }) => kind)).toEqual(Array(5).fill("updated"));
    expect(site.asked).toHaveLength(requests);

    await archive.reset();
    await deriveAgain(depsOn(store));
    expect(await allOf(store)).toEqual(there);
  });

  test("of classification alone is promoted over the stored words", async () => {
    const { store } = watched;
    await fill(asked({ stages: ["topics"] }));
    expect(
      (await getCounterpart(store, "next", (await articlesOf(store))[0]?._id ?? ""))?.page,
    ).toBe(null);
    expect(await promoted()).toMatchObject({ promoted: 5 });
    const [first] = await articlesOf(store);
    expect(first).toMatchObject({ topics: ["buses"], extractor: "0", version: 2 });
    expect(first?.text).toMatch(/^Menu/);
  });

  test("leaves what has changed since, and tells an editor's agreement", async () => {
    const { store } = watched;
    const [first] = await articlesOf(store);
    const word = { field: "topics" as const, add: ["buses"], remove: [] };
    const of = { articleId: first?._id ?? "", by: "ada", reason: "it is about buses" };
    const known = { topics: [{ id: "buses" }], now: new Date() } as never;
    await correct(store, { ...of, word }, known);
    await fill(asked({ stages: ["topics"] }));
    expect((await getSide(store, "next"))?.score.editors).toEqual({ of: 1, before: 0, after: 1 });
    const second = (await articlesOf(store))[1]?._id ?? "";
    await correct(store, { ...of, articleId: second, word }, known);
    expect(await promoted()).toEqual({
      open: 0,
      promoted: 4,
      left: { "it has changed since": 1 },
    });
    const now = new Map((await articlesOf(store)).map((one) => [one._id, one]));
    expect(now.get(second)?.derived?.topics).toBeUndefined();
    expect(now.get(first?._id ?? "")?.overruled?.byTopic).toMatchObject([{ id: "buses" }]);
  });

  test("is dropped whole, and holds nothing of what is erased", async () => {
    const { store } = watched;
    await fill();
    const [first] = await articlesOf(store);
    const subject = { kind: "article", id: first?._id ?? "" } as const;
    const how = { reason: "asked to", by: "ada", now: () => new Date(), progress: () => {} };
    await erase(store, subject, { ...how, dryRun: false });
    const title = first?.title ?? "nothing";
    const remains = await remainsOf(store, [title]);
    expect(remains.filter((one) => /^(counterparts|sides)/.test(one))).toEqual([]);
    expect(await dropSide(store, "next")).toBe(4);
    expect(await getSide(store, "next")).toBe(null);
  });

  test("of other rules, or one that isn't whole, is refused", async () => {
    await expect(promoted()).rejects.toThrow(SideProblem);
    await fill();
    await expect(fill()).rejects.toThrow(/is ready/);
    await promoted();
    await expect(promoted()).rejects.toThrow(/is promoted/);
    await dropSide(watched.store, "next");
    const filling = fillSide(depsOn(watched.store), asked(), 2);
    await filling.next();
    await filling.return(undefined);
    await expect(promoted()).rejects.toThrow(/isn't whole/);
    await expect(fill(asked({ asked: "other" }))).rejects.toThrow(/other options/);
  });
});

test("a process that ends at whatever write it is at, filling or promoting, and one that goes on: the same", async () => {
  const { store } = watched;
  let writes = 0;
  const run = async (endAt: number) => {
    writes = 0;
    const step = () => (writes++ === endAt ? endProcess : undefined);
    const faults = {
      bulkWrite: step,
      updateMany: step,
      insertMany: step,
      updateOne: step,
      deleteOne: step,
    };
    const faulty = Object.fromEntries(
      Object.entries(store.collections).map(([name, each]) => [name, withFaults(each, faults)]),
    );
    const view = { ...store, collections: { ...store.collections, ...faulty } };
    const owner = `run ${endAt}`;
    const state = (await getSide(store, "next"))?.state ?? "filling";
    if (state === "filling") await fill(asked({ owner }), view);
    return promoted(owner, view);
  };
  const whole = await run(-1);
  const end = await allOf(store);
  const score = (await getSide(store, "next"))?.score;
  const total = writes;
  expect(whole).toEqual({ open: 0, promoted: 5, left: {} });
  expect(total).toBeGreaterThan(20);
  for (let at = 1; at < total; at += isVerify ? 1 : 17) {
    await archive.reset();
    await expect(run(at)).rejects.toThrow(ProcessEnded);
    const state = (await getSide(store, "next"))?.state;
    if (state === "promoted") continue;
    expect([at, await run(-1)]).toEqual([at, whole]);
    expect([at, await allOf(store)]).toEqual([at, end]);
    expect([at, (await getSide(store, "next"))?.score]).toEqual([at, score]);
  }
});
