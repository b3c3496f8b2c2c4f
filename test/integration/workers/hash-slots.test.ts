import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAddressCap, createPace } from "../../../crawler/politeness/pace.ts";
import { connect, createProducer, keyPrefix } from "../../../queues/producer.ts";
import { fetchQueue, PIPELINE } from "../../../queues/queues.ts";
import { startTestCluster, type TestRedis } from "../../helpers/redis.ts";

let cluster: TestRedis;
let redis: Redis;
beforeAll(async () => {
  cluster = await startTestCluster();
  redis = connect(cluster.url, { maxRetriesPerRequest: 1 });
});
afterAll(async () => {
  redis.disconnect();
  await cluster.close();
});

const slotOf = async (key: string) => Number(await redis.call("CLUSTER", "KEYSLOT", key));

test("a cluster refuses what touches two hash slots", async () => {
  await expect(redis.mget("one", "two")).rejects.toThrow("CROSSSLOT");
});

test("leases of hosts and caps of addresses keep to one slot each, and spread", async () => {
  const pace = createPace(redis, "test:");
  const cap = createAddressCap(redis, "test:", 2);
  const lease = { token: "t", delay: 0, concurrency: 2 };
  const taken = await pace.acquire("a.example:80", { ...lease, ttl: 1000 });
  expect(taken).toMatchObject({ ok: true, slot: 0 });
  expect(await pace.start("a.example:80", "t", 10)).toBe(0);
  await pace.started("a.example:80", "t");
  await pace.release("a.example:80", { ...lease, slot: 0 });
  expect(await cap.enter("127.1.0.1", "t", 1000)).toBe(0);
  await cap.leave("127.1.0.1", "t", 5);
  const hosts = ["a.example:80", "b.example:80", "c.example:80"];
  const slots = await Promise.all(hosts.map((host) => slotOf(`test:pace:{${host}}`)));
  expect(new Set(slots).size).toBe(3);
});

test("jobs are added, worked on and counted in one slot for each queue, queues in different ones", async () => {
  const producer = createProducer({ redisUrl: cluster.url, prefix: "test" });
  await producer.ready();
  await producer.add(fetchQueue, [
    { host: "a.example:80", turn: 0 },
    { host: "b.example:80", turn: 0 },
  ]);
  const connection = connect(cluster.url, { maxRetriesPerRequest: null });
  const done = new Set<string>();
  const prefix = keyPrefix("test", fetchQueue.name);
  await new Promise<void>((resolve, reject) => {
    const work = async ({ data }: { data: { host: string } }) => void done.add(data.host);
    const worker = new Worker(fetchQueue.name, work, { connection, prefix });
    worker.on("error", reject).on("failed", (_, error) => reject(error));
    worker.on("drained", () => done.size === 2 && resolve(worker.close()));
  });
  connection.disconnect();
  expect([...done].toSorted()).toEqual(["a.example:80", "b.example:80"]);
  expect((await producer.counts())["fetch"]).toMatchObject({ waiting: 0, failed: 0 });
  await producer.close();
  const prefixes = PIPELINE.map(({ name }) => `${keyPrefix("test", name)}:${name}:wait`);
  const slots = await Promise.all(prefixes.map(slotOf));
  expect(new Set(slots).size).toBe(PIPELINE.length);
});
