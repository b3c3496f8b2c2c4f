import type { Redis } from "ioredis";

/** Calls a Lua script on Redis with its keys and then its arguments; rejects if Redis can't be reached. */
export type Script = (...params: (string | number)[]) => Promise<unknown>;

/**
 * Returns a function that calls the script `lua` with this number of keys; without a number, each call passes it as
 * the first argument. A connection sends the script once and then only its hash; a Redis that has lost the script
 * gets it again.
 */
export function scriptOf(redis: Redis, name: string, lua: string, numberOfKeys?: number): Script {
  redis.defineCommand(name, numberOfKeys === undefined ? { lua } : { lua, numberOfKeys });
  const run = Reflect.get(redis, name) as Script;
  return run.bind(redis);
}
