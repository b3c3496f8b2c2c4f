import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { AuditEntry } from "../../../../model/operations/audit.ts";
import { Source } from "../../../../model/sources/source.ts";
import { declared } from "../../../../model/sources/version.ts";
import { retire } from "../../../../sources/files/lifecycle.ts";
import { getSource } from "../../../../store/sources/sources.ts";
import { declareSource } from "../../../../store/sources/versions.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
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

/** The store, in which somebody renames the source as soon as the audit log has an entry. */
function changedMeanwhile(store: Store): Store {
  const { audit: log, sources } = store.collections;
  const audit = new Proxy(log, {
    get: (collection, name) =>
      name === "insertOne"
        ? async (entry: AuditEntry) => {
            await sources.updateOne({ _id: "cities" }, { $inc: { version: 1 } });
            return log.insertOne(entry);
          }
        : Reflect.get(collection, name),
  });
  return { ...store, collections: { ...store.collections, audit } };
}

test("A source that somebody changed while it was being retired keeps its file", async () => {
  const store = await database.open("retire");
  const file = join(await testFolder(), "cities.yaml");
  await writeFile(file, YAML);
  await declareSource(store, undefined, declared(SOURCE, YAML), { at, ...author });
  const ended = await retire({ store: changedMeanwhile(store), file, now: at }, "cities", author);
  expect(ended).toEqual({ problem: expect.stringContaining("somebody else changed cities") });
  expect(await getSource(store, "cities")).toMatchObject({ active: true });
  expect(await readFile(file, "utf8")).toBe(YAML);
});
