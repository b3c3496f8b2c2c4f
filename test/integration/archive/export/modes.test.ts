import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeExport } from "../../../../archive/write-export.ts";
import { EXPORT_FORMATS } from "../../../../model/archive/export.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
let store: Store;
let folder: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("modes");
  await store.collections.sources.insertOne(makeSource("cities"));
  await publishArticles(store, "created", [makeArticle("a")]);
  folder = mkdtempSync(join(tmpdir(), "newsgather-modes-"));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(EXPORT_FORMATS)("an export as %s is only for its owner to read", async (format) => {
  const span = { since: new Date("2026-01-01"), until: new Date("2027-01-01"), asOf: null };
  const params = {
    format,
    purpose: "analysis" as const,
    sources: null,
    where: null,
    search: null,
    ...span,
  };
  const own = join(folder, format);
  await writeExport({ store }, own, { params, requestedAt: new Date() }, () => {});
  const entries = readdirSync(own, { recursive: true, encoding: "utf8" });
  expect(entries.length).toBeGreaterThan(0);
  const open = ["", ...entries].filter((name) => (statSync(join(own, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});
