import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AddressCap, createAddressCap } from "../../../../crawler/politeness/pace.ts";
import { sleep } from "../../../../lib/time.ts";
import { startTestRedis, type TestRedis } from "../../../helpers/redis.ts";
import { type ClockedRedis, openClockedRedis } from "../../../helpers/redis-clock.ts";

const CAP = 3;
const ADDRESS = "192.0.2.1";
let redis: TestRedis;
let clients: Redis[] = [];
/** A cap that reads the time from the test's clock. */
let clocked: ClockedRedis;
let cap: AddressCap;
let caps: [AddressCap, AddressCap, AddressCap];

beforeAll(async () => {
  redis = await startTestRedis();
  clients = [1, 2, 3].map(() => new Redis(redis.url));
  caps = clients.map((client) => createAddressCap(client, "test:", CAP)) as typeof caps;
  const { hostname, port } = new URL(redis.url);
  clocked = openClockedRedis({ host: hostname, port: Number(port) });
  cap = createAddressCap(clocked.redis, "test:", CAP);
});

beforeEach(async () => {
  await clients[0]?.flushall();
});

afterAll(async () => {
  for (const client of [...clients, clocked.redis]) client.disconnect();
  await redis?.close();
});

test("three clients with many hosts at one address never hold more places than its cap", async () => {
  let [holding, most, done, tries] = [0, 0, 0, 0];
  const host = async (shared: AddressCap, token: string) => {
    for (let wait = 1; wait > 0; await sleep(wait)) {
      wait = await shared.enter(ADDRESS, token, 60_000);
      tries += 1;
    }
    most = Math.max(most, ++holding);
    const began = performance.now();
    await sleep(50);
    holding -= 1;
    await shared.leave(ADDRESS, token, performance.now() - began);
    done += 1;
  };
  await Promise.all(
    caps.flatMap((one, at) => Array.from({ length: 10 }, (_, n) => host(one, `${at}-${n}`))),
  );
  expect({ done, most }).toEqual({ done: 30, most: CAP });
  // Each that is sent away is told another time: few come in vain again.
  expect(tries).toBeLessThan(30 * 6);
});

describe("the places of an address", () => {
  const enter = (token: string, ttl = 600_000) => cap.enter(ADDRESS, token, ttl);
  const fill = async (ttl: number) => {
    for (const token of ["a", "b", "c"]) expect(await enter(token, ttl)).toBe(0);
  };

  test("An address has no more places than its cap", async () => {
    await fill(60_000);
    expect(await enter("d")).toBeGreaterThan(0);
  });

  test("A place is free after its lease", async () => {
    await fill(60_000);
    await clocked.advance(61_000);
    expect(await enter("d")).toBe(0);
  });

  test("A place that is prolonged stays taken", async () => {
    await fill(60_000);
    expect(await enter("a")).toBe(0);
    await clocked.advance(61_000);
    expect(await enter("d")).toBe(0);
    expect(await enter("e")).toBe(0);
    expect(await enter("f")).toBeGreaterThan(0);
  });

  test("Another address has places of its own", async () => {
    await fill(60_000);
    expect(await cap.enter("192.0.2.2", "f", 60_000)).toBe(0);
  });
});
