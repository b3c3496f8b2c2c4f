import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeExport } from "../../../../archive/write-export.ts";
import { erase } from "../../../../articles/erasure/erase.ts";
import { openExports } from "../../../../bin/roles/api-workers.ts";
import type { OpenedSearch } from "../../../../bin/roles/search.ts";
import { loadConfig } from "../../../../config/env.ts";
import { createLogger } from "../../../../config/logger.ts";
import { ReleaseStack } from "../../../../lib/async.ts";
import type { Export } from "../../../../model/archive/export.ts";
import { createProducer } from "../../../../queues/producer.ts";
import { getExport, listExports } from "../../../../store/archive/exports.ts";
import type { Store } from "../../../../store/store.ts";
import { requestExport } from "../../../../web/api/exports.ts";
import { runExport, sweepExports } from "../../../../workers/export/export.ts";
import { createMeter } from "../../../../workers/runtime/telemetry.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { newKey, openGated } from "../../../helpers/gated.ts";
import { makeDocument, tempIndex } from "../../../helpers/judged-search.ts";
import { BROWSER } from "../../../helpers/portal.ts";
import { startTestRedis, type TestRedis } from "../../../helpers/redis.ts";

const log = createLogger({ logLevel: "silent" });
const now = () => new Date();
const stack = new ReleaseStack();
let database: TestDatabase;
let redis: TestRedis;
let store: Store;
let app: FastifyInstance;
let headers: { authorization: string };
let dataDir: string;
let search: OpenedSearch;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "newsgather-exports-"));
  [database, redis] = await Promise.all([
    startTestDatabase(import.meta.filename),
    startTestRedis(),
  ]);
  store = await database.open("exports");
  await store.collections.sources.insertMany([makeSource("cities"), makeSource("towns")]);
  await store.collections.articles.insertMany(
    Array.from({ length: 40 }, (_, n) => {
      const sortAt = new Date(Date.UTC(2026, 10, 1 + (n % 10), 8, n));
      return makeArticle(`a-${n}`, { sortAt, sourceId: n % 2 === 0 ? "cities" : "towns" });
    }),
  );
  const queues = { redisUrl: redis.url, prefix: "test-exports" };
  const producer = createProducer(queues);
  stack.add("producer", () => producer.close());
  await producer.ready();
  const config = loadConfig({ NEWSGATHER_DATA_DIR: dataDir });
  const deps = { store, producer, log, now } as Parameters<typeof openExports>[1]["deps"];
  const metrics = new Registry();
  const opened = {
    deps,
    queues,
    metrics,
    meter: createMeter(metrics),
    stack,
    stop: async () => {},
  };
  const titleOf = (n: number) => (n % 4 === 0 ? "A tram opens" : "A bus stops");
  const indexed = tempIndex(
    Array.from({ length: 40 }, (_, n) => makeDocument(`a-${n}`, { title: titleOf(n) })),
  );
  stack.add("index", indexed.close);
  search = indexed.search;
  const exports = await openExports(config, opened, search);
  app = await openGated(store, { exports, search });
  headers = { authorization: `Bearer ${await newKey(store, "read")}` };
});

