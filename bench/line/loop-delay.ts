import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

// Loaded into every process of the pipeline (`--import`): writes the process's longest event-loop
// delay, ms, to `DIR/PID`.
const dir = new URL(import.meta.url).searchParams.get("dir");
/** Nothing waits for the start-up. */
const IGNORED_START_UP_MS = 5000;

if (dir && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  setTimeout(() => delay.enable(), IGNORED_START_UP_MS).unref();
  setInterval(() => {
    writeFileSync(join(dir, String(process.pid)), String(delay.max / 1e6));
  }, 1000).unref();
}
