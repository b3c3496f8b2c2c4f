import type { Redis } from "ioredis";

/** A Lua script on a Redis: its keys, then its arguments; rejects when Redis can't be reached. */
export type Script = (...params: (string | number)[]) => Promise<unknown>;

/**
 * A script of `lua` with so many keys; where no number is given, it is the first thing that each call gives.
 * A connection sends it whole once and names it by its hash from then
 * on; a Redis that has forgotten it gets it again.
 */
export function scriptOf(redis: Redis, name: string, lua: string, numberOfKeys?: number): Script {
  redis.defineCommand(name, numberOfKeys === undefined ? { lua } : { lua, numberOfKeys });
  const run = Reflect.get(redis, name) as Script;
  return run.bind(redis);
}
