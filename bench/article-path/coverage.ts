import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { isMainThread, threadId } from "node:worker_threads";

// Loaded into every process and thread of the pipeline (`--import`). While `DIR/phase` names a
// phase, each called function is appended to `DIR/PHASE-PID-THREAD`, as the URL of its file, its
// offset and its name, separated by tabs.
const dir = new URL(import.meta.url).searchParams.get("dir");
const POLL_MS = 20;

/** The used part of a result of V8's `Profiler.takePreciseCoverage`. */
interface Coverage {
  result: {
    url: string;
    functions: { functionName: string; ranges: { startOffset: number; count: number }[] }[];
  }[];
}

if (dir) recordIn(dir);

function recordIn(folder: string): void {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  let phase = "";
  const take = (): string[] => {
    let calls: string[] = [];
    session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (!error) calls = callsIn(coverage);
    });
    return calls;
  };
  const sync = () => {
    const file = join(folder, "phase");
    const next = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (phase !== "") {
      const calls = take();
      const to = join(folder, `${phase}-${process.pid}-${threadId}`);
      if (calls.length > 0) appendFileSync(to, calls.join(""));
    } else if (next !== "") {
      session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
      take();
    }
    phase = next;
  };
  if (isMainThread) setInterval(sync, POLL_MS).unref();
  else {
    // Between two tasks a parser thread sleeps in `Atomics.wait`, so its own timers don't run.
    const { wait } = Atomics;
    Atomics.wait = ((...args: Parameters<typeof wait>) => {
      sync();
      const woken = wait(...args);
      sync();
      return woken;
    }) as typeof wait;
  }
}

/** Skips the function at offset 0: its call only means that a file was loaded. */
function callsIn({ result }: Coverage): string[] {
  return result.flatMap(({ url, functions }) =>
    functions.flatMap(({ functionName, ranges: [range] }) =>
      range && range.count > 0 && range.startOffset > 0
        ? `${url}\t${range.startOffset}\t${functionName}\n`
        : [],
    ),
  );
}
