import { promisify } from "node:util";
import type { Redis } from "ioredis";
import { scriptOf } from "../../lib/redis-script.ts";
import type { Guard } from "../egress/guard.ts";
import { hostName } from "../egress/resolver.ts";

/** Limits the concurrent requests to an IP address, from all workers and to all its hosts. */
export interface AddressCap {
  /** Takes or renews a permit for `ttl` ms. Returns 0 on success, otherwise how many ms to wait. */
  enter(address: string, token: string, ttl: number): Promise<number>;
  leave(address: string, token: string, elapsedMs: number): Promise<void>;
}

/**
 * The beginning of each Lua script. Redis stores two keys for an IP address: `places`, a sorted set
 * of the permits' tokens, by the end of their lease; and `state`, a hash with these fields:
 *
 * - `h`: the moving average of how long permits are in use, ms.
 * - `x`: the time at which the last rejected caller should try again. Each rejected caller gets a
 *   later time than the one before, so that they don't all come back at once.
 */
const PRELUDE = `
local places, state = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function get(field, fallback) return tonumber(redis.call('HGET', state, field)) or fallback end
local function set(field, value) redis.call('HSET', state, field, string.format('%.0f', value)) end
redis.call('PEXPIRE', state, 600000)
`;

const ENTER = `${PRELUDE}
local token, ttl, cap = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', places, '-inf', now)
if redis.call('ZSCORE', places, token) or redis.call('ZCARD', places) < cap then
  redis.call('ZADD', places, now + ttl, token)
  redis.call('PEXPIRE', places, ttl)
  return 0
end
local back = math.min(math.max(get('x', 0), now) + get('h', 250) / cap, now + 60000)
set('x', back)
return math.max(1, math.ceil(back - now))
`;

const LEAVE = `${PRELUDE}
local token, held = ARGV[1], tonumber(ARGV[2])
if redis.call('ZREM', places, token) == 1 then set('h', 0.8 * get('h', held) + 0.2 * held) end
return 0
`;

/** Returns a cap that stores each address's requests in Redis, under `<prefix>address:`. */
export function createAddressCap(redis: Redis, prefix: string, cap: number): AddressCap {
  const enter = scriptOf(redis, "address:enter", ENTER, 2);
  const leave = scriptOf(redis, "address:leave", LEAVE, 2);
  const keysOf = (address: string) => {
    const key = `${prefix}address:{${address}}`;
    return [key, `${key}:state`];
  };
  return {
    async enter(address, token, ttl) {
      return Number(await enter(...keysOf(address), token, ttl, cap));
    },
    async leave(address, token, elapsedMs) {
      await leave(...keysOf(address), token, Math.round(elapsedMs));
    },
  };
}

/**
 * Returns the first of a host's addresses in sorted order, because DNS rotates them. Null if the
 * name doesn't resolve or the guard refuses one of the addresses.
 */
export async function addressGroup(guard: Guard, host: string): Promise<string | null> {
  const { hostname, port } = new URL(`http://${host}`);
  const lookup = promisify(guard.lookupFor(Number(port) || 443));
  try {
    const found: unknown = await lookup(hostName(hostname), { all: true });
    const addresses = Array.isArray(found) ? found.map(({ address }) => String(address)) : [];
    return addresses.toSorted()[0] ?? null;
  } catch {
    return null;
  }
}
