import { readdirSync, readFileSync } from "node:fs";
import { startedAt } from "../../bin/services/machine.ts";
import { commandOf } from "./chromium.ts";

/** A process, identified permanently: a pid alone may be reused. */
export interface Process {
  pid: number;
  started: string;
  command: string;
}

/** Returns the processes with a folder in their arguments or environment, and all their descendants. */
export function processesOf(folder: string): Process[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const found = new Set(pids.filter((pid) => pid !== process.pid && mentions(pid, folder)));
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const pid of pids) if (found.has(parentOf(pid))) found.add(pid);
  }
  return [...found].flatMap((pid) => {
    const started = startedAt(pid);
    return started === null ? [] : [{ pid, started, command: commandOf(pid).slice(0, 200) }];
  });
}

/** Returns the process of a role of the program that runs in a folder; throws if there is none. */
export function pidOfRole(folder: string, role: string): number {
  const found = processesOf(folder).find(({ command }) => command.includes(`role.js ${role} `));
  if (!found) throw new Error(`no process has the role ${role}`);
  return found.pid;
}

/** Returns those of the processes that still exist. */
export function stillThere(processes: Process[]): Process[] {
  return processes.filter(({ pid, started }) => startedAt(pid) === started);
}

/** Sends SIGKILL to all processes that were started for a folder, until none is left. */
export function killAll(folder: string): void {
  for (let there = processesOf(folder); there.length > 0; there = processesOf(folder)) {
    for (const { pid } of there) kill(pid);
  }
}

/** Sends a signal to a process, which may have ended. */
export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function mentions(pid: number, text: string): boolean {
  return commandOf(pid).includes(text) || read(`/proc/${pid}/environ`).includes(text);
}

/** Returns the parent of a process; 0 if it has ended. */
export function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
