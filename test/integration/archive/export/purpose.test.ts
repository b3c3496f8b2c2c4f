import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportArticleFiles } from "../../../../archive/export/articles.ts";
import { allFor, exportArticles } from "../../../../archive/export/rows.ts";
import { exportArchive } from "../../../../archive/warc/export.ts";
import { EXPORT_PURPOSES, type ExportPurpose } from "../../../../model/archive/export.ts";
import type { UsageSignal, Use } from "../../../../model/usage-rights.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeCapture } from "../../../helpers/reading.ts";

const signal = (text: string, given: Partial<UsageSignal>): UsageSignal => ({
  format: "content-signal",
  place: "robots.txt",
  text,
  url: "https://cities.example/robots.txt",
  seenAt: new Date("2026-11-28"),
  ...given,
});
const denying = (text: string, ...denies: Use[]) => [signal(text, { denies })];
const over = new Date("2026-11-01");
/** What is said of articles, and the purposes that they may be exported for. */
const CASES: Record<string, [rights: UsageSignal[], purposes: ExportPurpose[]]> = {
  free: [[], ["search", "analysis", "ai-input", "ai-train"]],
  noindex: [denying("noindex", "search"), ["analysis", "ai-input", "ai-train"]],
  tdm: [denying("tdm-reservation: 1", "analysis", "ai-input", "ai-train"), ["search"]],
  untrained: [denying("ai-train=no", "ai-train"), ["search", "analysis", "ai-input"]],
  grounded: [denying("ai-input=no", "ai-input"), ["search", "analysis", "ai-train"]],
  short: [
    [signal("max-snippet:12", { maxCharacters: 12 })],
    ["search", "analysis", "ai-input", "ai-train"],
  ],
  over: [[signal("unavailable_after: 1 Nov 2026", { unavailableAfter: over })], []],
};

const urlOf = (id: string) => `https://cities.example/news/${id}`;

let database: TestDatabase;
let store: Store;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-purpose-"));
  database = await startTestDatabase(import.meta.filename);
  store = await openArchive("purpose");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

/** Opens a store with an article and a response for each case. */
async function openArchive(name: string): Promise<Store> {
  const archive = await database.open(name);
  const { articles, captures, sources } = archive.collections;
  await sources.insertOne(makeSource("cities"));
  const known = Object.entries(CASES);
  await articles.insertMany(known.map(([id, [rights]]) => makeArticle(id, { rights })));
  await captures.insertMany(
    known.map(([id, [rights]], index) => {
      const fetchedAt = new Date(Date.UTC(2026, 10, 20, 10, index));
      return makeCapture(urlOf(id), { _id: id, linkId: id, rights, fetchedAt, bodyId: null });
    }),
  );
  return archive;
}

const allowedFor = (purpose: ExportPurpose) =>
  Object.entries(CASES).flatMap(([id, [, purposes]]) => (purposes.includes(purpose) ? id : []));

const urlsFor = (purpose: ExportPurpose) => allowedFor(purpose).map(urlOf).toSorted();

/** The URLs of the responses in a WARC file, by the index beside it. */
function urlsIn(file: string): string[] {
  const lines = readFileSync(file.replace(/\.warc\.gz$/, ".cdxj"), "utf8")
    .trim()
    .split("\n");
  const entries = lines.map((line) => JSON.parse(line.slice(line.indexOf("{"))) as { url: string });
  return entries.map(({ url }) => url).toSorted();
}

