import type { Places } from "../../crawler/browser/places.ts";
import type { HostPace } from "../../crawler/politeness/pace.ts";
import { sleep, sleepUntil } from "../../lib/time.ts";
import type { TurnDeps } from "../deps.ts";

/** A lease of this length is prolonged while it is held, so a killed worker's host is free soon. */
const TTL = 10_000;
const EXTEND = 3_000;
/** A slot is taken so long before it opens at most, ms: the link is claimed meanwhile. */
const AHEAD = 200;
/** A turn begins so long before its slot opens, ms. */
const EARLY = 150;
/** A wait of at most so long, ms, is not worth another start of the job. */
const PATIENCE = 1_000;

/** A place at a host for one request. */
export interface Slot {
  ok: true;
  /** For how long Redis has known the host, ms; it may have been flushed then. */
  age: number;
  /** Resolves once the host's delay is over. */
  opened: Promise<void>;
  /** Waited for right before the request goes out, `opened` too; what it answers is called once it is under way. */
  start(): Promise<() => void>;
  /** Ends the turn after a request; answers the ms until the next one may start, at `pace` if given. */
  release(pace?: HostPace): Promise<number>;
  /** Gives the slot back if no request was made with it. */
  cancel(): Promise<void>;
}

type Taken = Slot | { ok: false; wait: number };
type Lease = HostPace & { token: string };
type HoldDeps = Pick<TurnDeps, "pace" | "addresses" | "addressCap" | "log">;

/**
 * Takes a slot of the host, and a place at its address, and keeps both until they are released; or
 * says how long to wait, in ms, if that is more than a moment. A place in the browser comes first, where `browser` are
 * its places: while there is none, nobody else is kept from the host.
 */
export async function holdSlot(
  deps: HoldDeps,
  host: string,
  lease: Lease,
  browser?: Places,
): Promise<Taken> {
  for (let patience = PATIENCE; ; ) {
    const leave = await browser?.take();
    const taken = await takeSlot(deps, host, lease, leave).catch((error: unknown) => {
      leave?.();
      throw error;
    });
    if (!taken.ok) leave?.();
    if (taken.ok || taken.wait > patience) return taken;
    patience -= taken.wait;
    await sleep(taken.wait);
  }
}

async function takeSlot(
  deps: HoldDeps,
  host: string,
  lease: Lease,
  leave?: () => void,
): Promise<Taken> {
  const { pace, addressCap, log } = deps;
  const taken = await pace.acquire(host, { ...lease, ttl: TTL, ahead: AHEAD });
  if (!taken.ok) return taken;
  const opens = performance.now() + taken.opensIn;
  const { slot, age } = taken;
  const { token, delay, concurrency } = lease;
  const address = await deps.addresses.get(host);
  const keepPlace = async () => (address === null ? 0 : addressCap.enter(address, token, TTL));
  const full = await keepPlace();
  if (full > 0) {
    await pace.cancel(host, token, slot);
    return { ok: false, wait: full };
  }
  const began = performance.now();
  const timer = setInterval(() => {
    const kept = [pace.extend(host, token, slot, TTL), keepPlace()];
    Promise.all<unknown>(kept).catch((error: unknown) => {
      log.debug({ err: error, host }, "lease not prolonged");
    });
  }, EXTEND);
  const opened = sleepUntil(opens);
  let held = true;
  const end = async () => {
    held = false;
    leave?.();
    clearInterval(timer);
    if (address !== null) await addressCap.leave(address, token, performance.now() - began);
  };
  return {
    ok: true,
    age,
    opened,
    // One request at a time needs no gap between starts: the lease keeps the delay after its end.
    async start() {
      await opened;
      if (concurrency === 1) return () => {};
      for (let wait = 1; wait > 0; await sleep(wait)) {
        wait = await pace.start(host, token, delay / concurrency);
      }
      return () => void pace.started(host, token).catch(() => {});
    },
    async release(now = lease) {
      const [wait] = await Promise.all([pace.release(host, { ...now, token, slot }), end()]);
      return wait;
    },
    async cancel() {
      if (!held) return;
      await Promise.all([pace.cancel(host, token, slot), end()]);
    },
  };
}

/** Ends a turn after its request; answers when the host's next one begins, at `pace` if given. */
export async function endTurn(
  { now }: Pick<TurnDeps, "now">,
  slot: Pick<Slot, "release">,
  pace?: HostPace,
): Promise<Date> {
  const at = now();
  return beforeOpening(at, await slot.release(pace));
}

/** When a turn begins whose slot opens in `wait` ms. */
export function beforeOpening(now: Date, wait: number): Date {
  return new Date(now.getTime() + Math.max(0, wait - EARLY));
}
