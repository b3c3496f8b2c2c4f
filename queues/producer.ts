import { once } from "node:events";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { RETRY_POLICY } from "../config/retry-policy.ts";
import { within } from "../lib/async.ts";
import { scriptOf } from "../lib/redis-script.ts";
import { encodePayload, PIPELINE, type QueueDefinition } from "./queues.ts";

/** Redis's used memory and its limit (`most`), in bytes. The limit is null if there is none. */
export interface Memory {
  used: number;
  most: number | null;
}

export interface QueueAddress {
  redisUrl: string;
  prefix: string;
}

/** Returns a key prefix whose braces (a hash tag) keep a queue's keys on one cluster node. */
export function keyPrefix(prefix: string, queue: string): string {
  return `{${prefix}-${queue}}`;
}

/** Adds jobs to queues. Skips a job if a job with the same id already exists. */
export interface Producer {
  add<Payload extends object>(queue: QueueDefinition<Payload>, payloads: Payload[]): Promise<void>;
  /** Adds only the missing jobs; faster than `add` if most jobs exist. */
  refill<Payload extends object>(
    queue: QueueDefinition<Payload>,
    payloads: Payload[],
  ): Promise<void>;
  counts(): Promise<Record<string, Record<string, number>>>;
  queues(): readonly Queue[];
  ping(): Promise<void>;
  memory(): Promise<Memory>;
  /** Returns the time of Redis's clock, by which leases and host delays are measured. */
  time(): Promise<Date>;
  /** Resolves as soon as Redis responds. Rejects after 5 s. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const MISSING_KEYS_SCRIPT = `
local missing = {}
for place, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 0 then missing[#missing + 1] = place end
end
return missing
`;

/** Redis doesn't answer; `cause` says why. */
class RedisUnreachable extends Error {
  override name = "RedisUnreachable";
}

/**
 * Returns a producer; call `ready` first. From then on, requests fail at once while Redis can't be
 * reached.
 */
export function createProducer({ redisUrl, prefix }: QueueAddress): Producer {
  const connection = connect(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false });
  const queues = new Map(
    PIPELINE.map(({ name }) => [
      name,
      new Queue(name, {
        connection,
        prefix: keyPrefix(prefix, name),
        skipVersionCheck: true,
        // Nothing reads old events. With the default, 10,000 per queue, memory use would grow for
        // hours.
        streams: { events: { maxLen: 1000 } },
      }),
    ]),
  );
  for (const queue of queues.values()) queue.on("error", () => {});
  const { firstMs, jitter } = RETRY_POLICY.job;
  const missing = scriptOf(connection, "jobs:missing", MISSING_KEYS_SCRIPT);
  const add: Producer["add"] = async (definition, payloads) => {
    const queue = queues.get(definition.name);
    if (!queue || payloads.length === 0) return;
    await queue.addBulk(
      payloads.map((data) => ({
        name: definition.name,
        data: encodePayload(definition, data),
        opts: {
          jobId: definition.jobId(data),
          attempts: definition.attempts,
          backoff: { type: "exponential", delay: firstMs, jitter },
          removeOnComplete: true,
          removeOnFail: true,
        },
      })),
    );
  };
  return {
    add,
    async refill(definition, payloads) {
      const queue = queues.get(definition.name);
      if (!queue || payloads.length === 0) return;
      const keys = payloads.map((payload) => queue.toKey(definition.jobId(payload)));
      const positions = (await missing(keys.length, ...keys)) as number[];
      await add(
        definition,
        positions.flatMap((position) => payloads[position - 1] ?? []),
      );
    },
    async counts() {
      const rows = [...queues].map(async ([name, queue]) => [name, await queue.getJobCounts()]);
      return Object.fromEntries(await Promise.all(rows));
    },
    queues: () => [...queues.values()],
    async ready() {
      if (connection.status === "ready") return;
      await within(5000, once(connection, "ready"), "connecting to Redis").catch(
        (cause: unknown) => {
          throw new RedisUnreachable("Redis can't be reached", { cause });
        },
      );
    },
    async ping() {
      await connection.ping();
    },
    async time() {
      const [seconds, micros] = await connection.time();
      return new Date(Number(seconds) * 1000 + Number(micros) / 1000);
    },
    async memory() {
      const info = await connection.info("memory");
      const [used = 0, most = 0] = ["used_memory", "maxmemory"].map((name) =>
        Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0),
      );
      return { used, most: most > 0 ? most : null };
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

/** Returns a connection that reconnects at most 2 s after Redis is back. */
export function connect(
  redisUrl: string,
  options: { maxRetriesPerRequest: number | null; enableOfflineQueue?: boolean },
): Redis {
  const redis = new Redis(redisUrl, {
    ...options,
    retryStrategy: (tries) => Math.min(100 * 2 ** Math.min(tries, 5), 2000),
  });
  // ioredis reconnects; failing commands reject at their callers.
  redis.on("error", () => {});
  return redis;
}
