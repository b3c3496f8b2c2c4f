import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportArchive } from "../../../../archive/warc/export.ts";
import type { Store } from "../../../../store/store.ts";
import { fillArchive, WHOLE_ARCHIVE } from "../../../helpers/archive-captures.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
let store: Store;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-warc-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("archive");
  await fillArchive(store);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

test("Each line of the sorted index leads to its record", async () => {
  const file = join(folder, "indexed.warc.gz");
  await exportArchive(store, WHOLE_ARCHIVE, { format: "warc", file, onCapture() {} });
  const bytes = readFileSync(file);
  const lines = readFileSync(join(folder, "indexed.cdxj"), "utf8").trim().split("\n");
  expect(lines).toHaveLength(7);
  expect(lines).toEqual(lines.toSorted((a, b) => (a < b ? -1 : 1)));
  for (const line of lines) {
    const [, surt, time, json = ""] = /^(\S+) (\d{14}) (.*)$/.exec(line) ?? [];
    const { url, offset, length } = JSON.parse(json) as Record<string, string>;
    const record = gunzipSync(bytes.subarray(Number(offset), Number(offset) + Number(length)));
    const head = record.toString("latin1");
    expect(head).toContain(`WARC-Target-URI: ${url}\r\n`);
    expect(head.replaceAll(/[-:T]/g, "")).toContain(`WARCDate ${time}`);
    expect(surt).toMatch(/^example,cities\)\//);
  }
});

test.each([
  ["warc", ["listed.cdxj", "listed.warc.gz"], "listed.warc.gz"],
  ["wacz", ["listed.wacz"], "listed.wacz"],
] as const)("The manifest of %s lists %j with their digests", async (format, names, name) => {
  const file = join(folder, name);
  const { records } = await exportArchive(store, WHOLE_ARCHIVE, { format, file, onCapture() {} });
  const manifest = JSON.parse(readFileSync(`${file}.manifest.json`, "utf8"));
  const request = { sources: null, since: "1970-01-01T00:00:00.000Z" };
  expect(manifest).toMatchObject({ format, request, captures: 8, records, lost: 0 });
  const sha256 = (one: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, one)))
      .digest("hex");
  expect(manifest.files).toEqual(
    names.map((one) => ({
      file: one,
      bytes: statSync(join(folder, one)).size,
      sha256: sha256(one),
    })),
  );
});

test("An export can be narrowed to sources", async () => {
  const file = join(folder, "towns.warc.gz");
  const towns = await exportArchive(
    store,
    { ...WHOLE_ARCHIVE, sources: ["towns"] },
    { format: "warc", file, onCapture() {} },
  );
  expect(towns.captures).toBe(1);
});

test("An export can be narrowed to a time", async () => {
  const file = join(folder, "early.warc.gz");
  const until = new Date("2026-11-20T10:03:00Z");
  const output = { format: "warc", file, onCapture() {} } as const;
  expect((await exportArchive(store, { ...WHOLE_ARCHIVE, until }, output)).captures).toBe(2);
});

test("An export of an unknown source is refused and leaves no file", async () => {
  const before = readdirSync(folder);
  const file = join(folder, "none.warc.gz");
  await expect(
    exportArchive(
      store,
      { ...WHOLE_ARCHIVE, sources: ["nowhere"] },
      { format: "warc", file, onCapture() {} },
    ),
  ).rejects.toThrow("no such source: nowhere");
  expect(readdirSync(folder)).toEqual(before);
});
