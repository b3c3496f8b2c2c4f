import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TABLES } from "../../archive/search/sqlite-file.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../helpers/articles.ts";
import { type CliEnd, cliOn } from "../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";

/** Articles before the commands start, and while they run. */
const ARTICLES = { before: 300, meanwhile: 40 };

let database: TestDatabase;
let store: Store;
let folder: string;
let ends: CliEnd[];
let after: CliEnd;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-search-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("search");
  await store.collections.sources.insertOne(makeSource("open"));
  const article = (number: number) =>
    makeArticle(`a${number}`, { sourceId: "open", title: `Tram number${number}` });
  const numbers = Array.from({ length: ARTICLES.before }, (_, number) => number);
  await publishArticles(store, "created", numbers.map(article));

  process.env["NEWSGATHER_DATA_DIR"] = folder;
  const cli = cliOn(store);
  const running = [
    ["search", "tram"],
    ["search-index", "rebuild"],
    ["search-index", "update"],
    ["search", "tram"],
  ].map((words) => cli(words));
  for (let number = ARTICLES.before; number < ARTICLES.before + ARTICLES.meanwhile; number++) {
    await publishArticles(store, "created", [article(number)]);
  }
  ends = await Promise.all(running);
  after = await cli(["search", "tram", "--limit", "1000", "--json"]);
});
afterAll(async () => {
  delete process.env["NEWSGATHER_DATA_DIR"];
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("Commands that write one index at once all end well", () => {
  expect(ends.map(({ code, err }) => (code === 0 ? code : err))).toEqual([0, 0, 0, 0]);
});

test("What they left finds each article once", () => {
  const { items } = JSON.parse(after.out) as { items: { id: string }[] };
  const all = Array.from({ length: ARTICLES.before + ARTICLES.meanwhile }, (_, one) => `a${one}`);
  expect(items.map(({ id }) => id).toSorted()).toEqual(all.toSorted());
});

test("What they left is whole", () => {
  const db = new sqlite.Database(join(folder, "search", "index.sqlite"));
  expect(db.get("PRAGMA integrity_check")).toEqual({ integrity_check: "ok" });
  for (const table of TABLES) db.run(`INSERT INTO ${table} (${table}) VALUES ('integrity-check')`);
  db.close();
});

test("Nothing of a build or a claim is left", () => {
  const left = readdirSync(join(folder, "search")).filter((name) => /next|keeper/.test(name));
  expect(left).toEqual([]);
});