describe.each(EXPORT_PURPOSES)("an export for %s", (purpose) => {
  test("has what may be used for it, and counts the others by reason in its manifest", async () => {
    const output = join(folder, `${purpose}.jsonl`);
    const how = { request: purpose, resume: false, now: () => new Date(), onArticle() {} };
    const counts = await exportArticleFiles(store, () => allFor(purpose), {
      format: "jsonl",
      output,
      ...how,
    });
    const lines = readFileSync(output, "utf8").trim().split("\n");
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids.toSorted()).toEqual(allowedFor(purpose).toSorted());
    const manifest: unknown = JSON.parse(readFileSync(`${output}.manifest.json`, "utf8"));
    const leftOut = Object.values(counts.leftOut).reduce((sum, count) => sum + count, 0);
    expect(leftOut).toBe(Object.keys(CASES).length - ids.length);
    expect(manifest).toMatchObject({ ...counts, request: { purpose } });
    expect(counts.leftOut).toMatchObject({ "unavailable_after (robots.txt)": 1 });
  });

  test("has the responses that may be used for it", async () => {
    const file = join(folder, `${purpose}.warc.gz`);
    const span = { since: new Date(0), until: new Date("2027-01-01") };
    const written = await exportArchive(
      store,
      { sources: null, purpose, ...span },
      { format: "warc", file, onCapture() {} },
    );
    expect(urlsIn(file)).toEqual(urlsFor(purpose));
    expect(written.captures).toBe(allowedFor(purpose).length);
    const manifest: unknown = JSON.parse(readFileSync(`${file}.manifest.json`, "utf8"));
    const { leftOut } = written;
    expect(manifest).toMatchObject({ leftOut, request: { purpose } });
    expect(leftOut).toMatchObject({ "unavailable_after (robots.txt)": 1 });
  });
});

test("where excerpts are limited, an export for search or a model has no more of the text", async () => {
  const texts: Partial<Record<ExportPurpose, string | null>> = {};
  for (const purpose of EXPORT_PURPOSES) {
    for await (const { id, text } of exportArticles(store, allFor(purpose)))
      if (id === "short") texts[purpose] = text;
  }
  const whole = makeArticle("short").text;
  const excerpt = "First parag…";
  expect(texts).toEqual({
    search: excerpt,
    analysis: whole,
    "ai-input": excerpt,
    "ai-train": whole,
  });
});

test("a response is judged by what is said of its article today, too", async () => {
  const today = await database.open("today");
  const { articles, captures, links, sources } = today.collections;
  await sources.insertOne(makeSource("cities"));
  await links.insertMany(["kept", "reserved"].map((id) => makeLink(id, { articleId: id })));
  await articles.insertMany([
    makeArticle("kept"),
    makeArticle("reserved", { rights: denying("ai-train=no", "ai-train") }),
  ]);
  await captures.insertMany(
    ["kept", "reserved"].map((id, index) => {
      const fetchedAt = new Date(Date.UTC(2026, 10, 20, 10, index));
      return makeCapture(urlOf(id), { _id: id, linkId: id, fetchedAt, bodyId: null });
    }),
  );
  const file = join(folder, "today.warc.gz");
  const span = { since: new Date(0), until: new Date("2027-01-01") };
  const slice = { sources: null, purpose: "ai-train", ...span } as const;
  const { leftOut } = await exportArchive(today, slice, { format: "warc", file, onCapture() {} });
  expect(urlsIn(file)).toEqual([urlOf("kept")]);
  expect(leftOut).toEqual({ "ai-train=no (robots.txt)": 1 });
});

test("a consent that its source has in writing opens responses for what it names", async () => {
  const consent = { to: ["tdm"], reason: "licence of 12 May" };
  const set = { $set: { "rights.consent": consent } };
  const consenting = await openArchive("consent");
  await consenting.collections.sources.updateOne({ _id: "cities" }, set);
  const span = { since: new Date(0), until: new Date("2027-01-01") };
  const file = join(folder, "consent.warc.gz");
  const slice = { sources: null, purpose: "analysis", ...span } as const;
  const { captures } = await exportArchive(consenting, slice, {
    format: "warc",
    file,
    onCapture() {},
  });
  expect(urlsIn(file)).toEqual([...urlsFor("analysis"), urlOf("tdm")].toSorted());
  expect(captures).toBe(allowedFor("analysis").length + 1);
});
