import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { AuditEntry } from "../../../../model/operations/audit.ts";
import { Source, type SourceRecord } from "../../../../model/sources/source.ts";
import { declared } from "../../../../model/sources/version.ts";
import {
  deleteSource,
  type Outcome,
  retire,
  rollback,
} from "../../../../sources/files/lifecycle.ts";
import { dueSources, getSource } from "../../../../store/sources/sources.ts";
import { declareSource } from "../../../../store/sources/versions.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { withFaults } from "../../../helpers/faults.ts";
import { testFolder } from "../../../helpers/folder.ts";

const YAML = "id: cities\nname: Cities\nfeeds: [https://cities.example/rss]\n";
const SOURCE = Source.parse(parse(YAML));
const at = new Date("2026-11-28T10:00:00Z");
const author = { actor: "user ada", reason: "why not" };

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** The store, in which somebody changes the source as soon as the audit log has an entry. */
function changedMeanwhile(store: Store, set: Partial<SourceRecord> = {}): Store {
  const { audit: log, sources } = store.collections;
  const audit = new Proxy(log, {
    get: (collection, name) =>
      name === "insertOne"
        ? async (entry: AuditEntry) => {
            await sources.updateOne({ _id: "cities" }, { $inc: { version: 1 }, $set: set });
            return log.insertOne(entry);
          }
        : Reflect.get(collection, name),
  });
  return { ...store, collections: { ...store.collections, audit } };
}

/** Retires or restores a source that somebody changes meanwhile; returns its file afterwards. */
async function fileAfter(
  name: string,
  act: (deps: { store: Store; file: string; now: Date }) => Promise<Outcome>,
  set?: Partial<SourceRecord>,
): Promise<string | null> {
  const store = await database.open(name);
  const file = join(await testFolder(), "cities.yaml");
  await writeFile(file, YAML);
  await declareSource(store, undefined, declared(SOURCE, YAML), { at, ...author });
  const record = await getSource(store, "cities");
  const renamed = YAML.replace("Cities", "Towns");
  const next = declared(Source.parse(parse(renamed)), renamed);
  await declareSource(store, record ?? undefined, next, { at, ...author });
  await writeFile(file, renamed);
  const ended = await act({ store: changedMeanwhile(store, set), file, now: at });
  expect(ended).toEqual({ problem: expect.stringContaining("somebody else changed cities") });
  return readFile(file, "utf8").catch(() => null);
}

const retiring = (deps: { store: Store; file: string; now: Date }) =>
  retire(deps, "cities", author);

test("A source that somebody changed while it was being retired keeps its file", async () => {
  expect(await fileAfter("retire", retiring)).toContain("name: Towns");
});

test("A source that somebody else retired at the same time has no file", async () => {
  expect(await fileAfter("retired", retiring, { active: false })).toBeNull();
});

test("A source that somebody changed while it was being rolled back keeps its file", async () => {
  const rollingBack = (deps: { store: Store; file: string; now: Date }) =>
    rollback(deps, { id: "cities", version: 1 }, author);
  expect(await fileAfter("rollback", rollingBack)).toContain("name: Towns");
});

test("A source isn't due while it is being deleted", async () => {
  const store = await database.open("deleted");
  const { sources, articles, tombstones } = store.collections;
  await sources.insertOne(makeSource("cities", { nextDueAt: at }));
  await articles.insertOne(makeArticle("a1"));
  const due: SourceRecord[][] = [];
  const watched = withFaults(tombstones, {
    bulkWrite:
      () =>
      async (...args) => {
        due.push(await dueSources(store, at, 10));
        return tombstones.bulkWrite(...args);
      },
  });
  const view = { ...store, collections: { ...store.collections, tombstones: watched } };
  const file = join(await testFolder(), "cities.yaml");
  const how = { ...author, purge: true };
  const outcome = await deleteSource({ store: view, file, now: () => at }, "cities", how);
  expect(outcome).toEqual({ done: "cities was deleted; articles deleted with it: 1" });
  expect(due).toEqual([[]]);
});

test("The audit log says that a deletion was refused because a run had just opened", async () => {
  const store = await database.open("refused");
  await store.collections.sources.insertOne(makeSource("cities"));
  const file = join(await testFolder(), "cities.yaml");
  const how = { ...author, purge: true };
  const busy = changedMeanwhile(store, { openRunId: "run" });
  const outcome = await deleteSource({ store: busy, file, now: () => at }, "cities", how);
  expect(outcome).toEqual({ problem: expect.stringContaining("cities has an open run") });
  const entries = await store.collections.audit.find({ subject: "cities" }).toArray();
  expect(entries.map(({ detail }) => detail)).toContainEqual(expect.stringContaining("not done"));
});
