import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { sleep } from "../../lib/time.ts";

const readText = (path: string) => readFileSync(path, "utf8");

/**
 * Returns the start time of a process, in kernel ticks since boot, or an empty text if there is no
 * /proc; null if the process isn't running.
 */
export function startedAt(pid: number, read = readText): string | null {
  const fields = statOf(pid, read);
  if (fields === null) return statOf("self", read) || !isRunning(pid) ? null : "";
  return fields[0] === "Z" ? null : (fields[19] ?? null);
}

const MS_PER_TICK = 10;

/** Returns the CPU time that a process has used, ms; null if /proc can't be read. */
export function cpuTimeOf(pid: number): number | null {
  const [user, system] = statOf(pid, readText)?.slice(11, 13).map(Number) ?? [];
  return user === undefined || system === undefined ? null : (user + system) * MS_PER_TICK;
}

/** Returns the fields of /proc/PID/stat that follow the process's name; null if there are none. */
function statOf(pid: number | "self", read: typeof readText): string[] | null {
  try {
    const stat = read(`/proc/${pid}/stat`);
    // A process's name can contain anything, even `) `.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    // A pid that isn't positive would name a group of processes.
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Identifies a process. The start time is needed because pids are reused. */
export interface ProcessName {
  pid: number;
  started: string;
}

export function thisProcess(read = readText): ProcessName {
  return { pid: process.pid, started: startedAt(process.pid, read) ?? "" };
}

/**
 * Returns whether a process still runs; false if its pid now belongs to another process. If there
 * is no /proc, as on macOS, only the pid counts.
 */
export function isAlive({ pid, started }: ProcessName, read = readText): boolean {
  return startedAt(pid, read) === started;
}

export function hasArguments(pid: number, args: string[]): boolean {
  try {
    const actual = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return args.every((arg) => actual.includes(arg));
  } catch {
    return false;
  }
}

/** Returns whether a process listens on a TCP port of 127.0.0.1; true if /proc can't be read. */
export function listensOn(pid: number, port: number): boolean {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  try {
    const rows = readFileSync("/proc/net/tcp", "utf8").split("\n");
    const fields = rows.map((row) => row.trim().split(/\s+/));
    const row = fields.find(([, local, , state]) => local === address && state === "0A");
    const socket = `socket:[${row?.[9]}]`;
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => readlink(`${folder}/${fd}`) === socket);
  } catch {
    return true;
  }
}

function readlink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Ends a process with SIGTERM, then with SIGKILL if it is still running after `deadline` ms. */
export async function endProcess(pid: number, deadline: number): Promise<void> {
  const start = startedAt(pid);
  const isThere = () => start !== null && isAlive({ pid, started: start });
  if (isThere()) sendSignal(pid, "SIGTERM");
  for (let waited = 0; isThere() && waited < deadline; waited += 50) await sleep(50);
  if (isThere()) sendSignal(pid, "SIGKILL");
  for (let waited = 0; isThere() && waited < 2000; waited += 20) await sleep(20);
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process ended before the signal.
  }
}

// Below the kernel's ephemeral ports. In that range, a client that reconnects to a dead port can be
// connected to itself, and the restarted server then can't bind its own port.
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port on 127.0.0.1 between ${FIRST_PORT} and ${LAST_PORT}`);
}

/** Holds a port of 127.0.0.1 until `release`: `wanted` or, if it is in use, another free port. */
export async function holdPort(wanted: number): Promise<{ port: number; release(): void }> {
  const server = createServer((socket) => socket.destroy());
  const isOurs = await new Promise<boolean>((answer) => {
    server.once("error", () => answer(false));
    server.listen(wanted, "127.0.0.1", () => answer(true));
  });
  server.unref();
  if (!isOurs) return holdPort(await freePort());
  return { port: wanted, release: () => void server.close() };
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once("error", () => answer(false));
    server.listen(port, "127.0.0.1", () => server.close(() => answer(true)));
  });
}

/** Returns the number of free bytes on a folder's disk; the folder need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearest(folder));
  return bavail * bsize;
}

async function nearest(path: string): Promise<string> {
  const full = resolve(path);
  try {
    await access(full);
    return full;
  } catch {
    return nearest(dirname(full));
  }
}
