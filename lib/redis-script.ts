import type { Redis } from "ioredis";

/**
 * Calls a Lua script on Redis with its keys and then its arguments. Rejects if Redis can't be
 * reached.
 */
export type Script = (...params: (string | number)[]) => Promise<unknown>;

/**
 * Returns a function that calls the script `lua` with `numberOfKeys` keys. If the number is
 * missing, it is the first argument of each call. A connection sends the script once, then only its
 * hash; if Redis has lost the script, it sends the script again.
 */
export function scriptOf(redis: Redis, name: string, lua: string, numberOfKeys?: number): Script {
  redis.defineCommand(name, numberOfKeys === undefined ? { lua } : { lua, numberOfKeys });
  const run = Reflect.get(redis, name) as Script;
  return run.bind(redis);
}
