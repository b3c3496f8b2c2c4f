import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, type TestContext, test } from "vitest";
import { exportArchive } from "../../../../archive/warc/export.ts";
import { toCapture } from "../../../../articles/ingest/capture.ts";
import type { Received } from "../../../../crawler/http/received.ts";
import type { Capture } from "../../../../model/crawl/capture.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import type { Store } from "../../../../store/store.ts";
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
  const compressed = gzipSync(PAGE);
  await keep("/feed", { text: FEED, kind: "feed", headers: { "set-cookie": "a=1; Path=/\nb=2" } });
  await keep("/page", { wire: compressed, text: PAGE, encoding: "gzip", linkId: "article-link" });
  await keep("/copy", { wire: compressed, text: PAGE, encoding: "gzip" });
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
  overrides: Partial<Pick<Received, "status" | "headers" | "wire" | "encoding">> &
    Partial<Pick<Capture, "kind" | "lane" | "sourceId" | "linkId" | "withheld">> & { text: string },
) {
  const startedAt = new Date((clock += 60_000));
  const { encoding = null, text, wire = Buffer.from(text) } = overrides;
  const received: Received = {
    url: BASE + path,
    status: overrides.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "transfer-encoding": "chunked",
      ...(encoding && { "content-encoding": encoding }),
      ...overrides.headers,
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
    linkId: overrides.linkId ?? `link of ${path}`,
    sourceId: overrides.sourceId ?? "cities",
    sourceVersion: 1,
    runId: null,
    kind: overrides.kind ?? "article",
    lane: overrides.lane ?? "http",
    hops: [],
    reason: null,
    detail: null,
    reservations: [],
    withheld: overrides.withheld ?? null,
    consent: null,
    robotsOverride: null,
  });
  await addCaptures(store, [capture], body ? [body] : []);
}

const all = {
  sources: null,
  since: new Date(0),
  until: new Date("2027-01-01"),
  purpose: "analysis",
} as const;

const read = (file: string) => (python ? recordsOf(python, file) : []);

const typed = (records: ReadRecord[], type: string) =>
  records.filter(({ warc }) => warc["WARC-Type"] === type);

/** Skips a test where there is no independent reader. */
const needsPython = (context: TestContext) => {
  if (!python) context.skip("Python's warcio can't be installed here");
};

