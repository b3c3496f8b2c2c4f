import type { Redis } from "ioredis";
import { type Script, scriptOf } from "../../lib/redis-script.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";
import { type Guard, hostName } from "../egress/guard.ts";
import { robotsDelay } from "../robots/robots.ts";

/** The result of `acquire`: a slot, or how long to wait before the next try. Times are in ms. */
type Turn =
  | {
      ok: true;
      slot: number;
      opensIn: number;
      /** Age of the host's state in Redis. It starts again at 0 when Redis is flushed. */
      age: number;
    }
  | { ok: false; wait: number };

/** The pace that a host's sources and robots.txt require. */
export interface HostPace {
  /** Minimum time from the end of a request to the next start in the same slot, ms. */
  delay: number;
  concurrency: number;
}

/** Returns the pace of a host, which its robots.txt can slow down (`Crawl-delay`). */
export function paceOf(host: Host, product: string): HostPace & { startGap: number } {
  const robotsDelayMs = host.robots ? robotsDelay(host.robots, product) : 0;
  const concurrency = robotsDelayMs > 0 || host.openUntil ? 1 : host.concurrency;
  const delay = Math.max(host.delay, robotsDelayMs);
  return { delay, concurrency, startGap: startGapOf(delay, host.concurrency) };
}

/**
 * Returns the minimum time between the starts of a host's requests, ms. `concurrency` is the host's
 * usual number of parallel requests.
 */
export function startGapOf(delay: number, concurrency: number): number {
  return concurrency > 1 ? delay / concurrency : 0;
}

/** The pace of requests per host, shared by all workers. Times are in ms on Redis' clock. */
export interface Pace {
  /**
   * Takes a slot that opens within `ahead` ms, or renews the lease of `token`. A new lease ends
   * `ttl` ms after the slot opens.
   */
  acquire(
    host: string,
    lease: HostPace & { token: string; ttl: number; ahead?: number },
  ): Promise<Turn>;
  /** Gives back a slot, even after the lease was lost. Returns the ms until it opens again. */
  release(host: string, lease: HostPace & { token: string; slot: number }): Promise<number>;
  /** Gives back a slot whose request was not sent, so that no delay begins. */
  cancel(host: string, token: string, slot: number): Promise<void>;
  /** Extends the lease of a slot to `ttl` ms from now. Returns false if the lease was lost. */
  extend(host: string, token: string, slot: number, ttl: number): Promise<boolean>;
  /**
   * Returns 0 if a request may begin now, because the last one began at least `gap` ms ago.
   * Otherwise, returns the ms to wait. After 0, call `started` when the request is under way.
   */
  start(host: string, token: string, gap: number): Promise<number>;
  started(host: string, token: string): Promise<void>;
  /** Closes all slots of the host for `ms` (Retry-After). Never shortens an earlier closing. */
  penalize(host: string, ms: number): Promise<void>;
}

/** Stores the state under `<prefix>pace:{<host>}`. Each call rejects if Redis fails. */
export function createPace(redis: Redis, prefix: string): Pace {
  const scripts = Object.fromEntries(
    Object.entries(PACE_SCRIPTS).map(([name, lua]) => [
      name,
      scriptOf(redis, `pace:${name}`, lua, 1),
    ]),
  ) as Record<keyof typeof PACE_SCRIPTS, Script>;
  const run = async (
    script: keyof typeof PACE_SCRIPTS,
    host: string,
    ...args: (string | number)[]
  ): Promise<number[]> => {
    const answer = await scripts[script](`${prefix}pace:{${host}}`, ...args);
    return Array.isArray(answer) ? answer.map(Number) : [Number(answer)];
  };

  return {
    async acquire(host, { token, delay, concurrency, ttl, ahead = 0 }) {
      const answer = await run("acquire", host, token, delay, concurrency, ttl, ahead);
      const [slot = -1, wait = 0, age = 0] = answer;
      if (slot < 0) return { ok: false, wait };
      return { ok: true, slot, opensIn: wait, age };
    },
    async release(host, { token, slot, delay, concurrency }) {
      const [wait = delay] = await run("release", host, token, slot, delay, concurrency);
      return wait;
    },
    async cancel(host, token, slot) {
      await run("cancel", host, token, slot);
    },
    async extend(host, token, slot, ttl) {
      const [extended] = await run("extend", host, token, slot, ttl);
      return extended === 1;
    },
    async start(host, token, gap) {
      const [wait = gap] = await run("start", host, token, gap);
      return wait;
    },
    async started(host, token) {
      await run("started", host, token);
    },
    async penalize(host, ms) {
      await run("penalize", host, ms);
    },
  };
}

/** The state of a host that is polled once a week must not expire. */
const STATE_TTL_MS = 8 * DAY_MS;

/**
 * State of a host, in one hash. Times are in ms on Redis' clock. Fields of each slot:
 *
 * - `t`: the token of the slot's holder.
 * - `u`: when the holder's lease ends.
 * - `b`: when the slot opens or opened for its holder.
 * - `n`: the earliest time at which the slot can open again.
 * - `o`: the value of `s` before the holder took the slot. `cancel` restores it.
 *
 * Fields of the host:
 *
 * - `s`: when the slot that was taken last opens or opened.
 * - `p`: when the penalty ends.
 * - `r`: when the last request was sent.
 * - `g`: the token that is allowed to send a request now.
 * - `e`: the time until which that request can be sent.
 * - `a`: when this state was created. Redis hasn't been flushed since then.
 */
