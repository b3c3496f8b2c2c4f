import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openExports, writeExport } from "../../../bin/roles/exports.ts";
import type { OpenedSearch } from "../../../bin/roles/search.ts";
import { loadConfig } from "../../../config/env.ts";
import { createLogger } from "../../../config/logger.ts";
import { ReleaseStack } from "../../../lib/stack.ts";
import type { Export } from "../../../model/export.ts";
import { getExport, listExports } from "../../../store/exports.ts";
import type { Store } from "../../../store/store.ts";
import { createProducer } from "../../../workers/enqueue.ts";
import { erase } from "../../../workers/erase/erase.ts";
import { sweepExports } from "../../../workers/export/enqueue.ts";
import { runExport } from "../../../workers/export/export.ts";
import { createMeter } from "../../../workers/telemetry/meter.ts";
import { makeArticle, makeSource } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { newKey, openGated } from "../../helpers/gated.ts";
import { makeDocument, tempIndex } from "../../helpers/judged-search.ts";
import { BROWSER } from "../../helpers/portal.ts";
import { startTestRedis, type TestRedis } from "../../helpers/redis.ts";

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

interface Told {
  id: string;
  state: string;
  written: number;
  files: { name: string; bytes: number; sha256: string; url: string }[];
}

const ask = (payload: object) =>
  app.inject({ method: "POST", url: "/v1/exports", headers, payload });

/** Asks for an export and waits until it is done. */
async function exported(payload: object): Promise<Told> {
  const asked = await ask(payload);
  expect(asked.statusCode).toBe(202);
  const url = String(asked.headers.location);
  const told = async () => (await app.inject({ url, headers })).json<Told>();
  await expect.poll(async () => (await told()).state, { timeout: 60_000 }).toBe("done");
  return told();
}

test("an export is written while nobody waits, and downloaded whole or in parts", async () => {
  const { written, files, id } = await exported({ source: ["cities"], since: "2026-11-03" });
  expect(written).toBe(16);
  expect(files.map(({ name }) => name)).toEqual(["articles.jsonl", "articles.jsonl.manifest.json"]);
  const [file] = files;
  if (!file) throw new Error("it has a file");
  const { url, bytes, sha256 } = file;
  const whole = await app.inject({ url, headers });
  expect(whole.rawPayload.length).toBe(bytes);
  expect(createHash("sha256").update(whole.rawPayload).digest("hex")).toBe(sha256);
  const digest = Buffer.from(sha256, "hex").toString("base64");
  expect(whole.headers).toMatchObject({
    "repr-digest": `sha-256=:${digest}:`,
    "cache-control": "private, no-cache",
    "content-disposition": 'attachment; filename="articles.jsonl"',
    "accept-ranges": "bytes",
  });
  const etag = String(whole.headers.etag);
  const rest = { ...headers, range: "bytes=100-", "if-range": etag };
  const part = await app.inject({ url, headers: rest });
  expect(part.statusCode).toBe(206);
  expect(part.headers["content-range"]).toBe(`bytes 100-${bytes - 1}/${bytes}`);
  expect(part.rawPayload.equals(whole.rawPayload.subarray(100))).toBe(true);
  const again = await app.inject({ url, headers: { ...headers, "if-none-match": etag } });
  expect(again.statusCode).toBe(304);

  const other = (name: string) => app.inject({ url: `/v1/exports/${id}/files/${name}`, headers });
  expect((await other("..%2f..%2fjournal")).statusCode).toBe(404);
  expect((await app.inject({ url })).statusCode).toBe(401);
  const page = await app.inject({ url: "/admin/exports", headers: { ...headers, ...BROWSER } });
  expect(page.body).toContain(`/v1/exports/${id}/files/articles.jsonl`);
});

test("Parquet comes as a file for each day with a manifest", async () => {
  const { files } = await exported({ format: "parquet" });
  const names = files.map(({ name }) => name);
  expect(names).toContain("articles/day=2026-11-01/articles.parquet");
  expect(names).toContain("articles/manifest.json");
  const { url = "", bytes } = files[0] ?? {};
  expect((await app.inject({ url, headers })).rawPayload.length).toBe(bytes);
});