describe("a WARC file in an independent reader", () => {
  let captures: number;
  let records: ReadRecord[];
  beforeAll(async () => {
    const file = join(folder, "all.warc.gz");
    ({ captures } = await exportArchive(store, all, { format: "warc", file, onCapture() {} }));
    records = read(file);
  });
  beforeEach(needsPython);

  const of = (path: string, type: string) =>
    typed(records, type).find(({ warc }) => warc["WARC-Target-URI"] === BASE + path);

  test("Every capture is exported", () => {
    expect(captures).toBe(8);
  });

  test("The first record describes the file", () => {
    expect(records[0]?.warc).toMatchObject({
      "WARC-Type": "warcinfo",
      "WARC-Filename": "all.warc.gz",
    });
  });

  test("A response has its status and body", () => {
    expect(of("/feed", "response")).toMatchObject({ line: "200 OK", payload: FEED });
    expect(of("/gone", "response")).toMatchObject({ line: "404 Not Found", payload: "Not here" });
  });

  test("A header that was sent twice is there twice", () => {
    const { http = [] } = of("/feed", "response") ?? {};
    expect(http.filter(([name]) => name === "set-cookie")).toEqual([
      ["set-cookie", "a=1; Path=/"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("A response has no transfer coding", () => {
    const names = of("/feed", "response")?.http.map(([name]) => name);
    expect(names).not.toContain("transfer-encoding");
  });

  test("A response has the IP address of its server", () => {
    expect(of("/feed", "response")?.warc["WARC-IP-Address"]).toBe("192.0.2.7");
  });

  test("A compressed response stays as the publisher compressed it", () => {
    expect(of("/page", "response")).toMatchObject({ payload: PAGE });
    expect(of("/page", "response")?.http).toContainEqual(["content-encoding", "gzip"]);
  });

  test("A repeated body refers to the first response with it", () => {
    expect(of("/copy", "revisit")?.warc).toMatchObject({
      "WARC-Refers-To-Target-URI": `${BASE}/page`,
      "WARC-Profile": expect.stringContaining("identical-payload-digest"),
      "WARC-Payload-Digest": of("/page", "response")?.warc["WARC-Payload-Digest"],
    });
  });

  test("An unmodified response is a revisit", () => {
    expect(of("/feed", "revisit")).toMatchObject({
      line: "304 Not Modified",
      warc: { "WARC-Profile": expect.stringContaining("server-not-modified") },
    });
  });

  test("What a browser rendered is a resource", () => {
    expect(of("/script", "resource")).toMatchObject({ payload: PAGE });
  });

  test("A withheld body is no response, and its metadata says why", () => {
    expect(of("/reserved", "response")).toBeUndefined();
    const metadata = JSON.parse(of("/reserved", "metadata")?.payload ?? "{}") as Capture;
    expect(metadata).toMatchObject({ withheld: "tdm", sourceId: "cities", bodyId: null });
  });

  test("A request belongs to its response", () => {
    const request = of("/page", "request");
    expect(request).toMatchObject({ line: "/page HTTP/1.1" });
    expect(request?.warc["WARC-Concurrent-To"]).toBe(
      of("/page", "response")?.warc["WARC-Record-ID"],
    );
  });

  test("A request shows no cookie", () => {
    expect(of("/page", "request")?.http).toContainEqual(["cookie", "***"]);
  });
});

test("Each line of the sorted index leads to its record", async () => {
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
  ["warc", ["listed.cdxj", "listed.warc.gz"], "listed.warc.gz"],
  ["wacz", ["listed.wacz"], "listed.wacz"],
] as const)("The manifest of %s lists %j with their digests", async (format, names, name) => {
  const file = join(folder, name);
  const { records } = await exportArchive(store, all, { format, file, onCapture() {} });
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
    { ...all, sources: ["towns"] },
    { format: "warc", file, onCapture() {} },
  );
  expect(towns.captures).toBe(1);
});

test("An export can be narrowed to a time", async () => {
  const file = join(folder, "early.warc.gz");
  const until = new Date("2026-11-20T10:03:00Z");
  const output = { format: "warc", file, onCapture() {} } as const;
  expect((await exportArchive(store, { ...all, until }, output)).captures).toBe(2);
});

test("An export of an unknown source is refused and leaves no file", async () => {
  const before = readdirSync(folder);
  const file = join(folder, "none.warc.gz");
  await expect(
    exportArchive(
      store,
      { ...all, sources: ["nowhere"] },
      { format: "warc", file, onCapture() {} },
    ),
  ).rejects.toThrow("no such source: nowhere");
  expect(readdirSync(folder)).toEqual(before);
});

describe("a WACZ file in an independent reader", () => {
  const unpacked = (path: string) => join(folder, "unpacked", path);
  beforeAll(async () => {
    const file = join(folder, "all.wacz");
    await exportArchive(store, all, { format: "wacz", file, onCapture() {} });
    if (python) unzip(python, file, unpacked(""));
  });
  beforeEach(needsPython);

  test("All digests and sizes of a WACZ file are right", () => {
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
    expect(JSON.parse(python?.(check, unpacked("")) ?? "null")).toEqual([]);
  });

  test("A WACZ file holds the responses as WARC", () => {
    expect(typed(read(unpacked("archive/data.warc.gz")), "response")).toHaveLength(4);
  });

  test("A WACZ file holds the index", () => {
    expect(existsSync(unpacked("indexes/index.cdxj"))).toBe(true);
  });

  test("A WACZ file lists articles as pages", () => {
    const [head, ...pages] = readFileSync(unpacked("pages/pages.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(head).toMatchObject({ format: "json-pages-1.0" });
    expect(pages).toContainEqual({
      url: `${BASE}/page`,
      ts: expect.any(String),
      title: "Caf\u00e9 opens",
    });
  });
});

test.runIf(isVerify)(
  "py-wacz finds nothing wrong with a WACZ file",
  async (context: TestContext) => {
    const wacz = pythonWith("wacz==0.6.0");
    if (!wacz) context.skip("py-wacz can't be installed here");
    const file = join(folder, "checked.wacz");
    await exportArchive(store, all, { format: "wacz", file, onCapture() {} });
    const validate =
      "import sys, wacz.main; print(wacz.main.main(['validate', '-f', sys.argv[1]]))";
    expect(wacz(validate, file)).toMatch(/is valid\n0\s*$/);
  },
);
