import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../demo/random.ts";
import { sleep } from "../../lib/time.ts";
import { newsgather } from "../../test/helpers/newsgather.ts";
import { kill } from "../../test/helpers/processes.ts";
import type { Stage } from "./stage.ts";

const SKEWED_RUN_MS = 6_000;

export function whyNoSkew(): string | null {
  return library() ? null : "libfaketime isn't installed (apt: faketime)";
}

/**
 * Runs an additional HTTP worker for a while, with a clock that is up to an hour wrong. Returns the
 * time at which the worker ended, in epoch ms.
 */
export async function skewedWorker({ place, running }: Stage, random: Random): Promise<number> {
  const minutes = random.int(5, 60) * (random.next() < 0.5 ? -1 : 1);
  const worker = newsgather(["start", "--role", "http"], {
    env: {
      ...place.env,
      MONGODB_URI: running.mongoUrl,
      REDIS_URL: running.redisUrl,
      LD_PRELOAD: library(),
      FAKETIME: `${minutes > 0 ? "+" : ""}${minutes}m`,
      // Timers stay correct: only the wall clock is wrong.
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
  });
  await Promise.race([sleep(SKEWED_RUN_MS), worker.ended()]);
  kill(worker.pid, "SIGTERM");
  await worker.ended(30_000);
  return Date.now();
}

function library(): string | undefined {
  return readdirSync("/usr/lib")
    .map((folder) => join("/usr/lib", folder, "faketime/libfaketimeMT.so.1"))
    .find((path) => existsSync(path));
}
