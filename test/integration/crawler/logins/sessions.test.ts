import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLoginSessions } from "../../../../crawler/logins/sessions.ts";
import { HOUR_MS } from "../../../../lib/time.ts";
import { startTestRedis, type TestRedis } from "../../../helpers/redis.ts";

let service: TestRedis;
let redis: Redis;
beforeAll(async () => {
  service = await startTestRedis();
  redis = new Redis(service.url);
});
afterAll(async () => {
  redis.disconnect();
  await service.close();
});

test("logins are counted for an hour, even if the process ends while it counts", async () => {
  const sessions = createLoginSessions(redis, "");
  const dying = Object.assign(new Redis(service.url), {
    pexpire: () => Promise.reject(new Error("the process ended")),
  });
  await createLoginSessions(dying, "")
    .begin("gazette", 2)
    .catch(() => {});
  dying.disconnect();
  expect(await redis.pttl("logins:gazette")).toBeGreaterThan(HOUR_MS / 2);
  await sessions.end("gazette");
  expect(await sessions.begin("gazette", 2)).toBe("ok");
  expect(await sessions.begin("gazette", 2)).toBe("busy");
  await sessions.end("gazette");
  expect(await sessions.begin("gazette", 2)).toBe("too-many");
});