test("what a search finds is exported as it was found when the export began, also by one that goes on", async () => {
  const { written } = await exported({ search: "tram", source: ["cities"], format: "csv" });
  expect(written).toBe(10);
  const one = await stored("found");
  const wish = { ...one.wish, search: "tram", sources: null, since: new Date(0) };
  const folder = join(dataDir, "exports", "found");
  const write = (over: Pick<OpenedSearch, "articles">, end: number) =>
    writeExport({ store, search: over }, folder, { ...one, wish }, (count) => {
      if (count === end) throw new Error("the disk is full");
    });
  await expect(write(search, 7)).rejects.toThrow("full");
  const names = (await write({ articles: async () => [] }, 0)).map(({ name }) => name);
  expect(names).toEqual(["articles.csv", "articles.csv.manifest.json"]);
  const rows = readFileSync(join(folder, "articles.csv"), "utf8").trim().split("\n").slice(1);
  expect(rows.filter((row) => /^a-\d+,|^"?a-\d+/.test(row))).toHaveLength(10);
  const manifest = readFileSync(join(folder, "articles.csv.manifest.json"), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ articles: 10, asked: { search: "tram" } });
});

test("what nobody knows, can't be, or is too much is refused with what to do", async () => {
  const problem = async (payload: object) => (await ask(payload)).json<{ detail: string }>().detail;
  expect(await problem({ source: ["nowhere"] })).toBe("No such source: nowhere.");
  expect(await problem({ format: "warc", as_of: "2026-11-01" })).toContain("not of responses");
  expect(await problem({ since: "2026-11-02", until: "2026-11-01" })).toContain("not before until");
  expect((await ask({ view: "nothing" })).statusCode).toBe(404);
  expect((await ask({ saved: "nothing" })).statusCode).toBe(404);
  expect(await problem({ search: "(tram" })).toContain("character");
  expect(await problem({ search: "tram", as_of: "2026-11-01" })).toContain("not as_of");
  expect(await problem({ search: "tram", format: "warc" })).toContain("not of responses");
  expect((await ask({ formats: "csv" })).statusCode).toBe(400);
});

/** An export that was asked for; as if in far future, so that no worker takes it up by itself. */
async function stored(id: string): Promise<Export> {
  const [like] = await listExports(store, now());
  if (!like) throw new Error("one was asked for");
  const wish = { ...like.wish, sources: null, search: null, format: "csv" } as const;
  const dueAt = new Date("2999-01-01");
  const one: Export = { ...like, _id: id, wish, dueAt, state: "waiting", files: [], written: 0 };
  await store.collections.exports.insertOne(one);
  return one;
}

test("one that was stopped goes on where it was, to the same file", async () => {
  const [stopped, whole] = [await stored("stopped"), await stored("whole")];
  const at = (id: string) => join(dataDir, "exports", id);
  await writeExport({ store }, at("whole"), whole, () => {});
  const counted: number[] = [];
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
  expect(await getExport(store, "stopped")).toMatchObject({
    state: "waiting",
    failures: 1,
    reason: "the disk is full",
    dueAt: expect.any(Date),
  });
  counted.length = 0;
  await runExport(deps(0), "stopped");
  expect(await getExport(store, "stopped")).toMatchObject({
    state: "done",
    dueAt: null,
    reason: null,
  });
  expect(counted[0]).toBeGreaterThan(20);
  const file = (id: string) => readFileSync(join(at(id), "articles.csv"), "utf8");
  expect(file("stopped")).toBe(file("whole"));
  expect(stopped.wish).toEqual(whole.wish);
});

test("what was erased is in no file any more, and removed ones leave none", async () => {
  const { id, files } = await exported({ format: "csv" });
  const folder = join(dataDir, "exports");
  expect(existsSync(join(folder, id))).toBe(true);
  const options = { reason: "a request", by: "test", dryRun: false, now, progress: () => {} };
  await erase(store, { kind: "article", id: "a-3" }, options);
  const gone = await app.inject({ url: files[0]?.url ?? "", headers });
  expect(gone.json()).toMatchObject({ status: 410, code: "withdrawn" });
  await sweepExports({ store }, folder);
  expect(existsSync(join(folder, id))).toBe(false);

  const next = await exported({ format: "csv" });
  const text = readFileSync(join(folder, next.id, "articles.csv"), "utf8");
  expect(text).toContain("a-4");
  expect(text).not.toContain("a-3,");
  const removed = await app.inject({ method: "DELETE", url: `/v1/exports/${next.id}`, headers });
  expect(removed.statusCode).toBe(204);
  await sweepExports({ store }, folder);
  expect(existsSync(join(folder, next.id))).toBe(false);
  const { statusCode } = await app.inject({ url: `/v1/exports/${next.id}`, headers });
  expect(statusCode).toBe(404);
});