afterAll(async () => {
  await app?.close();
  await stack.close(20_000);
  await redis?.close();
  await database?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface ExportAnswer {
  id: string;
  state: string;
  written: number;
  files: { name: string; bytes: number; sha256: string; url: string }[];
}

const ask = (payload: object) =>
  app.inject({ method: "POST", url: "/v1/exports", headers, payload });

/** Asks for an export and waits until it is done. */
async function exported(payload: object): Promise<ExportAnswer> {
  const begun = await ask(payload);
  expect(begun.statusCode).toBe(202);
  const url = String(begun.headers.location);
  const told = async () => (await app.inject({ url, headers })).json<ExportAnswer>();
  return vi.waitFor(
    async () => {
      const one = await told();
      expect(one.state).toBe("done");
      return one;
    },
    { timeout: 60_000, interval: 50 },
  );
}

describe("an export that is done", () => {
  let done: ExportAnswer;
  let file: ExportAnswer["files"][number];
  let whole: Awaited<ReturnType<typeof ask>>;
  beforeAll(async () => {
    done = await exported({ source: ["cities"], since: "2026-11-03" });
    const [first] = done.files;
    if (!first) throw new Error("it has no file");
    file = first;
    whole = await app.inject({ url: file.url, headers });
  });

  test("An export has the articles that were requested, in a file with a manifest", () => {
    const names = done.files.map(({ name }) => name);
    expect(done.written).toBe(16);
    expect(names).toEqual(["articles.jsonl", "articles.jsonl.manifest.json"]);
  });

  test("A file that is downloaded has the length and the digest that were announced", () => {
    expect(whole.rawPayload.length).toBe(file.bytes);
    expect(createHash("sha256").update(whole.rawPayload).digest("hex")).toBe(file.sha256);
  });

  test("A download is a private file that may be fetched in parts", () => {
    const digest = Buffer.from(file.sha256, "hex").toString("base64");
    expect(whole.headers).toMatchObject({
      "repr-digest": `sha-256=:${digest}:`,
      "cache-control": "private, no-cache",
      "content-disposition": 'attachment; filename="articles.jsonl"',
      "accept-ranges": "bytes",
    });
  });

  test("A download that was interrupted goes on where it was", async () => {
    const range = { range: "bytes=100-", "if-range": String(whole.headers.etag) };
    const part = await app.inject({ url: file.url, headers: { ...headers, ...range } });
    expect(part.statusCode).toBe(206);
    expect(part.headers["content-range"]).toBe(`bytes 100-${file.bytes - 1}/${file.bytes}`);
    expect(part.rawPayload.equals(whole.rawPayload.subarray(100))).toBe(true);
  });

  test("A file that a client has is not sent again", async () => {
    const known = { ...headers, "if-none-match": String(whole.headers.etag) };
    expect((await app.inject({ url: file.url, headers: known })).statusCode).toBe(304);
  });

  test("No path leads out of the folder of an export", async () => {
    const url = `/v1/exports/${done.id}/files/..%2f..%2fjournal`;
    expect((await app.inject({ url, headers })).statusCode).toBe(404);
  });

  test("A file needs a key", async () => {
    expect((await app.inject({ url: file.url })).statusCode).toBe(401);
  });

  test("The page of exports leads to the files", async () => {
    const page = await app.inject({ url: "/admin/exports", headers: { ...headers, ...BROWSER } });
    expect(page.body).toContain(`/v1/exports/${done.id}/files/articles.jsonl`);
  });
});

test("The form counts a day in Until to its end", async () => {
  const times = { since: "2026-11-03", until: "2026-11-03" };
  const what = { format: "csv", purpose: "analysis", reason: "to compare" };
  const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
  const payload = new URLSearchParams({ ...what, ...times }).toString();
  await app.inject({ method: "POST", url: "/admin/exports", headers: form, payload });
  const [newest] = await listExports(store, now());
  expect(newest?.params).toMatchObject({
    since: new Date("2026-11-03T00:00:00Z"),
    until: new Date("2026-11-04T00:00:00Z"),
  });
});

test("Parquet comes as a file for each day with a manifest", async () => {
  const { files } = await exported({ format: "parquet" });
  const names = files.map(({ name }) => name);
  expect(names).toContain("articles/day=2026-11-01/articles.parquet");
  expect(names).toContain("articles/_manifest.json");
  const { url = "", bytes } = files[0] ?? {};
  expect((await app.inject({ url, headers })).rawPayload.length).toBe(bytes);
});

test("An export of a search has what the search finds", async () => {
  const { written } = await exported({ search: "tram", source: ["cities"], format: "csv" });
  expect(written).toBe(10);
});

test("An export of a search that was interrupted goes on with what was found when it began", async () => {
  const one = await stored("found");
  const params = { ...one.params, search: "tram" };
  const folder = join(dataDir, "exports", "found");
  const write = (over: Pick<OpenedSearch, "articles">, end: number) =>
    writeExport({ store, search: over }, folder, { ...one, params }, (count) => {
      if (count === end) throw new Error("the disk is full");
    });
  await expect(write(search, 7)).rejects.toThrow("full");
  const names = (await write({ articles: async () => [] }, 0)).files.map(({ name }) => name);
  expect(names).toEqual(["articles.csv", "articles.csv.manifest.json"]);
  const rows = readFileSync(join(folder, "articles.csv"), "utf8").trim().split("\n").slice(1);
  expect(rows.filter((row) => /^a-\d+,|^"?a-\d+/.test(row))).toHaveLength(10);
  const manifest = readFileSync(join(folder, "articles.csv.manifest.json"), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ articles: 10, request: { search: "tram" } });
});

test.each([
  [
    "an unknown source",
    { source: ["nowhere"] },
    /^There is no source "nowhere"; allowed: cities, towns\.$/,
  ],
  ["responses of a moment", { format: "warc", as_of: "2026-11-01" }, /contain responses/],
  ["a time that ends first", { since: "2026-11-02", until: "2026-11-01" }, /earlier than until/],
  ["a search with a mistake", { search: "(tram" }, /character/],
  ["a search of a moment", { search: "tram", as_of: "2026-11-01" }, /with as_of/],
  ["a search of responses", { search: "tram", format: "warc" }, /contain responses/],
])("An export of %s is refused with the reason", async (_, payload, reason) => {
  expect((await ask(payload)).json<{ detail: string }>().detail).toMatch(reason);
});

test.each([
  ["an unknown view", { view: "nothing" }, 404],
  ["an unknown saved search", { saved: "nothing" }, 404],
  ["an unknown parameter", { formats: "csv" }, 400],
])("An export of %s is refused", async (_, payload, status) => {
  expect((await ask(payload)).statusCode).toBe(status);
});

/** An export that was asked for; as if in far future, so that no worker takes it up by itself. */
async function stored(id: string): Promise<Export> {
  if ((await listExports(store, now())).length === 0) await exported({ source: ["cities"] });
  const [like] = await listExports(store, now());
  if (!like) throw new Error("there is no export");
  const always = { since: new Date(0), until: new Date("2999-01-01") };
  const params = { ...like.params, ...always, sources: null, search: null, format: "csv" } as const;
  const dueAt = new Date("2999-01-01");
  const one: Export = { ...like, _id: id, params, dueAt, state: "waiting", files: [], written: 0 };
  await store.collections.exports.insertOne(one);
  return one;
}

describe("an export that was interrupted", () => {
  const at = (id: string) => join(dataDir, "exports", id);
  const counted: number[] = [];
  let [stopped, whole]: Export[] = [];
  let [waiting, done]: (Export | null)[] = [];
  beforeAll(async () => {
    [stopped, whole] = [await stored("stopped"), await stored("whole")];
    await writeExport({ store }, at("whole"), whole, () => {});
    const deps = (end: number) => ({
      store,
      now,
      log,
      write: (one: Export, onCount: (count: number) => void) =>
        writeExport({ store }, at("stopped"), one, (count) => {
          onCount(count);
          counted.push(count);
          if (count === end) throw new Error("the disk is full");
        }),
    });
    await runExport(deps(30), "stopped");
    waiting = await getExport(store, "stopped");
    counted.length = 0;
    await runExport(deps(0), "stopped");
    done = await getExport(store, "stopped");
  });

  test("An export that fails waits for its next try with the reason", () => {
    expect(waiting).toMatchObject({
      state: "waiting",
      failures: 1,
      reason: "the disk is full",
      dueAt: expect.any(Date),
    });
  });

  test("An export that is tried again goes on where it was", () => {
    expect(counted[0]).toBeGreaterThan(20);
  });

  test("An export that was tried again is done", () => {
    expect(done).toMatchObject({ state: "done", dueAt: null, reason: null });
  });

  test("An export that was interrupted has the same file as one that wasn't", () => {
    const file = (id: string) => readFileSync(join(at(id), "articles.csv"), "utf8");
    expect(file("stopped")).toBe(file("whole"));
    expect(stopped?.params).toEqual(whole?.params);
  });
});

describe("an export of which something was erased", () => {
  let folder: string;
  let [before, after]: ExportAnswer[] = [];
  let hadFolder: boolean;
  let gone: Awaited<ReturnType<typeof ask>>;
  beforeAll(async () => {
    folder = join(dataDir, "exports");
    before = await exported({ format: "csv" });
    hadFolder = existsSync(join(folder, before.id));
    const options = { reason: "a request", actor: "test", dryRun: false, now, progress: () => {} };
    await erase(store, { kind: "article", id: "a-3" }, options);
    gone = await app.inject({ url: before.files[0]?.url ?? "", headers });
    await sweepExports({ store }, folder);
    after = await exported({ format: "csv" });
  });

  test("An export with an article that was erased can't be downloaded any more", () => {
    expect(gone.json()).toMatchObject({ status: 410, code: "withdrawn" });
  });

  test("The files of an export with an article that was erased are removed", () => {
    expect(hadFolder).toBe(true);
    expect(existsSync(join(folder, before?.id ?? ""))).toBe(false);
  });

  test("A new export has everything but the article that was erased", () => {
    const text = readFileSync(join(folder, after?.id ?? "", "articles.csv"), "utf8");
    expect(text).toContain("a-4");
    expect(text).not.toContain("a-3,");
  });
});

test("An export that is removed leaves no file", async () => {
  const { id } = await exported({ format: "csv" });
  const folder = join(dataDir, "exports");
  const url = `/v1/exports/${id}`;
  expect((await app.inject({ method: "DELETE", url, headers })).statusCode).toBe(204);
  await sweepExports({ store }, folder);
  expect(existsSync(join(folder, id))).toBe(false);
  expect((await app.inject({ url, headers })).statusCode).toBe(404);
});

test("Of two removals of an export at the same time, one removes it", async () => {
  const { id } = await exported({ format: "csv" });
  const remove = () => app.inject({ method: "DELETE", url: `/v1/exports/${id}`, headers });
  const answers = await Promise.all([remove(), remove()]);
  const statuses = new Set(answers.map(({ statusCode }) => statusCode));
  expect(statuses).toEqual(new Set([204, 404]));
});

test("An export is queued as it is requested, whoever requests it", async () => {
  const queued: unknown[] = [];
  const add = async (_: unknown, payloads: unknown[]) => void queued.push(...payloads);
  const context = { actor: "user ada", now: now(), reason: undefined };
  const { _id } = await requestExport(
    { store, producer: { add } },
    { format: "csv", purpose: "analysis" },
    context,
  );
  expect(queued).toEqual([{ exportId: _id }]);
});
