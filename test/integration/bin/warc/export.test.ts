import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { exportArchive } from "../../../../bin/warc/export.ts";
import type { Received } from "../../../../fetch/received.ts";
import type { Capture } from "../../../../model/capture.ts";
import { addCaptures } from "../../../../store/captures.ts";
import type { Store } from "../../../../store/store.ts";
import { toCapture } from "../../../../workers/turn/capture.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { type Python, pythonWith } from "../../../helpers/python.ts";
import { isVerify } from "../../../helpers/size.ts";
import { type ReadRecord, recordsOf, unzip, warcReader } from "../../../helpers/warc-reader.ts";

const BASE = "https://cities.example";
const PAGE = "<html><title>Caf\u00e9 opens</title><p>The whole text.</p></html>";
const FEED = "<rss><channel><title>News</title></channel></rss>";

let database: TestDatabase;
let store: Store;
let folder: string;
let python: Python | null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-warc-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("archive");
  await store.collections.sources.insertMany([makeSource("cities"), makeSource("towns")]);
  await store.collections.links.insertOne(makeLink("article-link", { articleId: "a1" }));
  await store.collections.articles.insertOne(makeArticle("a1", { title: "Caf\u00e9 opens" }));
  const packed = gzipSync(PAGE);
  await keep("/feed", { text: FEED, kind: "feed", headers: { "set-cookie": "a=1; Path=/\nb=2" } });
  await keep("/page", { wire: packed, text: PAGE, encoding: "gzip", linkId: "article-link" });
  await keep("/copy", { wire: packed, text: PAGE, encoding: "gzip" });
  await keep("/feed", { text: "", status: 304, kind: "feed" });
  await keep("/script", { text: PAGE, lane: "browser" });
  await keep("/reserved", { text: PAGE, withheld: "tdm" });
  await keep("/gone", { text: "Not here", status: 404 });
  await keep("/other", { text: PAGE, sourceId: "towns" });
  python = warcReader();
}, 120_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

let clock = Date.parse("2026-11-20T10:00:00Z");

async function keep(
  path: string,
  given: Partial<Pick<Received, "status" | "headers" | "wire" | "encoding">> &
    Partial<Pick<Capture, "kind" | "lane" | "sourceId" | "linkId" | "withheld">> & { text: string },
) {
  const startedAt = new Date((clock += 60_000));
  const { encoding = null, text, wire = Buffer.from(text) } = given;
  const received: Received = {
    url: BASE + path,
    status: given.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "transfer-encoding": "chunked",
      ...(encoding && { "content-encoding": encoding }),
      ...given.headers,
    },
    requestHeaders: { "user-agent": "Newsgather/0.1", cookie: "secret" },
    location: null,
    address: "192.0.2.7",
    startedAt,
    endedAt: startedAt,
    ms: 12,
    wire,
    encoding,
    decoded: Buffer.from(text),
    truncated: false,
  };
  const { capture, body } = await toCapture(received, {
    linkId: given.linkId ?? `link of ${path}`,
    sourceId: given.sourceId ?? "cities",
    sourceVersion: 1,
    runId: null,
    kind: given.kind ?? "article",
    lane: given.lane ?? "http",
    hops: [],
    reason: null,
    detail: null,
    reservations: [],
    withheld: given.withheld ?? null,
    consent: null,
    robotsOverride: null,
  });
  await addCaptures(store, [capture], body ? [body] : []);
}

const all = { sources: null, since: new Date(0), until: new Date("2027-01-01") };

const read = (file: string) => (python ? recordsOf(python, file) : []);

const typed = (records: ReadRecord[], type: string) =>
  records.filter(({ warc }) => warc["WARC-Type"] === type);

test("an independent reader finds every response as it came, and each repeated body once", async (context: TestContext) => {
  if (!python) context.skip("Python's warcio can't be installed here");
  const file = join(folder, "all.warc.gz");
  const { captures } = await exportArchive(store, all, { format: "warc", file, onCapture() {} });
  expect(captures).toBe(8);
  const records = read(file);
  const of = (path: string, type: string) =>
    typed(records, type).find(({ warc }) => warc["WARC-Target-URI"] === BASE + path);
  expect(records[0]?.warc).toMatchObject({
    "WARC-Type": "warcinfo",
    "WARC-Filename": "all.warc.gz",
  });

  const feed = of("/feed", "response");
  expect(feed).toMatchObject({ line: "200 OK", payload: FEED });
  expect(feed?.http.filter(([name]) => name === "set-cookie")).toEqual([
    ["set-cookie", "a=1; Path=/"],
    ["set-cookie", "b=2"],
  ]);
  expect(feed?.http.map(([name]) => name)).not.toContain("transfer-encoding");
  expect(feed?.warc["WARC-IP-Address"]).toBe("192.0.2.7");

  // The bytes are the publisher's own, so is their coding.
  expect(of("/page", "response")).toMatchObject({ payload: PAGE });
  expect(of("/page", "response")?.http).toContainEqual(["content-encoding", "gzip"]);
  const copy = of("/copy", "revisit");
  expect(copy?.warc).toMatchObject({
    "WARC-Refers-To-Target-URI": `${BASE}/page`,
    "WARC-Profile": expect.stringContaining("identical-payload-digest"),
    "WARC-Payload-Digest": of("/page", "response")?.warc["WARC-Payload-Digest"],
  });
  expect(of("/feed", "revisit")).toMatchObject({
    line: "304 Not Modified",
    warc: { "WARC-Profile": expect.stringContaining("server-not-modified") },
  });
  expect(of("/script", "resource")).toMatchObject({ payload: PAGE });
  expect(of("/gone", "response")).toMatchObject({ line: "404 Not Found", payload: "Not here" });

  expect(of("/reserved", "response")).toBeUndefined();
  const told = JSON.parse(of("/reserved", "metadata")?.payload ?? "{}") as Capture;
  expect(told).toMatchObject({ withheld: "tdm", sourceId: "cities", bodyId: null });
  const request = of("/page", "request");
  expect(request).toMatchObject({ line: "/page HTTP/1.1" });
  expect(request?.http).toContainEqual(["cookie", "***"]);
  expect(request?.warc["WARC-Concurrent-To"]).toBe(of("/page", "response")?.warc["WARC-Record-ID"]);
});

