import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportArchive } from "../../../../bin/warc/export.ts";
import { readFiles } from "../../../../bin/warc/files.ts";
import { urlKey } from "../../../../discover/canonical-url.ts";
import type { SourceRecord } from "../../../../model/source.ts";
import { getHost } from "../../../../store/hosts.ts";
import type { Store } from "../../../../store/store.ts";
import { bury } from "../../../../store/tombstones.ts";
import { createParser } from "../../../../workers/extract/parser.ts";
import { type Found, importArchive } from "../../../../workers/import/import.ts";
import { told } from "../../../../workers/import/report.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { cliOn } from "../../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { articlePage, textOf } from "../../../helpers/site.ts";
import { isVerify } from "../../../helpers/size.ts";

/** Made by another writer: see make.py beside it. */
const TOWN = new URL("../../../fixtures/warc/town.warc.gz", import.meta.url).pathname;
const at = (path: string) => `https://town.example${path}`;

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), "newsgather-import-"));
const parser = createParser(1, []);
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await parser.close();
  await database.close();
});

async function importInto(store: Store, files: string[], named: SourceRecord | null = null) {
  return importAll(
    store,
    readFiles(files, () => {}),
    named,
  );
}

async function importAll(
  store: Store,
  found: Parameters<typeof importArchive>[1],
  named: SourceRecord | null = null,
) {
  const now = () => new Date();
  const deps = {
    store,
    parser,
    product: "Newsgather",
    random: () => 0.5,
    hosts: { get: (id: string) => getHost(store, id), forget: () => {} },
    boilerplate: { get: () => Promise.resolve([]), forget: () => {} },
    options: { timezone: "UTC", now },
  };
  const sources = await store.collections.sources.find().toArray();
  let report: ReturnType<typeof told> | undefined;
  for await (const one of importArchive(deps, found, { sources, named })) report = told(one);
  return report;
}

/** What an import leaves, but when it was done and what an export doesn't tell. */
async function contentsOf({ collections }: Store) {
  const { captures, bodies, articles, revisions, links, aliases } = collections;
  const all = [captures, bodies, articles, revisions, links, aliases];
  const found = await Promise.all(all.map((one) => one.find({}).sort({ _id: 1 }).toArray()));
  // A reserved page is kept by its teaser alone, so it can't be handed on to be read again.
  const reserved = urlKey(at("/news/bank"));
  const isReserved = (one: object) =>
    ["_id", "articleId", "linkId"].some((key) => Reflect.get(one, key) === reserved);
  const kept = found.map((some) => some.filter((one) => !isReserved(one)));
  const times = ["storedAt", "at", "pendingAt", "servedAt", "servedAfter"];
  const untold = [...times, "requestHeaders", "transfer-encoding", "content-length"];
  const text = JSON.stringify(kept, (key, value) => (untold.includes(key) ? undefined : value));
  return JSON.parse(text) as unknown;
}

test("an archive of others becomes captures and articles by the rules of the line, once", async () => {
  const store = await database.open("town");
  const { captures, articles, revisions, links } = store.collections;
  await store.collections.sources.insertOne(makeSource("town"));
  const report = await importInto(store, [TOWN]);
  expect(report).toMatchObject({
    responses: 12,
    captures: { stored: 8, known: 0 },
    articles: { new: 3, copy: 0, updated: 1, unchanged: 1, duplicate: 0 },
    without: { gone: 1 },
    // Its robots.txt stands in the archive, before the page that it forbids.
    left: { robots: 1, "unsupported-type": 1, "no-source": 1 },
    hosts: { "elsewhere.example": 1 },
    revisits: { resolved: 1, unresolved: 1 },
    broken: { count: 0, places: [] },
  });

  const id = urlKey(at("/news/bridge"));
  const bridge = await articles.findOne({ _id: id });
  expect(bridge).toMatchObject({
    title: "Iron bridge opens again",
    url: at("/news/bridge"),
    sourceId: "town",
    revision: 2,
    firstSeenAt: new Date("2026-03-02T09:01:00Z"),
    lastSeenAt: new Date("2026-03-03T09:00:00Z"),
    publishedAt: new Date("2026-03-02T08:00:00Z"),
  });
  expect(bridge?.text).toContain("fourteen months");
  expect(await revisions.countDocuments({ articleId: id })).toBe(2);
  const seen = await captures.find({ linkId: id }).sort({ fetchedAt: 1 }).toArray();
  expect(seen.map(({ status, address }) => [status, address])).toEqual([
    [200, "192.0.2.9"],
    [200, null],
    [200, "192.0.2.9"],
  ]);
  expect(seen[1]?.bodyId).toBe(seen[0]?.bodyId);
  // Nobody asks for an archived page again.
  expect(await links.findOne({ _id: id })).toMatchObject({
    state: "done",
    dueAt: null,
    nextLookAt: null,
    articleId: id,
  });

  // What its publisher reserves is kept to.
  const [reserved] = await captures.find({ linkId: urlKey(at("/news/bank")) }).toArray();
  expect(reserved).toMatchObject({ withheld: "noarchive", bodyId: null });
  const bank = await articles.findOne({ _id: urlKey(at("/news/bank")) });
  expect(bank?.text).not.toContain("nine kilometres");
  expect(await captures.countDocuments({ kind: "robots", sourceId: "" })).toBe(1);

  const before = await contentsOf(store);
  expect(await importInto(store, [TOWN])).toMatchObject({
    captures: { stored: 0, known: 8 },
    articles: { new: 0, updated: 0 },
  });
  expect(await contentsOf(store)).toEqual(before);
});

