import { sleep } from "../lib/time.ts";
import { describeExit, type Log, type Service } from "./service.ts";

/** ms to wait before a restart: the first time, and at most; after `healthy` ms it starts anew. */
export interface Backoff {
  first: number;
  most: number;
  healthy: number;
}

/** A service that is started again whenever it dies. */
export interface Supervised {
  readonly name: string;
  readonly url: string;
  /** Its process now; null between death and restart. */
  readonly pid: number | null;
  readonly restarts: number;
  /** How it ended the last time, in words. */
  readonly lastExit: string | null;
  stop(): Promise<void>;
}

/**
 * Starts a service (a failure is thrown) and from then on restarts it whenever its process ends.
 * `start` must keep port and data, so that clients only have to reconnect.
 */
export async function supervise(
  start: () => Promise<Service>,
  options: { log: Log; backoff?: Partial<Backoff> },
): Promise<Supervised> {
  const { log } = options;
  const backoff = { first: 250, most: 30_000, healthy: 60_000, ...options.backoff };
  const first = await start();
  const { name, url } = first;
  const stopping = new AbortController();
  const state: { service: Service | null; restarts: number; lastExit: string | null } = {
    service: first,
    restarts: 0,
    lastExit: null,
  };

  const restart = async (delay: number): Promise<Service | null> => {
    await sleep(delay, stopping.signal);
    if (stopping.signal.aborted) return null;
    try {
      const service = await start();
      log.info({ service: name, pid: service.pid, restarts: state.restarts }, "service restarted");
      return service;
    } catch (error) {
      const wait = Math.min(delay * 2, backoff.most);
      log.warn({ service: name, err: error, wait }, "service does not start; trying again");
      return restart(wait);
    }
  };

  const keep = async () => {
    let delay = backoff.first;
    for (let service: Service | null = first; service; ) {
      const since = Date.now();
      const exit = describeExit(await service.exited);
      if (stopping.signal.aborted) return;
      if (Date.now() - since > backoff.healthy) delay = backoff.first;
      state.service = null;
      state.restarts++;
      state.lastExit = exit;
      log.warn({ service: name, exit, restarts: state.restarts, wait: delay }, "service died");
      service = await restart(delay);
      state.service = service;
      delay = Math.min(delay * 2, backoff.most);
    }
  };
  const keeping = keep();

  return {
    name,
    url,
    get pid() {
      return state.service?.pid ?? null;
    },
    get restarts() {
      return state.restarts;
    },
    get lastExit() {
      return state.lastExit;
    },
    async stop() {
      stopping.abort();
      await state.service?.stop();
      await keeping;
      // A restart that was under way when the stop came has brought a new process.
      await state.service?.stop();
    },
  };
}
