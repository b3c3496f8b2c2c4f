import type { Redis } from "ioredis";
import { type Script, scriptOf } from "../../lib/redis-script.ts";
import { PACE_SCRIPTS } from "./pace-script.ts";

/** A turn at a host: granted with its slot, or the ms to wait before asking again. */
export type Turn =
  | {
      ok: true;
      slot: number;
      /** Until its request may start, ms. */
      opensIn: number;
      /** For how long something is known of the host, ms: since its first turn, or since Redis was flushed. */
      age: number;
    }
  | { ok: false; wait: number };

/** The pace of a host as its sources and robots.txt want it; milliseconds. */
export interface HostPace {
  /** From the end of a request to the start of the next in the same slot. */
  delay: number;
  concurrency: number;
}

/** Politeness shared over all workers and queues; the clock is Redis' own. */
export interface Pace {
  /**
   * Takes a slot of the host that is open, or opens within `ahead` ms, for `ttl` ms from then on; a crashed
   * holder loses it then.
   */
  acquire(
    host: string,
    lease: HostPace & { token: string; ttl: number; ahead?: number },
  ): Promise<Turn>;
  /** Ends a turn after a request; answers the ms until the slot may go again. A lost lease counts. */
  release(host: string, lease: HostPace & { token: string; slot: number }): Promise<number>;
  /** Gives a slot back unused, as it was: no request was made. */
  cancel(host: string, token: string, slot: number): Promise<void>;
  /** Keeps a slot for `ttl` ms from now; false when the lease was lost. */
  extend(host: string, token: string, slot: number, ttl: number): Promise<boolean>;
  /**
   * Asks to send a request now, `gap` ms after the host's last one at least: 0 means go, else the
   * ms to wait before asking again. Who may go says `started` once it is under way.
   */
  start(host: string, token: string, gap: number): Promise<number>;
  started(host: string, token: string): Promise<void>;
  /** Closes the whole host for `ms` (Retry-After); never shortens. */
  penalize(host: string, ms: number): Promise<void>;
}

/** Host paces under `<prefix>pace:<host>`; each call is one Lua script and fails with Redis. */
export function createPace(redis: Redis, prefix: string): Pace {
  const scripts = Object.fromEntries(
    Object.entries(PACE_SCRIPTS).map(([name, lua]) => [
      name,
      scriptOf(redis, `pace:${name}`, lua, 1),
    ]),
  ) as Record<keyof typeof PACE_SCRIPTS, Script>;
  const run = (script: keyof typeof PACE_SCRIPTS, host: string, args: (string | number)[]) =>
    scripts[script](`${prefix}pace:{${host}}`, ...args);

  return {
    async acquire(host, { token, delay, concurrency, ttl, ahead = 0 }) {
      const answer = await run("acquire", host, [token, delay, concurrency, ttl, ahead]);
      const [slot = -1, wait = 0, age = 0] = numbers(answer);
      if (slot < 0) return { ok: false, wait };
      return { ok: true, slot, opensIn: wait, age };
    },
    async release(host, { token, slot, delay, concurrency }) {
      const [wait = delay] = numbers(await run("release", host, [token, slot, delay, concurrency]));
      return wait;
    },
    async cancel(host, token, slot) {
      await run("cancel", host, [token, slot]);
    },
    async extend(host, token, slot, ttl) {
      const [kept = 0] = numbers(await run("extend", host, [token, slot, ttl]));
      return kept === 1;
    },
    async start(host, token, gap) {
      const [wait = gap] = numbers(await run("start", host, [token, gap]));
      return wait;
    },
    async started(host, token) {
      await run("started", host, [token]);
    },
    async penalize(host, ms) {
      await run("penalize", host, [ms]);
    },
  };
}

function numbers(answer: unknown): number[] {
  return Array.isArray(answer) ? answer.map(Number) : [Number(answer)];
}
