import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MetricObject } from "prom-client";
import type { Env } from "../../config/env.ts";
import { CommandError, EXIT } from "../../lib/exit.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";
import type { Role } from "../../queues/pipeline.ts";
import type { Exit, Service } from "../services/service.ts";

/**
 * What a role's process tells its parent: once that it is ready, every second how it does, and every
 * 5 s what it measured, where that is listened for.
 */
export type RoleMessage =
  | { ready: true; address: string | null; worker: string | null }
  | { beat: ProcessProblem | null }
  | { metrics: MetricObject[] };

/** The script that a role's process runs. */
const ROLE_FILE = fileURLToPath(new URL("./role.js", import.meta.url));
/**
 * glibc gives each thread a heap of its own, and a worker has a dozen threads: one heap for all of them takes 100 MB less, and
 * no more CPU.
 */
const ONE_HEAP_ENV = { MALLOC_ARENA_MAX: "1" };
/**
 * A worker's articles live for seconds, and those that outlive two rounds in V8's young generation wait among the old ones to be
 * collected: twice as much for the young lets fewer go over. V8 lets what is old grow to four times what is in use unless the
 * heap is bounded, then to twice as much; a worker has 40 MB in use.
 */
const HEAP_FLAGS: Partial<Record<Role, string[]>> = {
  http: ["--max-semi-space-size=32", "--max-old-space-size=1536"],
};
/** How long a role may take to start, ms: a machine with other things to do takes more than a minute for it. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 25_000;
/** After this silence a process counts as not responding, ms. */
const MAX_SILENCE_MS = 5_000;

/** One role as a process that ends with us: its IPC channel closes when we are gone. */
export async function startProcess(
  role: Role,
  options: {
    only: string[];
    env: Env;
    onMetrics(metrics: MetricObject[]): void;
    roleFile?: string;
  },
): Promise<Service> {
  const { only, env, onMetrics, roleFile = ROLE_FILE } = options;
  const child = fork(roleFile, [role, ...(only.length > 0 ? [only.join()] : [])], {
    env: { ...ONE_HEAP_ENV, ...env },
    execArgv: [...(HEAP_FLAGS[role] ?? []), ...process.execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, output: "" }));
  });
  const inspect = hear(child);
  child.on("message", (message: RoleMessage) => {
    if ("metrics" in message) onMetrics(message.metrics);
  });
  const ready = readyOf(child, role);
  const end = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= end());
  try {
    const { address, worker } = await ready;
    const url = address ?? "";
    const kill = () => void child.kill("SIGKILL");
    return { name: role, url, pid: child.pid ?? 0, worker, stop, kill, inspect, exited };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where the role listens and how it names itself, once it is ready. */
function readyOf(child: ChildProcess, role: Role): Promise<Extract<RoleMessage, { ready: true }>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${role} is not ready`)), START_TIMEOUT_MS);
    child.on("message", (message: RoleMessage) => {
      if (!("ready" in message)) return;
      clearTimeout(timer);
      resolve(message);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const how = signal ?? `exit code ${code}`;
      const why = `${role} ended at start (${how}); see its log`;
      reject(code === EXIT.usage ? new CommandError("usage", why) : new Error(why));
    });
  });
}

/** What the process last said of itself, or that it says nothing. */
function hear(child: ChildProcess): Service["inspect"] {
  let heardAt = Date.now();
  let problem: ProcessProblem | null = null;
  child.on("message", (message: RoleMessage) => {
    heardAt = Date.now();
    if ("beat" in message) problem = message.beat;
  });
  return async () => {
    const silence = Date.now() - heardAt;
    if (silence < MAX_SILENCE_MS) return problem;
    const text = `its event loop has not answered for ${Math.round(silence / 1000)} s`;
    return { text, stuckSince: heardAt };
  };
}
