import { afterAll, beforeAll, expect, test } from "vitest";
import { claimLinks, releaseClaims } from "../../../store/claims.ts";
import { addLinks, getLink, settleLinks } from "../../../store/links.ts";
import type { Store } from "../../../store/store.ts";
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

type Link = ReturnType<typeof makeLink>;

/** Whether a turn got the link that it claimed alone. */
async function claimOne(store: Store, link: Link, token: string, turn = 0): Promise<boolean> {
  const granted = await claimLinks(store, [{ link, claim: { token, turn, at: NOW } }]);
  return granted.has(token);
}

test("of many who claim a link at once, one gets it and one attempt is counted", async () => {
  const link = makeLink("a", { dueAt: NOW });
  const store = await seeded("race", link);
  const claims = Array.from({ length: 8 }, (_, n) => claimOne(store, link, `t${n}`));
  const won = (await Promise.all(claims)).flatMap((ok, n) => (ok ? [`t${n}`] : []));
  expect(won).toHaveLength(1);
  expect(await getLink(store, "a")).toMatchObject({ attempts: 1, claim: { token: won[0] } });
});

test("a lost worker's claim goes to the same turn, not to another one", async () => {
  const left = { token: "lost", turn: 0, at: at(-60) };
  const link = makeLink("a", { dueAt: NOW, attempts: 1, claim: left });
  const store = await seeded("take-over", link);
  expect(await claimOne(store, link, "other", 1)).toBe(false);
  expect(await claimOne(store, link, "heir")).toBe(true);
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
    expect(await claimOne(store, link, "t")).toBe(false);
  }
});

test("of claims that are made in one go each answers for itself, two on one link among them", async () => {
  const [free, other, done] = ["free", "other", "done"].map((id) => makeLink(id, { dueAt: NOW }));
  if (!free || !other || !done) throw new Error("no links");
  const store = await seeded("together", free, other, done);
  await store.collections.links.updateOne(
    { _id: "done" },
    { $set: { state: "done", dueAt: null } },
  );
  const claims = [free, other, other, done].map((link, n) => {
    return { link, claim: { token: `t${n}`, turn: n === 2 ? 1 : 0, at: NOW } };
  });
  expect([...(await claimLinks(store, claims))].toSorted()).toEqual(["t0", "t1"]);
  expect(await getLink(store, "other")).toMatchObject({ attempts: 1, claim: { token: "t1" } });
  expect(await getLink(store, "done")).toMatchObject({ attempts: 0, claim: null });
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
