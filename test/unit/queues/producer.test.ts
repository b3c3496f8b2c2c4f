import { expect, test } from "vitest";
import { freePort } from "../../../bin/services/machine.ts";
import { createProducer } from "../../../queues/producer.ts";

test("a Redis that isn't there is named, with the reason", async () => {
  const redisUrl = `redis://127.0.0.1:${await freePort()}`;
  const producer = createProducer({ redisUrl, prefix: "test" });
  const error = await producer.ready().catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    name: "RedisUnreachable",
    message: "Redis can't be reached",
    cause: { message: expect.stringContaining("ECONNREFUSED") },
  });
  await producer.close();
});
