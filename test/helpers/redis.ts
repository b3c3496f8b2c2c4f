import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "../../services/redis.ts";

const log = { debug() {}, info() {}, warn() {} };

/** A Redis of a test file's own on a free loopback port: it may be flushed. */
export interface TestRedis {
  url: string;
  close(): Promise<void>;
}

/** Starts a Redis with its data in a folder that goes with it. */
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
