import { Redis } from "ioredis";

/** A connection to Redis whose scripts use a clock of the test instead of Redis's time. */
export interface ClockedRedis {
  redis: Redis;
  /** Moves the clock on. */
  advance(ms: number): Promise<void>;
}

interface Connection {
  host: string;
  port: number;
  retryStrategy?: () => number;
}

const CLOCK = "test-clock";
/** Replaces `TIME` in scripts: returns seconds and microseconds from the clock's milliseconds. */
const TIME = `(function()
  local ms = tonumber(redis.call('GET', '${CLOCK}') or '1700000000000')
  return { math.floor(ms / 1000), (ms % 1000) * 1000 }
end)()`;

/** Opens such a connection; its clock stands still until it is moved. */
export function openClockedRedis(options: Connection): ClockedRedis {
  const redis = new Redis(options);
  const define = redis.defineCommand.bind(redis);
  redis.defineCommand = (name, definition) =>
    define(name, { ...definition, lua: definition.lua.replaceAll("redis.call('TIME')", TIME) });
  return {
    redis,
    async advance(ms) {
      await redis.set(CLOCK, 1_700_000_000_000, "NX");
      await redis.incrby(CLOCK, ms);
    },
  };
}
