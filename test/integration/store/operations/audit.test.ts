import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { correct } from "../../../../articles/editorial/correct.ts";
import { reinstate, retractByEditor } from "../../../../articles/editorial/retract.ts";
import { dropView, saveView } from "../../../../articles/stream/views.ts";
import { addSource, applySourceFiles, changeSource } from "../../../../sources/files/manage.ts";
import { hold, replay, resume, runNow } from "../../../../sources/operations.ts";
import { readAudit, runAudited, runAuditedWork } from "../../../../store/operations/audit.ts";
import type { Store } from "../../../../store/store.ts";
import { requestExport } from "../../../../web/api/exports.ts";
import { dropConsumer, makeConsumer } from "../../../../web/api/manage-consumers.ts";
import { dropWebhook, pauseWebhook } from "../../../../web/api/manage-webhooks.ts";
import { removeSearch, saveSearch } from "../../../../web/api/searches.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { fillStore } from "../../../helpers/full-store.ts";

const now = new Date("2026-11-25T12:00:00Z");
const actor = "user ada";
const reason = "as agreed with them";
const origin = { actor, now, reason };

let database: TestDatabase;
let store: Store;
/** The same store, whose audit log takes no line. */
let unlogged: Store;
let sourcesDir: string;
beforeAll(async () => {
  sourcesDir = await mkdtemp(join(tmpdir(), "newsgather-audit-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("audit");
  await fillStore(store, 5);
  const audit = Object.create(store.collections.audit, {
    insertOne: { value: () => Promise.reject(new Error("no room")) },
  }) as Store["collections"]["audit"];
  unlogged = { ...store, collections: { ...store.collections, audit } };
  await saveSearch(store, { name: "mine", query: "trams" } as never, origin);
  await saveView(store, { id: "all", name: "All", filter: {} }, { ...origin, topics: [] });
  await hold(store, "s2", { actor, reason }, now);
  await makeConsumer(store, { name: "reader", from: "start" } as never, origin);
  await addSource(manage(store), declaration("known"), { actor, reason });
});
afterAll(async () => {
  await database.close();
  await rm(sourcesDir, { recursive: true });
});

const manage = (on: Store) => ({ store: on, now: () => now, sourcesDir, topics: [] });
const declaration = (id: string) => ({
  id,
  name: id,
  home: `https://${id}.example/`,
  feeds: [`https://${id}.example/rss.xml`],
});

const article = { articleId: "a-1", actor, reason };
const ACTS: Record<string, (on: Store) => Promise<unknown>> = {
  "a view is saved": (on) =>
    saveView(on, { id: "new", name: "New", filter: {} }, { ...origin, topics: [] }),
  "a view is removed": (on) => dropView(on, "all", origin),
  "a search is saved": (on) => saveSearch(on, { name: "new", query: "a" } as never, origin),
  "a search is removed": (on) => removeSearch(on, "mine", origin),
  "a consumer is made": (on) => makeConsumer(on, { name: "new", from: "start" } as never, origin),
  "a consumer is removed": (on) => dropConsumer(on, "reader", origin),
  "an export is asked for": (on) =>
    requestExport(
      { store: on, producer: { add: async () => {} } },
      { format: "csv" } as never,
      origin,
    ),
  "a webhook is paused": (on) => pauseWebhook(on, "wh-1", origin),
  "a webhook is removed": (on) => dropWebhook(on, "wh-1", origin),
  "an article is corrected": (on) =>
    correct(
      on,
      { ...article, word: { field: "times", pin: new Date("2027-01-01") } },
      { topics: [], now },
    ),
  "an article is retracted": (on) => retractByEditor(on, article, now),
  "an article is reinstated": (on) => reinstate(on, article, now),
  "a source is held": (on) => hold(on, "s1", { actor, reason }, now),
  "a source goes on": (on) => resume(on, "s2", { actor, reason }, now),
  "a source is added": (on) => addSource(manage(on), declaration("new"), { actor, reason }),
  "a source is changed": (on) =>
    changeSource(manage(on), "known", { name: "Better" }, { actor, reason }),
  "dead letters are fetched again": async (on) => {
    const letters = await on.collections.links.find({ state: "dead-letter" }).toArray();
    expect(letters).not.toEqual([]);
    return replay({ store: on, now: () => now }, letters, { actor, reason, subject: "s1" });
  },
  "the files of the sources are applied": async (on) => {
    const file = join(sourcesDir, "fresh.yaml");
    await writeFile(file, stringify(declaration("fresh")));
    try {
      await applySourceFiles(manage(on), { retire: true }, { actor, reason });
    } finally {
      await rm(file);
    }
  },
  "a run is asked for": (on) => runNow(on, "s1", { actor, reason }, now),
};

/** Everything that is stored. */
async function everything(): Promise<string> {
  const names = (await store.db.listCollections().toArray()).map(({ name }) => name).toSorted();
  const all = names.map((name) => store.db.collection(name).find().sort({ _id: 1 }).toArray());
  return JSON.stringify(await Promise.all(all));
}

/** Returns the text of each source file, by name. */
async function sourceFiles(): Promise<Record<string, string>> {
  const names = await readdir(sourcesDir);
  const texts = await Promise.all(names.map((name) => readFile(join(sourcesDir, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

test.each(Object.entries(ACTS))(
  "Where no line can be written, it isn't done that %s",
  async (_, act) => {
    const before = await everything();
    const files = await sourceFiles();
    await expect(act(unlogged)).rejects.toThrow("no room");
    expect(await everything()).toBe(before);
    expect(await sourceFiles()).toEqual(files);
  },
);

test.each<[string, () => Promise<unknown>, string]>([
  ["fails", () => Promise.reject(new Error("the disk is full")), "failed: the disk is full"],
  [
    "was no longer possible",
    () => Promise.resolve(false),
    "not done: not possible, or no longer possible",
  ],
  ["met a problem", () => Promise.resolve({ problem: "it is held" }), "not done: it is held"],
])("An act that %s has a line that says so", async (_, act, detail) => {
  const subject = `subject of ${detail}`;
  await runAudited(store, { actor, now }, { action: "test.act", subject }, act).catch(() => {});
  const lines = await readAudit(store, { before: new Date(now.getTime() + 60_000), limit: 100 });
  const own = lines.filter((line) => line.subject === subject).map((line) => line.detail);
  expect(own).toHaveLength(2);
  expect(own).toEqual(expect.arrayContaining([detail, null]));
});

test("Long work has a line before it and one with its result", async () => {
  const what = { action: "test.work", subject: "long" };
  const work = async () => Object.keys(await detailsOf("long"));
  const before = await runAuditedWork(store, { actor, reason }, what, work, () => "7 articles");
  expect(before).toEqual(["test.work.begin"]);
  expect(await detailsOf("long")).toEqual({
    "test.work.begin": null,
    "test.work": "7 articles",
  });
});

test("Long work that fails has a line that says so", async () => {
  const what = { action: "test.work", subject: "interrupted" };
  const failing = () => Promise.reject(new Error("the disk is full"));
  const run = runAuditedWork(store, { actor, reason }, what, failing, () => "never");
  await expect(run).rejects.toThrow("the disk is full");
  expect(await detailsOf("interrupted")).toEqual({
    "test.work.begin": null,
    "test.work": "failed: the disk is full",
  });
});

/** Returns the details of a subject's lines by action. */
async function detailsOf(subject: string): Promise<Record<string, string | null>> {
  const lines = await store.collections.audit.find({ subject }).toArray();
  return Object.fromEntries(lines.map(({ action, detail }) => [action, detail]));
}

test("the lines of a time are those from its begin on", async () => {
  const on = await database.open("since");
  const line = (hour: number) => ({
    at: new Date(now.getTime() - hour * 3_600_000),
    actor,
    action: "a",
  });
  await on.collections.audit.insertMany(
    [1, 2, 3, 400].map((hour) => ({
      ...line(hour),
      _id: String(hour),
      subject: "s",
      reason: null,
      detail: null,
    })),
  );
  const since = new Date(now.getTime() - 2 * 3_600_000);
  const read = await readAudit(on, { before: now, since, limit: 10 });
  expect(read.map(({ _id }) => _id)).toEqual(["1", "2"]);
});
