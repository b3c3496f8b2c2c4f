import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ in /proc: 100 on every Linux that Node supports. */
const CLOCK_TICKS_PER_SECOND = 100;

/** Resources used by a process so far: CPU in seconds, peak resident memory in MB. */
export interface Usage {
  /** CPU seconds of the process, including child processes that have ended (such as a browser). */
  cpu: number;
  /** CPU seconds of the process's main thread, which runs the event loop. */
  main: number;
  peak: number;
}

export function usageOf(pid: number): Usage | null {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return {
      cpu: cpuOf(`/proc/${pid}/stat`) + cpuOfEnded(pid),
      main: cpuOf(`/proc/${pid}/task/${pid}/stat`),
      peak: Number(peak) / 1024,
    };
  } catch {
    return null;
  }
}

/** Returns the private memory of a running process, MB; null if it has ended. */
export function memoryOf(pid: number): number | null {
  try {
    const kb = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return Number(kb) / 1024;
  } catch {
    return null;
  }
}

export function treeOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (id: number): number[] => [id, ...(children.get(id) ?? []).flatMap(below)];
  return below(pid);
}

function parentOf(pid: number): number | null {
  try {
    return Number(fields(`/proc/${pid}/stat`)[1]);
  } catch {
    return null;
  }
}

function cpuOfEnded(pid: number): number {
  const [user = "0", system = "0"] = fields(`/proc/${pid}/stat`).slice(13, 15);
  return (Number(user) + Number(system)) / CLOCK_TICKS_PER_SECOND;
}

function cpuOf(path: string): number {
  const [, , , , , , , , , , , user = "0", system = "0"] = fields(path);
  return (Number(user) + Number(system)) / CLOCK_TICKS_PER_SECOND;
}

/**
 * Returns the fields of a stat file after the process's name, which can contain spaces. The first
 * field is the state.
 */
function fields(path: string): string[] {
  const line = readFileSync(path, "utf8");
  return line.slice(line.lastIndexOf(")") + 2).split(" ");
}
