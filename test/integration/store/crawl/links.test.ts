import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  addLinks,
  claimLinks,
  claimsOf,
  dueLinks,
  getLink,
  knownLinks,
  recordOutcomes,
  releaseClaims,
  reviveLinks,
} from "../../../../store/crawl/links.ts";
import { countArticleLinks } from "../../../../store/crawl/runs.ts";
import { updateEach } from "../../../../store/queries.ts";
import type { Store } from "../../../../store/store.ts";
import { watchStore } from "../../../helpers/access.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("links");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

test("Due links of a host and a lane come oldest first, and not before their time", async () => {
  await addLinks(store, [
    makeLink("second", { host: "a.example", dueAt: at(-1) }),
    makeLink("first", { host: "a.example", dueAt: at(-2) }),
    makeLink("later", { host: "a.example", dueAt: at(30) }),
    makeLink("elsewhere", { host: "b.example", dueAt: at(-3) }),
    makeLink("browser", { host: "a.example", lane: "browser", dueAt: at(-4) }),
    makeLink("done", { host: "a.example", state: "done", dueAt: null }),
  ]);
  const due = await dueLinks(store, ["a.example"], "http", NOW, 10);
  expect(due.map(({ _id }) => _id)).toEqual(["first", "second"]);
  const both = await dueLinks(store, ["a.example", "b.example"], "http", NOW, 2);
  expect(both.map(({ _id }) => _id)).toEqual(["elsewhere", "first"]);
});

describe("a link that is found again", () => {
  const known = makeLink("a", { state: "dead-letter", dueAt: null, attempts: 4, reason: "dns" });
  beforeEach(async () => {
    await addLinks(store, [known]);
    await addLinks(store, [makeLink("a"), makeLink("b")]);
  });

  test("A link that is found again stays as it is", async () => {
    expect(await getLink(store, "a")).toMatchObject({ state: "dead-letter", attempts: 4 });
  });

  test("A link that is found with known ones is added", async () => {
    expect(await getLink(store, "b")).toMatchObject({ state: "due" });
  });

  test("A link that is revived begins anew", async () => {
    await reviveLinks(store, [{ id: "a", runId: "next", dueAt: NOW }]);
    const revived = { state: "due", attempts: 0, reason: null, runId: "next", dueAt: NOW };
    expect(await getLink(store, "a")).toMatchObject(revived);
  });
});

test("The budget of a run counts the articles that it took on", async () => {
  await addLinks(store, [
    makeLink("feed", { kind: "feed" }),
    makeLink("due"),
    makeLink("done", { state: "done", dueAt: null }),
    makeLink("dead", { state: "dead-letter", dueAt: null }),
    makeLink("left", { state: "skipped", dueAt: null, reason: "too-old" }),
    makeLink("other", { runId: "other" }),
  ]);
  expect(await countArticleLinks(store, "run")).toBe(3);
});

test("Thousands of links are added and looked up in pieces", async () => {
  const made = Array.from({ length: 2300 }, (_, n) => makeLink(`link-${n}`));
  await addLinks(store, made.slice(0, 10));
  const watched = await watchStore(store);
  const ids = [...made.map(({ _id }) => _id), "unknown"];
  const access = await watched.watch(async (view) => {
    await addLinks(view, made);
    expect((await knownLinks(view, ids)).size).toBe(2300);
  });
  await watched.close();
  for (const { filter } of access) expect(filter["_id"].$in.length).toBeLessThanOrEqual(1000);
  expect((await knownLinks(store, [])).size).toBe(0);
});

test("Of links that are written together each takes its own values, unless it has changed meanwhile", async () => {
  await addLinks(store, [makeLink("a"), makeLink("b"), makeLink("moved-on")]);
  const { links } = store.collections;
  const each = (id: string, attempts: number, set: object) => ({
    _id: id,
    expected: { attempts, state: "due" },
    set,
  });
  const b = { ...each("b", 0, { url: "x" }), expected: { state: "due", attempts: 0 } };
  const written = [each("a", 0, { detail: "$url" }), b];
  const changed = await updateEach(links, [...written, each("moved-on", 7, { url: "y" })], {
    unset: ["dueAt"],
  });
  expect(changed).toBe(2);
  const { dueAt: _, ...left } = makeLink("a");
  expect(await getLink(store, "a")).toEqual({ ...left, detail: "$url" });
  expect((await getLink(store, "b"))?.url).toBe("x");
  expect(await getLink(store, "moved-on")).toEqual(makeLink("moved-on"));
});

