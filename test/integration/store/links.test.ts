import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addLinks,
  claimLink,
  countArticleLinks,
  dueLinks,
  getLink,
  knownLinks,
  nextDueAt,
  releaseClaims,
  reviveLinks,
  settleLinks,
} from "../../../store/links.ts";
import type { Store } from "../../../store/store.ts";
import { watchStore } from "../../helpers/access.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { makeLink } from "../../helpers/links.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

async function seeded(name: string, ...links: ReturnType<typeof makeLink>[]): Promise<Store> {
  const store = await database.open(name);
  await addLinks(store, links);
  return store;
}

test("of many who claim a link at once, one gets it and one attempt is counted", async () => {
  const link = makeLink("a", { dueAt: NOW });
  const store = await seeded("race", link);
  const claims = Array.from({ length: 8 }, (_, n) =>
    claimLink(store, link, { token: `t${n}`, turn: 0, at: NOW }),
  );
  const won = (await Promise.all(claims)).flatMap((ok, n) => (ok ? [`t${n}`] : []));
  expect(won).toHaveLength(1);
  expect(await getLink(store, "a")).toMatchObject({ attempts: 1, claim: { token: won[0] } });
});

test("a lost worker's claim goes to the same turn, not to another one", async () => {
  const left = { token: "lost", turn: 0, at: at(-60) };
  const link = makeLink("a", { dueAt: NOW, attempts: 1, claim: left });
  const store = await seeded("take-over", link);
  expect(await claimLink(store, link, { token: "other", turn: 1, at: NOW })).toBe(false);
  expect(await claimLink(store, link, { token: "heir", turn: 0, at: NOW })).toBe(true);
  await settleLinks(store, [{ id: "a", token: "lost", set: { state: "dead", detail: "late" } }]);
  expect(await getLink(store, "a")).toMatchObject({ state: "due", attempts: 2, detail: null });
  await settleLinks(store, [{ id: "a", token: "heir", set: { state: "done", dueAt: null } }]);
  expect(await getLink(store, "a")).toMatchObject({ state: "done", claim: null });
});

test("a link that was settled or put off since it was read can't be claimed", async () => {
  const done = makeLink("done", { dueAt: NOW });
  const later = makeLink("later", { dueAt: NOW });
  const store = await seeded("stale", done, later);
  const { links } = store.collections;
  await links.updateOne({ _id: "done" }, { $set: { state: "done", dueAt: null } });
  await links.updateOne({ _id: "later" }, { $set: { dueAt: at(60) } });
  for (const link of [done, later]) {
    expect(await claimLink(store, link, { token: "t", turn: 0, at: NOW })).toBe(false);
  }
});

test("due links come oldest first, by host and lane, and not before their time", async () => {
  const store = await seeded(
    "due",
    makeLink("second", { host: "a.example", dueAt: at(-1) }),
    makeLink("first", { host: "a.example", dueAt: at(-2) }),
    makeLink("later", { host: "a.example", dueAt: at(30) }),
    makeLink("elsewhere", { host: "b.example", dueAt: at(-3) }),
    makeLink("browser", { host: "a.example", lane: "browser", dueAt: at(-4) }),
    makeLink("done", { host: "a.example", state: "done", dueAt: null }),
  );
  const due = await dueLinks(store, "a.example", "http", NOW, 10);
  expect(due.map(({ _id }) => _id)).toEqual(["first", "second"]);
  expect(await nextDueAt(store, "a.example", "http", NOW)).toEqual(at(-2));
  expect(await nextDueAt(store, "b.example", "browser", NOW)).toBeNull();
});

test("old claims are released, those of now are kept", async () => {
  const store = await seeded(
    "release",
    makeLink("old", { claim: { token: "old", turn: 3, at: at(-900) }, attempts: 1 }),
    makeLink("now", { claim: { token: "now", turn: 0, at: at(-5) }, attempts: 1 }),
  );
  expect(await releaseClaims(store, at(-600))).toBe(1);
  expect(await getLink(store, "old")).toMatchObject({ claim: null, state: "due", attempts: 1 });
  expect(await getLink(store, "now")).toMatchObject({ claim: { token: "now" } });
});

test("a link that is there stays as it is when it is found again; reviving starts it anew", async () => {
  const known = makeLink("a", { state: "dead", dueAt: null, attempts: 4, reason: "dns" });
  const store = await seeded("again", known);
  await addLinks(store, [makeLink("a"), makeLink("b")]);
  expect(await getLink(store, "a")).toMatchObject({ state: "dead", attempts: 4 });
  expect(await getLink(store, "b")).toMatchObject({ state: "due" });
  await reviveLinks(store, [{ id: "a", runId: "next", dueAt: NOW }]);
  const revived = { state: "due", attempts: 0, reason: null, runId: "next", dueAt: NOW };
  expect(await getLink(store, "a")).toMatchObject(revived);
});

test("a run's budget counts articles that it took on: not entry points, not what it left out", async () => {
  const store = await seeded(
    "budget",
    makeLink("feed", { kind: "feed" }),
    makeLink("due"),
    makeLink("done", { state: "done", dueAt: null }),
    makeLink("dead", { state: "dead", dueAt: null }),
    makeLink("left", { state: "skipped", dueAt: null, reason: "too-old" }),
    makeLink("other", { runId: "other" }),
  );
  expect(await countArticleLinks(store, "run")).toBe(3);
});

test("thousands of links are added and looked up in pieces that let others in between", async () => {
  const made = Array.from({ length: 2300 }, (_, n) => makeLink(`link-${n}`));
  const store = await seeded("many", ...made.slice(0, 10));
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
