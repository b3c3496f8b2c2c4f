import type { Redis } from "ioredis";

/**
 * Calls a Lua script on Redis with its keys and then its arguments. Rejects if Redis can't be
 * reached.
 */
export type Script = (...params: (string | number)[]) => Promise<unknown>;

/**
 * Returns a function that calls the script `lua` with `numberOfKeys` keys. If `numberOfKeys` is
 * missing, each call passes the number of keys as its first argument. If Redis has lost the script,
 * the connection sends it again.
 */
export function scriptOf(redis: Redis, name: string, lua: string, numberOfKeys?: number): Script {
  redis.defineCommand(name, numberOfKeys === undefined ? { lua } : { lua, numberOfKeys });
  const run = Reflect.get(redis, name) as Script;
  return run.bind(redis);
}
