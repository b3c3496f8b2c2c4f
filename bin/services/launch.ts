import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { orAborted, within } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import { cpuTimeOf, endProcess, hasArguments, listensOn } from "./machine.ts";
import { describeExit, type Exit, type Log, type Service } from "./supervise.ts";

const run = promisify(execFile);
const MAX_OUTPUT_LENGTH = 4000;
const PROBE_TIMEOUT_MS = 3000;
const STOP_TIMEOUT_MS = 10_000;

/** A program to start, and how to check whether it is ready. */
export interface Launch {
  name: string;
  command: string;
  args: string[];
  url: string;
  port: number;
  dataDir: string;
  /** Arguments that no other process has. They identify a process left over from a crash. */
  signature: string[];
  /** Resolves if the service responds; rejects if it isn't ready. */
  probe: () => Promise<void>;
  /** How long a starting server may be broken or use almost no CPU, ms; 60 s by default. */
  startDeadline?: number;
  /** Ends the start, which then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The signal that the service gets if this process ends first; `TERM` by default. */
  orphaned?: "TERM" | "KILL";
  log: Log;
}

/**
 * Ends a server left over from a crash, starts a new one, and waits until `probe` succeeds. Throws
 * if the server ends, or is broken or uses almost no CPU for `startDeadline`.
 */
export async function launch(options: Launch): Promise<Service> {
  const { name, log } = options;
  const pidFile = join(options.dataDir, "run", `${name}.pid`);
  await endLeftover(pidFile, options);
  const child = await spawnTied(options);
  const exited = watch(child, options);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} did not start: ${describeExit(await exited)}`);
  let stopping: Promise<void> | undefined;
  const end = async () => {
    await endProcess(pid, STOP_TIMEOUT_MS);
    await exited;
    await rm(pidFile, { force: true });
    log.debug({ service: name, pid }, "service stopped");
  };
  const stop = () => (stopping ??= end());
  try {
    await writeFile(pidFile, String(pid));
    await untilReady(options, pid, exited);
  } catch (error) {
    await stop();
    throw error;
  }
  const kill = () => void child.kill("SIGKILL");
  return { name, url: options.url, pid, stop, kill, inspect: inspectorOf(options), exited };
}

function inspectorOf({ name, probe }: Launch): Service["inspect"] {
  let stuckSince: number | null = null;
  return async () => {
    try {
      await within(PROBE_TIMEOUT_MS, probe(), `asking ${name}`);
      stuckSince = null;
      return null;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof Broken) return { text: why, stuckSince: 0 };
      stuckSince ??= Date.now();
      return { text: `does not answer: ${why}`, stuckSince };
    }
  };
}

export async function onPath(command: string): Promise<string | null> {
  const found = await run("/bin/sh", ["-c", 'command -v "$0"', command]).catch(() => null);
  return found?.stdout.trim() || null;
}

async function endLeftover(pidFile: string, { name, signature, log }: Launch): Promise<void> {
  await mkdir(join(pidFile, ".."), { recursive: true, mode: 0o700 });
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 1 || !hasArguments(pid, signature)) return;
  log.warn({ service: name, pid }, "ending a service that an earlier process left behind");
  await endProcess(pid, STOP_TIMEOUT_MS);
}

async function spawnTied(options: Launch): Promise<ChildProcess> {
  const { command, args, dataDir, orphaned = "TERM" } = options;
  // Without setpriv, a crash of this process leaves the service behind until the next start.
  const setpriv = await onPath("setpriv");
  const tie = ["--pdeathsig", orphaned, "--", command];
  // A separate session, so that Ctrl-C in the terminal reaches only this process, which stops the
  // service in the end.
  return spawn(setpriv ?? command, setpriv ? [...tie, ...args] : args, {
    cwd: dataDir,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function watch(child: ChildProcess, { name, log }: Launch): Promise<Exit> {
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-MAX_OUTPUT_LENGTH);
    log.debug({ service: name, output: chunk.toString().trimEnd() }, "service output");
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, output: error.message }));
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  });
}

const NOTICE_INTERVAL_MS = 10_000;
const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;
/** A starting service uses at least this share of a CPU; an idle database or Redis uses less. */
const MIN_CPU_SHARE = 0.02;

async function untilReady(options: Launch, pid: number, exited: Promise<Exit>): Promise<void> {
  const { name, probe, port, log, signal, startDeadline = 60_000 } = options;
  const interval = Math.min(NOTICE_INTERVAL_MS, startDeadline);
  // Monotonic, because a jump of the system clock must not look like an idle server.
  const since = performance.now();
  let workedAt = since;
  let noticed = { at: since, cpu: cpuTimeOf(pid) };
  const gone = exited.then((exit) => {
    throw new ServiceEnded(name, exit);
  });
  for (;;) {
    try {
      const answer = within(PROBE_TIMEOUT_MS, probe(), `asking ${name}`);
      await orAborted(Promise.race([gone, answer]), signal);
      if (!listensOn(pid, port)) throw new Error(`another program answers on port ${port}`);
      return;
    } catch (cause) {
      if (cause instanceof ServiceEnded || signal?.aborted) throw cause;
      const now = performance.now();
      if (now - noticed.at >= interval) {
        const cpu = cpuTimeOf(pid);
        const used = noticed.cpu === null || cpu === null ? 0 : cpu - noticed.cpu;
        const isWorking = used >= (now - noticed.at) * MIN_CPU_SHARE;
        if (isWorking && !(cause instanceof Broken)) workedAt = now;
        noticed = { at: now, cpu };
        if (now - workedAt >= startDeadline)
          throw new Error(`${name} did not answer within ${Math.round(now - since)} ms`, { cause });
        const why = cause instanceof Error ? cause.message : String(cause);
        const seconds = Math.round((now - since) / 1000);
        log.info({ service: name, pid, seconds, why }, "the service is still starting");
      }
      // Probes themselves use CPU, which must not look like the work of a starting server.
      await sleep(Math.min(Math.max((now - since) / 10, MIN_PAUSE_MS), MAX_PAUSE_MS), signal);
    }
  }
}

/** A probe throws this error if the service can no longer work and must be replaced at once. */
export class Broken extends Error {
  override name = "Broken";
}

/** Thrown if the process of a service ends before it is ready. */
export class ServiceEnded extends Error {
  override name = "ServiceEnded";
  readonly exit: Exit;

  constructor(service: string, exit: Exit) {
    super(`${service} ended while starting: ${describeExit(exit)}`);
    this.exit = exit;
  }
}