const PRELUDE = `
local key = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Read at once: each call from here costs as much as a command.
local known, stored = {}, redis.call('HGETALL', key)
for at = 1, #stored, 2 do known[stored[at]] = stored[at + 1] end
local function get(field) return tonumber(known[field]) or 0 end
local function set(field, value)
  known[field] = string.format('%.0f', value)
  redis.call('HSET', key, field, known[field])
end
local function keep(untilMs)
  local ttl = math.ceil(untilMs - now) + ${STATE_TTL_MS}
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, string.format('%.0f', ttl)) end
end
`;

const PACE_SCRIPTS = {
  acquire: `${PRELUDE}
local token, delay, slots, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ahead = tonumber(ARGV[5])
if get('a') == 0 then
  set('a', now)
  keep(now)
end
local age = now - get('a')
local opens = get('p')
if slots > 1 then opens = math.max(opens, get('s') + delay / slots) end
local best, free, from, active, soonest = nil, nil, nil, 0, nil
for slot = 0, 15 do
  local holder = known['t' .. slot]
  local lease = get('u' .. slot)
  if holder == token and lease > now then
    set('u' .. slot, now + ttl)
    return { slot, math.max(0, get('b' .. slot) - now), age }
  end
  local ready = get('n' .. slot)
  local busy = holder and lease > now
  if busy then
    -- Its request may end long before the lease: look again after a delay.
    local again = math.min(lease, now + math.max(delay, 250))
    active = active + 1
    soonest = math.min(soonest or again, again)
    ready = math.max(ready, again)
  elseif holder then
    -- Nobody gave it back: its request may have lasted as long as the lease.
    ready = math.max(ready, lease + delay)
  end
  if slot < slots then
    best = math.min(best or ready, ready)
    if not busy and ready <= now + ahead and (not free or ready < from) then free, from = slot, ready end
  end
end
opens = math.max(opens, free and from or best)
if active >= slots then free, opens = nil, math.max(opens, soonest) end
if opens > now + ahead or not free then return { -1, math.max(1, math.ceil(opens - now)), age } end
local begins = math.max(now, math.ceil(opens))
redis.call('HSET', key, 't' .. free, token)
set('u' .. free, begins + ttl)
set('o' .. free, get('s'))
set('b' .. free, begins)
set('s', begins)
keep(begins + ttl + delay)
return { free, begins - now, age }
`,
  release: `${PRELUDE}
local token, slot, delay, slots = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
-- Rounded down the delay would begin before the request's end.
now = time[1] * 1000 + math.ceil(time[2] / 1000)
set('n' .. slot, math.max(get('n' .. slot), now + delay))
if known['t' .. slot] == token then
  redis.call('HDEL', key, 't' .. slot, 'u' .. slot, 'b' .. slot, 'o' .. slot)
end
local opens = math.max(get('n' .. slot), get('p'))
if slots > 1 then opens = math.max(opens, get('s') + delay / slots) end
keep(opens)
return math.max(0, math.ceil(opens - now))
`,
  cancel: `${PRELUDE}
local token, slot = ARGV[1], ARGV[2]
if known['t' .. slot] ~= token then return 0 end
if get('s') == get('b' .. slot) then set('s', get('o' .. slot)) end
redis.call('HDEL', key, 't' .. slot, 'u' .. slot, 'b' .. slot, 'o' .. slot)
return 1
`,
  extend: `${PRELUDE}
local token, slot, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3])
if known['t' .. slot] ~= token then return 0 end
set('u' .. slot, now + ttl)
keep(now + ttl)
return 1
`,
  penalize: `${PRELUDE}
local ends = now + tonumber(ARGV[1])
set('p', math.max(get('p'), ends))
keep(ends)
return 1
`,
  start: `${PRELUDE}
local token, gap = ARGV[1], tonumber(ARGV[2])
local holder = known['g']
if holder and holder ~= token and get('e') > now then return 5 end
local wait = math.ceil(get('r') + gap - now)
if wait > 0 then return wait end
redis.call('HSET', key, 'g', token)
set('e', now + 2000)
set('r', now)
keep(now + gap)
return 0
`,
  started: `${PRELUDE}
if known['g'] ~= ARGV[1] then return 0 end
redis.call('HDEL', key, 'g', 'e')
set('r', now)
return 1
`,
};

/** Limits the concurrent requests to an IP address, from all workers and to all its hosts. */
export interface AddressCap {
  /**
   * Takes or renews a permit for `ttl` ms. Returns 0, or the ms until the caller should try again.
   */
  enter(address: string, token: string, ttl: number): Promise<number>;
  leave(address: string, token: string, elapsedMs: number): Promise<void>;
}

/**
 * Redis stores two keys for an IP address.
 *
 * `places` is a sorted set of the permits' tokens, by the end of their leases.
 *
 * `state` is a hash with two fields:
 *
 * - `h`: the moving average of how long permits are in use, ms.
 * - `x`: when the last rejected caller should try again. The next rejected caller gets a later
 *   time.
 */
const CAP_PRELUDE = `
local places, state = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function get(field, fallback) return tonumber(redis.call('HGET', state, field)) or fallback end
local function set(field, value) redis.call('HSET', state, field, string.format('%.0f', value)) end
redis.call('PEXPIRE', state, 600000)
`;

const ENTER = `${CAP_PRELUDE}
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

const LEAVE = `${CAP_PRELUDE}
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
 * Returns the first of a host's addresses in sorted order. Null if the name doesn't resolve or an
 * address is refused.
 */
export async function addressGroup(guard: Guard, host: string): Promise<string | null> {
  const { hostname, port } = new URL(`http://${host}`);
  try {
    const addresses = await guard.addressesOf(hostName(hostname), Number(port) || 443);
    // DNS rotates the addresses.
    return addresses.toSorted()[0] ?? null;
  } catch {
    return null;
  }
}
