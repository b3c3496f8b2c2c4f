import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase } from "../../../bin/services/database.ts";
import { type Embedded, startEmbedded, startRedis } from "../../../bin/services/embedded.ts";
import { startedAt } from "../../../bin/services/machine.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const nothing = { mongoUrl: null, redisUrl: null };

let dataDir: string;
const open: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "newsgather-services-"));
});

afterEach(async () => {
  for (const service of open.splice(0).toReversed()) await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function keep<T extends { stop(): Promise<void> }>(service: T): T {
  open.push(service);
  return service;
}

async function store(services: Embedded, value: string) {
  const redis = new Redis(services.redisUrl);
  await redis.set("value", value);
  await redis.quit();
  const client = new MongoClient(services.mongoUrl);
  await client.db("test").collection<{ _id: string }>("values").insertOne({ _id: value });
  await client.close();
}

async function read(services: Pick<Embedded, "mongoUrl" | "redisUrl">) {
  const redis = new Redis(services.redisUrl);
  const cached = await redis.get("value");
  await redis.quit();
  const client = new MongoClient(services.mongoUrl);
  const values = await client.db("test").collection<{ _id: string }>("values").find().toArray();
  await client.close();
  return { cached, stored: values.map(({ _id: id }) => id) };
}

describe("startEmbedded", () => {
  it("keeps what was written over a graceful stop", async () => {
    const first = await startEmbedded({ dataDir, ...nothing }, { log });
    await store(first, "a");
    await first.stop();
    for (const service of first.services) expect(service.pid && startedAt(service.pid)).toBeNull();
    const second = keep(await startEmbedded({ dataDir, ...nothing }, { log }));
    expect(await read(second)).toEqual({ cached: "a", stored: ["a"] });
  });

  it("starts only what no address replaces", async () => {
    const redisUrl = "redis://cache.example:6379";
    const services = keep(await startEmbedded({ dataDir, mongoUrl: null, redisUrl }, { log }));
    expect(services.redisUrl).toBe(redisUrl);
    expect(services.services.map((service) => service.name)).toEqual(["database"]);
    const mongoUrl = "mongodb://db.example";
    const none = await startEmbedded({ dataDir, mongoUrl, redisUrl }, { log });
    expect(none.services).toEqual([]);
  });
});

describe("services that run", () => {
  let folder: string;
  let services: Embedded;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "newsgather-services-"));
    services = await startEmbedded({ dataDir: folder, ...nothing }, { log });
  });
  afterAll(async () => {
    await services?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("restarts a killed service on the same address with its data", async () => {
    await store(services, "b");
    const redis = new Redis(services.redisUrl);
    const isWritten = async () => /aof_buffer_length:0\b/.test(await redis.info("persistence"));
    await vi.waitUntil(isWritten, { timeout: 30_000, interval: 20 });
    await redis.quit();
    for (const service of services.services) {
      const before = service.pid ?? 0;
      process.kill(before, "SIGKILL");
      await vi.waitFor(
        () => {
          expect(service.restarts).toBe(1);
          expect(service.pid).not.toBeNull();
          expect(service.pid).not.toBe(before);
        },
        { timeout: 30_000, interval: 50 },
      );
    }
    expect(services.services.map((service) => service.lastExit)).toEqual([
      expect.stringContaining("SIGKILL"),
      expect.stringContaining("SIGKILL"),
    ]);
    expect(await read(services)).toEqual({ cached: "b", stored: ["b"] });
  });

  it("refuses a folder that another process uses, and leaves its services alone", async () => {
    const restarts = () => services.services.map((service) => service.restarts);
    const before = restarts();
    const again = startEmbedded({ dataDir: folder, ...nothing }, { log });
    await expect(again).rejects.toThrow(`another Newsgather (pid ${process.pid})`);
    expect(restarts()).toEqual(before);
  });
});

describe("a crash of the parent", () => {
  const program = `
    import { startEmbedded } from ${JSON.stringify(new URL("../../../dist/bin/services/embedded.js", import.meta.url).href)};
    const log = { debug() {}, info() {}, warn() {} };
    const { mongoUrl, redisUrl, services } = await startEmbedded(
      { dataDir: process.argv[1], mongoUrl: null, redisUrl: null }, { log });
    console.log(JSON.stringify({ mongoUrl, redisUrl, pids: services.map((s) => s.pid) }));
  `;

  async function startParent(): Promise<{ parent: ChildProcess; pids: number[] }> {
    const args = ["--input-type=module", "-e", program, dataDir];
    const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    return { parent, ...JSON.parse(String(line)) };
  }

  it("leaves no orphan and loses nothing", async () => {
    const { parent, pids } = await startParent();
    expect(pids).toHaveLength(2);
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(pids.map((pid) => startedAt(pid))).toEqual([null, null]), {
      timeout: 20_000,
      interval: 50,
    });
    const services = keep(await startEmbedded({ dataDir, ...nothing }, { log }));
    expect(await read(services)).toEqual({ cached: null, stored: [] });
  });
});

describe("startRedis", () => {
  it("ends a leftover that still holds the folder", async () => {
    const left = await startRedis({ dataDir, log });
    const redis = keep(await startRedis({ dataDir, log }));
    expect((await left.exited).signal ?? "SIGTERM").toBe("SIGTERM");
    expect(startedAt(left.pid)).toBeNull();
    expect(startedAt(redis.pid)).not.toBeNull();
  });

  it("moves a damaged append log aside and starts empty", async () => {
    const first = await startRedis({ dataDir, log });
    await first.stop();
    const dir = join(dataDir, "redis/appendonlydir");
    const base = (await readdir(dir)).find((name) => name.includes(".base."));
    for (const garbage of ["REDIS0011 this is no dump at all", "garbage"]) {
      await writeFile(join(dir, base ?? ""), garbage);
      const redis = await startRedis({ dataDir, log });
      await redis.stop();
    }
    const aside = (await readdir(join(dataDir, "redis"))).filter((name) => name.includes("broken"));
    expect(aside).toHaveLength(2);
  });

  it("says what ended it when the port is taken", async () => {
    const first = keep(await startRedis({ dataDir, log }));
    const port = Number(new URL(first.url).port);
    const other = join(dataDir, "other");
    await expect(startRedis({ dataDir: other, port, log })).rejects.toThrow(/ended while starting/);
  });
});

describe("startDatabase", () => {
  it("keeps acknowledged writes over SIGKILL and clears its pid file on stop", async () => {
    const first = await startDatabase({ dataDir, log });
    const client = new MongoClient(first.url);
    await client
      .db("test")
      .collection("values")
      .insertMany([{ n: 1 }, { n: 2 }]);
    await client.close();
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    const second = await startDatabase({ dataDir, log });
    const again = new MongoClient(second.url);
    expect(await again.db("test").collection("values").countDocuments({})).toBe(2);
    await again.close();
    const pidFile = join(dataDir, "run/database.pid");
    expect(await readFile(pidFile, "utf8")).toBe(String(second.pid));
    await second.stop();
    await expect(readFile(pidFile, "utf8")).rejects.toThrow("ENOENT");
  });
});
