import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MetricObject } from "prom-client";
import type { Env } from "../../config/env.ts";
import { CommandError, EXIT } from "../../lib/exit.ts";
import { watchPauses } from "../../lib/time.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";
import type { Role } from "../../queues/queues.ts";
import { CHECK_INTERVAL_MS, type Exit, type Service } from "../services/supervise.ts";

/** A role's message to its parent: `ready` once, `beat` every 1 s, `metrics` every 5 s if asked. */
export type RoleMessage =
  | { ready: true; address: string | null; worker: string | null }
  | { beat: ProcessProblem | null }
  | { metrics: MetricObject[] };

const ROLE_FILE = fileURLToPath(new URL("./role.js", import.meta.url));
/** One heap for all threads (glibc) saves 100 MB per worker and costs no CPU time. */
const ONE_HEAP_ENV = { MALLOC_ARENA_MAX: "1" };
/** Semi-spaces larger than the default, and a size limit, keep the old generation small. */
const HEAP_FLAGS: Partial<Record<Role, string[]>> = {
  http: ["--max-semi-space-size=32", "--max-old-space-size=1536"],
};
/** On a busy machine, a start can take more than a minute. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 25_000;
const MAX_SILENCE_MS = 5_000;
const IGNORED_AFTER_PAUSE_MS = 10_000;

/** Starts one role as a process. It ends with this process, because the IPC channel closes. */
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
  const inspect = watchMessages(child);
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
      const why = `the role ${role} exited during startup (${how}); see its log`;
      const isUnreachable = code === EXIT.unreachable;
      const kind = code === EXIT.usage ? "usage" : isUnreachable ? "unreachable" : "failed";
      reject(new CommandError(kind, why));
    });
  });
}

function watchMessages(child: ChildProcess): Service["inspect"] {
  // Monotonic, because a jump of the system clock must not look like a silent role.
  let heardAt = performance.now();
  let pausedMs: (() => number) | undefined;
  let ignoredUntil = 0;
  let problem: ProcessProblem | null = null;
  child.on("message", (message: RoleMessage) => {
    heardAt = performance.now();
    if ("beat" in message) problem = message.beat;
  });
  return async () => {
    pausedMs ??= watchPauses(CHECK_INTERVAL_MS);
    const paused = pausedMs();
    if (paused > 0) {
      // The role was probably paused, too, and needs a moment to check itself again.
      heardAt = Math.min(performance.now(), heardAt + paused);
      ignoredUntil = performance.now() + IGNORED_AFTER_PAUSE_MS;
    }
    const silence = performance.now() - heardAt;
    if (silence < MAX_SILENCE_MS) return performance.now() < ignoredUntil ? null : problem;
    const text = `its event loop has not answered for ${Math.round(silence / 1000)} s`;
    return { text, stuckSince: Date.now() - silence, isSilent: true };
  };
}
