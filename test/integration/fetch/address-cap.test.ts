import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AddressCap, createAddressCap } from "../../../fetch/address-cap.ts";
import { sleep } from "../../../lib/time.ts";
import { startTestRedis, type TestRedis } from "../../helpers/redis.ts";

const CAP = 3;
const ADDRESS = "192.0.2.1";
let redis: TestRedis;
let clients: Redis[] = [];
let caps: [AddressCap, AddressCap, AddressCap];

beforeAll(async () => {
  redis = await startTestRedis();
  clients = [1, 2, 3].map(() => new Redis(redis.url));
  caps = clients.map((client) => createAddressCap(client, "test:", CAP)) as typeof caps;
});

beforeEach(async () => {
  await clients[0]?.flushall();
});

afterAll(async () => {
  for (const client of clients) client.disconnect();
  await redis?.close();
});

test("three clients with many hosts at one address never hold more places than its cap", async () => {
  let [holding, most, done, tries] = [0, 0, 0, 0];
  const host = async (cap: AddressCap, token: string) => {
    for (let wait = 1; wait > 0; await sleep(wait)) {
      wait = await cap.enter(ADDRESS, token, 5000);
      tries += 1;
    }
    most = Math.max(most, ++holding);
    await sleep(50);
    holding -= 1;
    await cap.leave(ADDRESS, token, 50);
    done += 1;
  };
  await Promise.all(
    caps.flatMap((cap, at) => Array.from({ length: 10 }, (_, n) => host(cap, `${at}-${n}`))),
  );
  expect({ done, most }).toEqual({ done: 30, most: CAP });
  // Each that is sent away is told another time: few come in vain again.
  expect(tries).toBeLessThan(30 * 4);
});

test("a place that is prolonged stays, one that isn't is free after its lease", async () => {
  const [cap] = caps;
  for (const token of ["a", "b", "c"]) expect(await cap.enter(ADDRESS, token, 100)).toBe(0);
  expect(await cap.enter(ADDRESS, "a", 1000)).toBe(0);
  expect(await cap.enter(ADDRESS, "d", 1000)).toBeGreaterThan(0);
  await sleep(110);
  expect(await cap.enter(ADDRESS, "d", 1000)).toBe(0);
  expect(await cap.enter(ADDRESS, "e", 1000)).toBe(0);
  expect(await cap.enter(ADDRESS, "f", 1000)).toBeGreaterThan(0);
  expect(await cap.enter("192.0.2.2", "f", 1000)).toBe(0);
});