test("an export of ours, imported elsewhere, gives the same captures, bodies and articles", async () => {
  const [from, to] = await Promise.all([database.open("from"), database.open("to")]);
  for (const { collections } of [from, to]) await collections.sources.insertOne(makeSource("town"));
  await importInto(from, [TOWN]);
  const file = join(folder, "ours.warc.gz");
  const all = { sources: null, since: new Date(0), until: new Date("2100-01-01") };
  await exportArchive(from, all, { format: "warc", file, onCapture() {} });
  const report = await importInto(to, [file]);
  expect(report).toMatchObject({ captures: { stored: 8 }, revisits: { unresolved: 0 } });
  expect(await contentsOf(to)).toEqual(await contentsOf(from));
});

test("what was erased here is not let in again; a named source takes every host", async () => {
  const store = await database.open("named");
  const anywhere = makeSource("anywhere");
  await store.collections.sources.insertOne(anywhere);
  const tombstone = { kind: "erased", at: new Date(), reason: "a request", by: "test" } as const;
  await bury(store, [{ _id: urlKey(at("/news/bridge")), ...tombstone }]);
  const report = await importInto(store, [TOWN], anywhere);
  expect(report).toMatchObject({ articles: { new: 2, copy: 1 }, left: { erased: 3 }, hosts: {} });
  const bridge = { linkId: urlKey(at("/news/bridge")) };
  expect(await store.collections.captures.countDocuments(bridge)).toBe(0);
  const elsewhere = urlKey("https://elsewhere.example/news/telescopes");
  expect(await store.collections.articles.findOne({ _id: elsewhere })).toMatchObject({
    sourceId: "anywhere",
  });
});

// A process with parsers on all cores: seconds of work for a loop of a few lines.
test.runIf(isVerify)("the command reports what it did and where the file is broken", async () => {
  const store = await database.open("command");
  await store.collections.sources.insertOne(makeSource("town"));
  const file = join(folder, "broken.warc.gz");
  const bytes = readFileSync(TOWN);
  writeFileSync(file, bytes.subarray(0, bytes.length - 300));
  const { code, out } = await cliOn(store)(["import", file, "--json"]);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    captures: { stored: 8 },
    broken: {
      count: 1,
      places: [{ file, offset: expect.any(Number), why: "the file ends inside this record" }],
    },
  });
  expect(await store.collections.audit.findOne({})).toMatchObject({
    action: "archive.import",
    detail: "8 captures, 3 articles",
  });
});

test("pages of one article are joined in whatever order archives hold them", async () => {
  const store = await database.open("sheets");
  await store.collections.sources.insertOne(makeSource("town"));
  const url = (number: number) => at(number === 1 ? "/news/winter" : `/news/winter?page=${number}`);
  const text = (number: number) => textOf(`winter ${number}`);
  const page = (number: number): Found => {
    const links = [1, 2, 3].map((n) => (n === number ? n : `<a href="${url(n)}">${n}</a>`));
    const next = number < 3 ? `<link rel="next" href="${url(number + 1)}">` : "";
    const html = articlePage("A winter in town", text(number), next).replace(
      "</article>",
      `<p class="pages">${links.join(" ")}</p></article>`,
    );
    return {
      offset: number,
      url: url(number),
      fetchedAt: new Date(Date.UTC(2026, 2, 2, 9, number)),
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      requestHeaders: {},
      address: null,
      payload: Buffer.from(html),
      truncated: false,
      digest: null,
      repeats: null,
      rendered: false,
      told: null,
    };
  };
  async function* archive(...numbers: number[]) {
    for (const number of numbers) yield { file: "winter.warc", found: page(number) };
  }
  expect(await importAll(store, archive(2))).toMatchObject({ articles: { new: 0, duplicate: 1 } });
  expect(await importAll(store, archive(1, 3))).toMatchObject({
    articles: { new: 1, duplicate: 1 },
  });
  const { articles, links, captures } = store.collections;
  const id = urlKey(url(1));
  const all = await articles.find().toArray();
  expect(all.map(({ _id, text: read }) => [_id, read])).toEqual([
    [id, [1, 2, 3].map(text).join("\n\n")],
  ]);
  expect(await captures.countDocuments()).toBe(3);
  for (const number of [2, 3]) {
    const sheetOf = { linkId: id, number };
    const link = await links.findOne({ _id: urlKey(url(number)) });
    expect(link).toMatchObject({ state: "done", articleId: id, sheetOf, nextLookAt: null });
  }
  expect(await importAll(store, archive(1, 2, 3))).toMatchObject({
    captures: { stored: 0, known: 3 },
    articles: { new: 0, updated: 0 },
  });
  expect((await articles.findOne({ _id: id }))?.revision).toBe(all[0]?.revision);
});
