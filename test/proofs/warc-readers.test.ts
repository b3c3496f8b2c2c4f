import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, type TestContext, test } from "vitest";
import { exportArchive } from "../../archive/warc/export.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Store } from "../../store/store.ts";
import { BASE, FEED, fillArchive, PAGE, WHOLE_ARCHIVE } from "../helpers/archive-captures.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { type Python, pythonWith } from "../helpers/python.ts";
import { isVerify } from "../helpers/size.ts";
import { type ReadRecord, recordsOf, unzip, warcReader } from "../helpers/warc-reader.ts";

let database: TestDatabase;
let store: Store;
let folder: string;
let python: Python | null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-warc-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("archive");
  await fillArchive(store);
  python = warcReader();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

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
    ({ captures } = await exportArchive(store, WHOLE_ARCHIVE, {
      format: "warc",
      file,
      onCapture() {},
    }));
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

describe("a WACZ file in an independent reader", () => {
  const unpacked = (path: string) => join(folder, "unpacked", path);
  beforeAll(async () => {
    const file = join(folder, "all.wacz");
    await exportArchive(store, WHOLE_ARCHIVE, { format: "wacz", file, onCapture() {} });
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
    await exportArchive(store, WHOLE_ARCHIVE, { format: "wacz", file, onCapture() {} });
    const validate =
      "import sys, wacz.main; print(wacz.main.main(['validate', '-f', sys.argv[1]]))";
    expect(wacz(validate, file)).toMatch(/is valid\n0\s*$/);
  },
);