/** Whether a turn got the link that it claimed alone. */
async function claimOne(
  link: ReturnType<typeof makeLink>,
  token: string,
  turn = 0,
): Promise<boolean> {
  const granted = await claimLinks(store, [{ link, claim: { token, turn, at: NOW, worker: "w" } }]);
  return granted.has(token);
}

test("Of many workers that claim a link at once, one gets it", async () => {
  const link = makeLink("a", { dueAt: NOW });
  await addLinks(store, [link]);
  const claims = Array.from({ length: 8 }, (_, n) => claimOne(link, `t${n}`));
  const won = (await Promise.all(claims)).flatMap((ok, n) => (ok ? [`t${n}`] : []));
  expect(won).toHaveLength(1);
  expect(await getLink(store, "a")).toMatchObject({ attempts: 1, claim: { token: won[0] } });
});

describe("the claim of a lost worker", () => {
  const left = { token: "lost", turn: 0, at: at(-60), worker: "w" };
  const link = makeLink("a", { dueAt: NOW, attempts: 1, claim: left });
  beforeEach(() => addLinks(store, [link]));

  test("Another turn doesn't get the link of a lost worker", async () => {
    expect(await claimOne(link, "other", 1)).toBe(false);
  });

  test("The same turn gets the link of a lost worker", async () => {
    expect(await claimOne(link, "heir")).toBe(true);
  });

  test("A worker whose link was claimed by another can't settle it", async () => {
    await claimOne(link, "heir");
    await recordOutcomes(store, [
      { id: "a", token: "lost", set: { state: "dead-letter", detail: "late" } },
    ]);
    expect(await getLink(store, "a")).toMatchObject({ state: "due", attempts: 2, detail: null });
  });

  test("The worker that claimed the link last settles it", async () => {
    await claimOne(link, "heir");
    await recordOutcomes(store, [{ id: "a", token: "heir", set: { state: "done", dueAt: null } }]);
    expect(await getLink(store, "a")).toMatchObject({ state: "done", claim: null });
  });
});

test("A link that was settled or put off since it was read can't be claimed", async () => {
  const done = makeLink("done", { dueAt: NOW });
  const later = makeLink("later", { dueAt: NOW });
  await addLinks(store, [done, later]);
  const { links } = store.collections;
  await links.updateOne({ _id: "done" }, { $set: { state: "done", dueAt: null } });
  await links.updateOne({ _id: "later" }, { $set: { dueAt: at(60) } });
  for (const link of [done, later]) {
    expect(await claimOne(link, "t")).toBe(false);
  }
});

test("Of claims that are made together each has its own answer", async () => {
  const [free, other, done] = ["free", "other", "done"].map((id) => makeLink(id, { dueAt: NOW }));
  if (!free || !other || !done) throw new Error("no links");
  await addLinks(store, [free, other, done]);
  await store.collections.links.updateOne(
    { _id: "done" },
    { $set: { state: "done", dueAt: null } },
  );
  const claims = [free, other, other, done].map((link, n) => {
    return { link, claim: { token: `t${n}`, turn: n === 2 ? 1 : 0, at: NOW, worker: "w" } };
  });
  expect([...(await claimLinks(store, claims))].toSorted()).toEqual(["t0", "t1"]);
  expect(await getLink(store, "other")).toMatchObject({ attempts: 1, claim: { token: "t1" } });
  expect(await getLink(store, "done")).toMatchObject({ attempts: 0, claim: null });
});

test("A worker's claims are found among thousands of other workers' claims", async () => {
  const claimed = (id: string, worker: string, seconds: number) =>
    makeLink(id, { claim: { token: id, turn: 0, at: at(seconds), worker } });
  const others = Array.from({ length: 2001 }, (_, n) => claimed(`other-${n}`, "other", -60));
  await store.collections.links.insertMany([...others, claimed("own", "lost", -5)]);
  expect((await claimsOf(store, "lost", NOW)).map(({ _id }) => _id)).toEqual(["own"]);
});

test("Old claims are released, new ones stay", async () => {
  await addLinks(store, [
    makeLink("old", { claim: { token: "old", turn: 3, at: at(-900), worker: "w" }, attempts: 1 }),
    makeLink("now", { claim: { token: "now", turn: 0, at: at(-5), worker: "w" }, attempts: 1 }),
  ]);
  expect(await releaseClaims(store, at(-600))).toBe(1);
  expect(await getLink(store, "old")).toMatchObject({ claim: null, state: "due", attempts: 1 });
  expect(await getLink(store, "now")).toMatchObject({ claim: { token: "now" } });
});
