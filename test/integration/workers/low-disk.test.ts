import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { freeBytes } from "../../../bin/services/machine.ts";
import { createProducer } from "../../../queues/producer.ts";
import { wakeHosts } from "../../../store/crawl/hosts.ts";
import { databaseFreeBytes } from "../../../store/operations/overview.ts";
import { takeTurn } from "../../../workers/flow.ts";
import { checkForTrouble } from "../../../workers/maintain/alarms.ts";
import { createDiskSpace } from "../../../workers/runtime/disk-space.ts";
import { tick } from "../../../workers/schedule/tick.ts";
import { makeSource } from "../../helpers/articles.ts";
import { startTestRedis } from "../../helpers/redis.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

test("under the watermark nothing is asked for and no try is spent; with room again it goes on", async () => {
  const { store, site, worker, link } = await services.watchSite("low", ["/a"]);
  await store.collections.sources.insertOne(makeSource("s1", { nextDueAt: new Date(1) }));
  await wakeHosts(store, [{ host: site.host, lane: "http", at: new Date(1) }]);
  const read = async () => [await freeBytes("."), await databaseFreeBytes(store)];
  const full = { ...worker.deps, diskSpace: createDiskSpace(read, Number.MAX_SAFE_INTEGER) };
  const low = expect.stringContaining("NEWSGATHER_DISK_FREE");
  expect(await tick(full)).toMatchObject({ crawls: 0, turns: 0, low });
  expect(await takeTurn(full, "http", { host: site.host, turn: 0 })).toBe("done");
  expect(site.requests).toEqual([]);
  expect(await link("/a")).toMatchObject({ state: "due", attempts: 0 });

  const roomy = { ...worker.deps, diskSpace: createDiskSpace(read, 1024) };
  expect(await tick(roomy)).toMatchObject({ crawls: 1, turns: 1, low: null });
  await takeTurns({ ...worker, deps: roomy }, site.host);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "new" });
});

test("while Redis has used three quarters of its memory nothing is fetched, and an alarm says so", async () => {
  const { store, site, worker, link } = await services.watchSite("memory", ["/a"]);
  const redis = await startTestRedis();
  const client = new Redis(redis.url);
  const producer = createProducer({ redisUrl: redis.url, prefix: "memory" });
  try {
    await producer.ready();
    await wakeHosts(store, [{ host: site.host, lane: "http", at: new Date(1) }]);
    const { used } = await producer.memory();
    await client.config("SET", "maxmemory", Math.round(used / 0.8));
    const diskSpace = createDiskSpace(
      () => Promise.resolve([]),
      1024,
      () => producer.memory(),
    );
    const deps = { ...worker.deps, diskSpace };
    expect(await tick(deps)).toMatchObject({
      turns: 0,
      low: expect.stringContaining("maxmemory"),
    });
    expect(await link("/a")).toMatchObject({ state: "due", attempts: 0 });
    const settings = { ways: [], every: 1, title: "", page: "" };
    expect(await checkForTrouble(deps, settings)).toEqual([
      expect.objectContaining({ kind: "memory", subject: "redis" }),
    ]);

    await client.config("SET", "maxmemory", used * 10);
    const roomy = {
      ...deps,
      diskSpace: createDiskSpace(
        () => Promise.resolve([]),
        1024,
        () => producer.memory(),
      ),
    };
    expect(await tick(roomy)).toMatchObject({ turns: 1, low: null });
    expect(await checkForTrouble(roomy, settings)).toEqual([]);
  } finally {
    client.disconnect();
    await producer.close();
    await redis.close();
  }
});

test("a database that reads all that it holds to tell its size is not asked for it, and once what it is", async () => {
  const { store } = await services.watchSite("size", []);
  const command = vi.spyOn(store.db, "command");
  expect(await databaseFreeBytes(store)).toBeNull();
  expect(await databaseFreeBytes(store)).toBeNull();
  expect(command.mock.calls).toEqual([[{ buildInfo: 1 }]]);
});
