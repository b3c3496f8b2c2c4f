import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

/** Longest times in which a process's event loop ran no timer, ms. */
export interface LoopDelay {
  /** Includes the time that the main thread waited for a CPU. */
  delay: number;
  /** The longest delay without the time that the main thread waited for a CPU. */
  block: number;
}

// Loaded into every process of the pipeline (`--import`): writes its LoopDelay to `DIR/PID`.
const dir = new URL(import.meta.url).searchParams.get("dir");
/** Nothing waits for the start-up. */
const IGNORED_START_UP_MS = 5000;
const TICK_MS = 10;

if (dir && isMainThread) setTimeout(() => record(dir), IGNORED_START_UP_MS).unref();

function record(folder: string): void {
  const longest: LoopDelay = { delay: 0, block: 0 };
  let [last, lastWait] = [performance.now(), readCpuWaitMs()];
  setInterval(() => {
    const [now, wait] = [performance.now(), readCpuWaitMs()];
    const delay = now - last - TICK_MS;
    longest.delay = Math.max(longest.delay, delay);
    longest.block = Math.max(longest.block, delay - (wait - lastWait));
    [last, lastWait] = [now, wait];
  }, TICK_MS).unref();
  const file = join(folder, String(process.pid));
  setInterval(() => writeFileSync(file, JSON.stringify(longest)), 1000).unref();
}

/** Returns how long the main thread has waited for a CPU so far (Linux, sched-stats.txt), ms. */
function readCpuWaitMs(): number {
  const fields = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(fields[1]) / 1e6;
}
