import { afterAll, beforeAll, expect, test } from "vitest";
import { addLinks, dueLinks, getLink, knownLinks, reviveLinks } from "../../../store/links.ts";
import { countArticleLinks } from "../../../store/run-links.ts";
import type { Store } from "../../../store/store.ts";
import { updateEach } from "../../../store/update-each.ts";
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
  const due = await dueLinks(store, ["a.example"], "http", NOW, 10);
  expect(due.map(({ _id }) => _id)).toEqual(["first", "second"]);
  const both = await dueLinks(store, ["a.example", "b.example"], "http", NOW, 2);
  expect(both.map(({ _id }) => _id)).toEqual(["elsewhere", "first"]);
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

test("of links that are written together each takes its own, and one that isn't as it was read stays", async () => {
  const store = await seeded("each", makeLink("a"), makeLink("b"), makeLink("moved-on"));
  const { links } = store.collections;
  const each = (id: string, attempts: number, set: object) => ({
    _id: id,
    as: [attempts],
    set,
  });
  const written = [each("a", 0, { detail: "$url" }), each("b", 0, { url: "x" })];
  const changed = await updateEach(
    links,
    ["attempts"],
    [...written, each("moved-on", 7, { url: "y" })],
    { unset: ["dueAt"] },
  );
  expect(changed).toBe(2);
  const { dueAt: _, ...left } = makeLink("a");
  expect(await getLink(store, "a")).toEqual({ ...left, detail: "$url" });
  expect((await getLink(store, "b"))?.url).toBe("x");
  expect(await getLink(store, "moved-on")).toEqual(makeLink("moved-on"));
});
