import { sleep } from "../../lib/time.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";

/** Delays before restarts, ms: `first`, doubled up to `most`; reset after running for `healthy`. */
export interface Backoff {
  first: number;
  most: number;
  healthy: number;
}

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

interface State {
  service: Service | null;
  since: Date;
  restarts: number;
  replaced: number;
  lastExit: string | null;
  stuck: ProcessProblem | null;
  trouble: ProcessProblem | null;
  cause: string | null;
}

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
    backoff?: Partial<Backoff>;
    stuckAfter?: number;
    /**
     * Called for each process that ends before `stop` is called; must not reject. `isFault` is true
     * if the process failed, crashed or didn't answer.
     */
    lost?(service: Service, isFault: boolean): Promise<void>;
  },
): Promise<Supervised> {
  const { log, stuckAfter = 60_000 } = options;
  const backoff = { first: 250, most: 30_000, healthy: 60_000, ...options.backoff };
  const first = await start(options.signal);
  const { name, url } = first;
  const stopping = new AbortController();
  const state: State = {
    service: first,
    since: new Date(),
    restarts: 0,
    replaced: 0,
    lastExit: null,
    stuck: null,
    trouble: null,
    cause: null,
  };

  const restart = async (delay: number): Promise<Service | null> => {
    await sleep(delay, stopping.signal);
    if (stopping.signal.aborted) return null;
    try {
      const service = await start(stopping.signal);
      state.cause = null;
      state.since = new Date();
      log.info({ service: name, pid: service.pid, restarts: state.restarts }, "service restarted");
      return service;
    } catch (error) {
      if (stopping.signal.aborted) return null;
      const wait = Math.min(delay * 2, backoff.most);
      state.cause = error instanceof Error ? error.message : String(error);
      log.warn({ service: name, err: error, wait }, "the service doesn't start; trying again");
      return restart(wait);
    }
  };

  const watchService = (service: Service) =>
    watch(service, {
      stuckAfter,
      note: (trouble) => (state.trouble = trouble),
      replace: (problem) => {
        // A service that is stopping can report anything.
        if (stopping.signal.aborted) return;
        state.stuck = problem;
        log.warn(
          { service: name, pid: service.pid, why: problem.text },
          "the service is stuck; replacing it",
        );
        service.kill();
      },
    });

  const keep = async () => {
    let delay = backoff.first;
    for (let service: Service | null = first; service; ) {
      const since = Date.now();
      const endWatch = watchService(service);
      const ended = await service.exited;
      const exit = describeExit(ended);
      endWatch();
      if (stopping.signal.aborted) return;
      await options.lost?.(service, state.stuck?.isSilent ?? isFault(ended));
      if (Date.now() - since > backoff.healthy) delay = backoff.first;
      state.service = null;
      state.trouble = null;
      state.restarts++;
      if (state.stuck !== null) state.replaced++;
      state.lastExit = state.stuck === null ? exit : `replaced: ${state.stuck.text}`;
      state.stuck = null;
      log.warn(
        { service: name, exit: state.lastExit, restarts: state.restarts, wait: delay },
        "service died",
      );
      service = await restart(delay);
      state.service = service;
      // `stop` was called while the new process started. It also stops that process.
      if (stopping.signal.aborted) return;
      delay = Math.min(delay * 2, backoff.most);
    }
  };
  const upkeep = keep();

  return {
    name,
    url,
    get pid() {
      return state.service?.pid ?? null;
    },
    get since() {
      return state.since;
    },
    get restarts() {
      return state.restarts;
    },
    get replaced() {
      return state.replaced;
    },
    get lastExit() {
      return state.lastExit;
    },
    get problem() {
      if (state.service === null) return state.cause ?? "restarting";
      return state.trouble?.text ?? null;
    },
    async stop() {
      stopping.abort();
      await state.service?.stop();
      await upkeep;
      // A restart in progress when the stop came may have created a new process.
      await state.service?.stop();
    },
  };
}

export const CHECK_INTERVAL_MS = 1000;

function watch(
  service: Pick<Service, "inspect">,
  options: {
    stuckAfter: number;
    note: (trouble: ProcessProblem | null) => void;
    replace: (problem: ProcessProblem) => void;
    every?: number;
  },
): () => void {
  const { stuckAfter, note, replace, every = CHECK_INTERVAL_MS } = options;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const check = async () => {
    const trouble = await service.inspect();
    if (ended) return;
    note(trouble);
    const since = trouble?.stuckSince ?? null;
    if (trouble && since !== null && Date.now() - since >= stuckAfter) {
      ended = true;
      replace(trouble);
      return;
    }
    timer = setTimeout(() => void check(), every);
  };
  timer = setTimeout(() => void check(), every);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

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
