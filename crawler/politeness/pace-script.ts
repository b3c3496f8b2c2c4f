/**
 * State of a host, one hash: per slot `t` token, `u` lease until, `n` not before, `b` begin of its
 * turn, `o` the host's last start before that; for the host `s` last start and `p` penalty until;
 * for requests that may run at the same time `r` last request, `g` who is sending one, `e` until when; `a` since
 * when anything is known of it.
 * All times are ms of Redis' TIME. The state expires some minutes after it stopped to matter.
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
  local ttl = math.ceil(untilMs - now) + 600000
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, string.format('%.0f', ttl)) end
end
`;

const ACQUIRE = `${PRELUDE}
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
`;

const RELEASE = `${PRELUDE}
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
`;

const CANCEL = `${PRELUDE}
local token, slot = ARGV[1], ARGV[2]
if known['t' .. slot] ~= token then return 0 end
if get('s') == get('b' .. slot) then set('s', get('o' .. slot)) end
redis.call('HDEL', key, 't' .. slot, 'u' .. slot, 'b' .. slot, 'o' .. slot)
return 1
`;

const EXTEND = `${PRELUDE}
local token, slot, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3])
if known['t' .. slot] ~= token then return 0 end
set('u' .. slot, now + ttl)
keep(now + ttl)
return 1
`;

const PENALIZE = `${PRELUDE}
local ends = now + tonumber(ARGV[1])
set('p', math.max(get('p'), ends))
keep(ends)
return 1
`;

const START = `${PRELUDE}
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
`;

const STARTED = `${PRELUDE}
if known['g'] ~= ARGV[1] then return 0 end
redis.call('HDEL', key, 'g', 'e')
set('r', now)
return 1
`;

/** The Lua of each call; KEYS[1] is the host's hash, ARGV in the order that `pace.ts` gives. */
export const PACE_SCRIPTS = {
  acquire: ACQUIRE,
  release: RELEASE,
  cancel: CANCEL,
  extend: EXTEND,
  penalize: PENALIZE,
  start: START,
  started: STARTED,
};
