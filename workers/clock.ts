import type { Redis } from "ioredis";
import type { Logger } from "../config/logger.ts";

/** How far a worker's clock may be from Redis's, ms: more would shift when things are due. */
const MOST = 5_000;
const EVERY = 10_000;
const AGAIN = 500;

/** Sees that work is only taken while this machine's clock is right. */
export interface Clock {
  /** Why no work is taken, in words; null while the clock is right. */
  problem(): string | null;
  stop(): void;
}

/**
 * Compares this machine's clock with Redis's, now and every 10 s; `work(true)` when work may be
 * taken, `work(false)` when no longer. Nothing is taken before the first answer.
 */
export function keepTime(
  redis: Pick<Redis, "time">,
  work: (may: boolean) => void,
  log: Pick<Logger, "error" | "info" | "debug">,
): Clock {
  let problem: string | null = null;
  let working = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async () => {
    let wait = EVERY;
    try {
      problem = problemOf(await skewOf(redis));
      if (stopped) return;
      if (working !== (problem === null)) {
        working = problem === null;
        if (problem) log.error({ problem }, "no work is taken");
        else log.info({}, "work is taken");
        work(working);
      }
    } catch (err) {
      log.debug({ err }, "Redis's clock can't be read");
      wait = AGAIN;
    }
    if (!stopped) timer = setTimeout(() => void look(), wait);
  };
  void look();
  return {
    problem: () => problem,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What this machine's clock is ahead of Redis's, ms; negative when it is behind. */
async function skewOf(redis: Pick<Redis, "time">): Promise<number> {
  const asked = Date.now();
  const [seconds, micros] = await redis.time();
  const between = (asked + Date.now()) / 2;
  return Math.round(between - (Number(seconds) * 1000 + Number(micros) / 1000));
}

function problemOf(skew: number): string | null {
  if (Math.abs(skew) <= MOST) return null;
  const seconds = Math.round(Math.abs(skew) / 1000);
  const side = skew > 0 ? "ahead of" : "behind";
  return `this machine's clock is ${seconds} s ${side} Redis's, no work is taken: set it right`;
}
