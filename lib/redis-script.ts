import type { Redis } from "ioredis";

/** Calls a Lua script with its keys and then its arguments; rejects if Redis can't be reached. */
export type Script = (...params: (string | number)[]) => Promise<unknown>;

/** Defines a script. Without `numberOfKeys`, each call passes that number as its first argument. */
export function scriptOf(redis: Redis, name: string, lua: string, numberOfKeys?: number): Script {
  redis.defineCommand(name, numberOfKeys === undefined ? { lua } : { lua, numberOfKeys });
  const run = Reflect.get(redis, name) as Script;
  return run.bind(redis);
}
