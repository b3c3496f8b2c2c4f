import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Redis } from "ioredis";
import { startRedis } from "../../bin/services/embedded.ts";
import { freePort, isFree } from "../../bin/services/machine.ts";
import { sleep } from "../../lib/time.ts";

const log = { debug() {}, info() {}, warn() {} };

/** A separate Redis for a test file on a free loopback port, which may be flushed. */
export interface TestRedis {
  url: string;
  close(): Promise<void>;
}

/** Starts a Redis with its data in a temporary folder. */
export async function startTestRedis(): Promise<TestRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), "newsgather-test-"));
  const service = await startRedis({ dataDir, log });
  return {
    url: service.url,
    async close() {
      await service.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Difference between a server's port and that of the bus between servers of a cluster. */
const BUS_OFFSET = 10_000;

/** Starts a Redis in cluster mode that owns every hash slot: commands that touch two slots are refused. */
export async function startTestCluster(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), "newsgather-test-"));
  let port = await freePort();
  while (!(await isFree(port + BUS_OFFSET))) port = await freePort();
  const settings = { port, bind: "127.0.0.1", dir, "cluster-enabled": "yes", save: "" };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const output = text(server.stdout);
  const url = `redis://127.0.0.1:${port}`;
  const failed = ended.then(async () => {
    throw new Error(`redis-server ended:\n${await output}`);
  });
  await Promise.race([takeAllSlots(url), failed]);
  failed.catch(() => {});
  return {
    url,
    async close() {
      server.kill();
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Assigns every hash slot to the only server of a cluster; resolves when it serves them. */
async function takeAllSlots(url: string): Promise<void> {
  // Its commands wait until the server is ready.
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  await redis.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
  while (!String(await redis.call("CLUSTER", "INFO")).includes("cluster_state:ok")) await sleep(50);
  redis.disconnect();
}
