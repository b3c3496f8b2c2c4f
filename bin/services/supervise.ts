import { sleep } from "../../lib/time.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";

/** A service that is restarted when it dies, and replaced when it is stuck. */
export interface Supervised {
  readonly name: string;
  readonly url: string;
  /** The current process's id; null from the end of one process to the start of the next. */
  readonly pid: number | null;
  /** When the current process was started. */
  readonly since: Date;
  readonly restarts: number;
  /** Number of restarts that replaced a stuck process. */
  readonly replaced: number;
  readonly lastExit: string | null;
  readonly problem: string | null;
  stop(): Promise<void>;
}

const BACKOFF = { first: 250, most: 30_000, healthy: 60_000 };

/**
 * Starts a service, and restarts it when it ends or is stuck for `stuckAfter` ms. Throws if the
 * first start fails. `start` must use the same port and data each time.
 */
export async function supervise(
  start: (signal: AbortSignal | undefined) => Promise<Service>,
  options: {
    log: Log;
    /** Ends the first start. */
    signal?: AbortSignal | undefined;
    /**
     * Delays before restarts, ms: `first`, doubled up to `most`; reset after running for `healthy`.
     */
    backoff?: { first: number; most: number; healthy: number };
    stuckAfter?: number;
    /**
     * Called for each process that ends before `stop` is called; must not reject. `isFault` is true
     * if the process failed, crashed or didn't answer.
     */
    lost?(service: Service, isFault: boolean): Promise<void>;
  },
): Promise<Supervised> {
  const { log, stuckAfter = 60_000, backoff = BACKOFF } = options;
  const first = await start(options.signal);
  const { name } = first;
  const stopping = new AbortController();
  let current: Service | null = first;
  let trouble: ProcessProblem | null = null;
  let stuck: ProcessProblem | null = null;
  let startProblem: string | null = null;
  const supervised = {
    name,
    url: first.url,
    since: new Date(),
    restarts: 0,
    replaced: 0,
    lastExit: null as string | null,
    get pid() {
      return current?.pid ?? null;
    },
    get problem() {
      if (current === null) return startProblem ?? "restarting";
      return trouble?.text ?? null;
    },
    async stop() {
      stopping.abort();
      await current?.stop();
      await upkeep;
      // A restart in progress when the stop came may have created a new process.
      await current?.stop();
    },
  };

  const restart = async (delay: number): Promise<Service | null> => {
    await sleep(delay, stopping.signal);
    if (stopping.signal.aborted) return null;
    try {
      const service = await start(stopping.signal);
      startProblem = null;
      supervised.since = new Date();
      const { restarts } = supervised;
      log.info({ service: name, pid: service.pid, restarts }, "service restarted");
      return service;
    } catch (error) {
      if (stopping.signal.aborted) return null;
      const wait = Math.min(delay * 2, backoff.most);
      startProblem = error instanceof Error ? error.message : String(error);
      log.warn({ service: name, err: error, wait }, "the service doesn't start; trying again");
      return restart(wait);
    }
  };

  /** Kills a service that is stuck for `stuckAfter` ms. */
  const watch = async (service: Service, ended: AbortSignal) => {
    for (;;) {
      await sleep(CHECK_INTERVAL_MS, ended);
      const found = ended.aborted ? null : await service.inspect();
      if (ended.aborted) return;
      trouble = found;
      const since = found?.stuckSince ?? null;
      if (!found || since === null || Date.now() - since < stuckAfter) continue;
      // A service that is stopping can report anything.
      if (stopping.signal.aborted) return;
      stuck = found;
      const { pid } = service;
      log.warn({ service: name, pid, why: found.text }, "the service is stuck; replacing it");
      service.kill();
      return;
    }
  };

  const keep = async () => {
    let delay = backoff.first;
    for (let service: Service | null = first; service; ) {
      const since = Date.now();
      const ending = new AbortController();
      void watch(service, ending.signal);
      const exit = await service.exited;
      ending.abort();
      if (stopping.signal.aborted) return;
      await options.lost?.(service, stuck?.isSilent ?? isFault(exit));
      if (Date.now() - since > backoff.healthy) delay = backoff.first;
      supervised.restarts++;
      if (stuck !== null) supervised.replaced++;
      const lastExit = stuck === null ? describeExit(exit) : `replaced: ${stuck.text}`;
      supervised.lastExit = lastExit;
      current = null;
      trouble = null;
      stuck = null;
      const { restarts } = supervised;
      log.warn({ service: name, exit: lastExit, restarts, wait: delay }, "service died");
      service = await restart(delay);
      current = service;
      // `stop` was called while the new process started. It also stops that process.
      if (stopping.signal.aborted) return;
      delay = Math.min(delay * 2, backoff.most);
    }
  };
  const upkeep = keep();
  return supervised;
}

export const CHECK_INTERVAL_MS = 1000;

/** How a service ended, with its last lines of output. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** A process that this process started and owns. */
export interface Service {
  readonly name: string;
  /** URL for clients. Restarts don't change it. */
  readonly url: string;
  readonly pid: number;
  /** The name under which a worker records its tasks; null or missing for other processes. */
  readonly worker?: string | null;
  /** Ends the service gracefully, or by force after a deadline; idempotent. */
  stop(): Promise<void>;
  kill(): void;
  /** Returns what is wrong with the service; null if it works. Never rejects. */
  inspect(): Promise<ProcessProblem | null>;
  /** Resolves when the process ends. Never rejects. */
  readonly exited: Promise<Exit>;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Describes how a service ended, e.g. `killed by SIGKILL` or `exit code 1: <last line>`. */
export function describeExit(exit: Exit): string {
  const how = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.code}`;
  const last = exit.output.trim().split("\n").at(-1);
  return last ? `${how}: ${last}` : how;
}

function isFault({ code, signal }: Pick<Exit, "code" | "signal">): boolean {
  return signal === null
    ? code !== 0
    : !["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"].includes(signal);
}