test("the index leads to the records, sorted", async () => {
  const file = join(folder, "indexed.warc.gz");
  await exportArchive(store, all, { format: "warc", file, onCapture() {} });
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
  ["warc", ["told.cdxj", "told.warc.gz"], "told.warc.gz"],
  ["wacz", ["told.wacz"], "told.wacz"],
] as const)("the manifest of %s has %j with their digests", async (format, names, name) => {
  const file = join(folder, name);
  const { records } = await exportArchive(store, all, { format, file, onCapture() {} });
  const told = JSON.parse(readFileSync(`${file}.manifest.json`, "utf8"));
  const asked = { sources: null, since: "1970-01-01T00:00:00.000Z" };
  expect(told).toMatchObject({ format, asked, captures: 8, records, lost: 0 });
  const sha256 = (one: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, one)))
      .digest("hex");
  expect(told.files).toEqual(
    names.map((one) => ({
      file: one,
      bytes: statSync(join(folder, one)).size,
      sha256: sha256(one),
    })),
  );
});

test("sources and times narrow it; an unknown source is named and leaves no file", async () => {
  const file = join(folder, "slice.warc.gz");
  const output = { format: "warc", file, onCapture() {} } as const;
  const towns = await exportArchive(store, { ...all, sources: ["towns"] }, output);
  expect(towns.captures).toBe(1);
  const until = new Date("2026-11-20T10:03:00Z");
  expect((await exportArchive(store, { ...all, until }, output)).captures).toBe(2);
  const before = readdirSync(folder);
  const unknown = { ...all, sources: ["nowhere"] };
  await expect(
    exportArchive(store, unknown, { ...output, file: join(folder, "none.warc.gz") }),
  ).rejects.toThrow("no such source: nowhere");
  expect(readdirSync(folder)).toEqual(before);
});

test("WACZ holds the WARC, its index, the articles as pages, and digests that are right", async (context: TestContext) => {
  if (!python) context.skip("Python's warcio can't be installed here");
  const file = join(folder, "all.wacz");
  await exportArchive(store, all, { format: "wacz", file, onCapture() {} });
  const to = join(folder, "unpacked");
  unzip(python, file, to);
  const check = `
import hashlib, json, sys
folder = sys.argv[1]
data = open(folder + '/datapackage.json', 'rb').read()
digest = json.load(open(folder + '/datapackage-digest.json'))
hexed = lambda raw: 'sha256:' + hashlib.sha256(raw).hexdigest()
wrong = [] if digest['hash'] == hexed(data) else ['datapackage.json']
for one in json.loads(data)['resources']:
    raw = open(folder + '/' + one['path'], 'rb').read()
    if hexed(raw) != one['hash'] or len(raw) != one['bytes']: wrong.append(one['path'])
print(json.dumps(wrong))`;
  expect(JSON.parse(python(check, to))).toEqual([]);
  expect(typed(read(join(to, "archive/data.warc.gz")), "response")).toHaveLength(4);
  const [head, ...pages] = readFileSync(join(to, "pages/pages.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(head).toMatchObject({ format: "json-pages-1.0" });
  expect(pages).toContainEqual({
    url: `${BASE}/page`,
    ts: expect.any(String),
    title: "Caf\u00e9 opens",
  });
  expect(existsSync(join(to, "indexes/index.cdxj"))).toBe(true);
});

test.runIf(isVerify)("py-wacz finds nothing wrong with it", async (context: TestContext) => {
  const wacz = pythonWith("wacz==0.6.0");
  if (!wacz) context.skip("py-wacz can't be installed here");
  const file = join(folder, "checked.wacz");
  await exportArchive(store, all, { format: "wacz", file, onCapture() {} });
  const validate = "import sys, wacz.main; print(wacz.main.main(['validate', '-f', sys.argv[1]]))";
  expect(wacz(validate, file)).toMatch(/is valid\n0\s*$/);
});
