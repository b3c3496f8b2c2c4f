import type { Logger } from "../../config/logger.ts";
import type { Semaphore } from "../../crawler/browser/semaphore.ts";
import {
  type AddressCap,
  type HostPace,
  type Pace,
  startGapOf,
} from "../../crawler/politeness/pace.ts";
import type { AcquirePermit } from "../../crawler/visit.ts";
import type { Cached } from "../../lib/async.ts";
import { shortHash } from "../../lib/text.ts";
import { sleep, sleepUntil } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";

const LEASE_MS = 10_000;
const LEASE_RENEWAL_INTERVAL_MS = 3_000;
/** A slot can be taken this long before it opens, which gives the job time to claim a link. */
const MAX_EARLY_SLOT_MS = 200;
const EARLY_TURN_MS = 150;
const MAX_JOB_WAIT_MS = 1_000;

/** A slot for one request to a host. */
export interface Slot {
  ok: true;
  /** Age of the host's state in Redis, ms. A flush of Redis resets it to 0. */
  age: number;
  /** Resolves once the slot opens, which is when the host's delay is over. */
  opened: Promise<void>;
  /**
   * Waits until a request can be sent. Call the returned function as soon as the request is sent.
   */
  start(): Promise<() => void>;
  /**
   * Releases the slot after its request, and returns the ms until it opens again. `pace`
   * replaces the pace with which the slot was taken.
   */
  release(pace?: HostPace): Promise<number>;
  /** Gives the slot back without a request. Does nothing if the slot was already released. */
  cancel(): Promise<void>;
}

type Taken = Slot | { ok: false; wait: number };
type Lease = HostPace & { token: string; startGap: number };

export interface SlotDeps {
  pace: Pace;
  addresses: Pick<Cached<string | null>, "get">;
  addressCap: AddressCap;
  log: Logger;
}

/**
 * Takes a slot of the host and a permit for its IP address. If the wait would exceed
 * `MAX_JOB_WAIT_MS`, returns the wait in ms instead.
 */
export async function holdSlot(
  deps: SlotDeps,
  host: string,
  lease: Lease,
  browser?: Semaphore,
): Promise<Taken> {
  for (let patience = MAX_JOB_WAIT_MS; ; ) {
    // The browser's permit comes first, so that the wait for it doesn't block the host.
    const leave = await browser?.acquire();
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
  deps: SlotDeps,
  host: string,
  lease: Lease,
  leave?: () => void,
): Promise<Taken> {
  const { pace, addressCap, log } = deps;
  const taken = await pace.acquire(host, { ...lease, ttl: LEASE_MS, ahead: MAX_EARLY_SLOT_MS });
  if (!taken.ok) return taken;
  const opens = performance.now() + taken.opensIn;
  const { slot, age } = taken;
  const { token, startGap } = lease;
  const address = await deps.addresses.get(host);
  const keepPlace = async () => (address === null ? 0 : addressCap.enter(address, token, LEASE_MS));
  const full = await keepPlace();
  if (full > 0) {
    await pace.cancel(host, token, slot);
    return { ok: false, wait: full };
  }
  const began = performance.now();
  const timer = setInterval(() => {
    const renewals = [pace.extend(host, token, slot, LEASE_MS), keepPlace()];
    Promise.all<unknown>(renewals).catch((error: unknown) => {
      log.debug({ err: error, host }, "can't extend the lease");
    });
  }, LEASE_RENEWAL_INTERVAL_MS);
  const opened = sleepUntil(opens);
  let owned = true;
  const end = async () => {
    owned = false;
    leave?.();
    clearInterval(timer);
    if (address !== null) await addressCap.leave(address, token, performance.now() - began);
  };
  return {
    ok: true,
    age,
    opened,
    // With one request at a time, no gap is needed: the lease enforces the delay after the
    // request's end.
    async start() {
      await opened;
      if (startGap === 0) return () => {};
      for (let wait = 1; wait > 0; await sleep(wait)) {
        wait = await pace.start(host, token, startGap);
      }
      return () => void pace.started(host, token).catch(() => {});
    },
    async release(now = lease) {
      const [wait] = await Promise.all([pace.release(host, { ...now, token, slot }), end()]);
      return wait;
    },
    async cancel() {
      if (!owned) return;
      await Promise.all([pace.cancel(host, token, slot), end()]);
    },
  };
}

/**
 * Releases a slot after its request. Returns the time at which the job that fetches the host's
 * links should continue: shortly before the slot opens again.
 */
export async function endTurn(
  { now }: { now(): Date },
  slot: Pick<Slot, "release">,
  pace?: HostPace,
): Promise<Date> {
  const at = now();
  return beforeOpening(at, await slot.release(pace));
}

export function beforeOpening(now: Date, wait: number): Date {
  return new Date(now.getTime() + Math.max(0, wait - EARLY_TURN_MS));
}

const MAX_VISIT_WAIT_MS = 300_000;

/**
 * Returns a function that waits for a slot of a host. The function throws if the wait would exceed
 * five minutes.
 */
export function sharedPermits(
  deps: SlotDeps & { hosts: Pick<Cached<Host | null>, "get">; random(): number },
): AcquirePermit {
  return async (host, leastDelay) => {
    const known = await deps.hosts.get(host);
    const delay = Math.max(leastDelay, known?.delay ?? 0);
    const startGap = startGapOf(delay, known?.concurrency ?? 1);
    const until = Date.now() + MAX_VISIT_WAIT_MS;
    for (;;) {
      const token = shortHash(`visit ${host} ${deps.random()}`);
      const slot = await holdSlot(deps, host, { token, delay, concurrency: 1, startGap });
      if (slot.ok) return { start: slot.start, release: () => slot.release() };
      if (Date.now() + slot.wait > until)
        throw new Error(
          `the host's pace allowed no request to ${host} within ${MAX_VISIT_WAIT_MS / 1000} s`,
        );
      await sleep(slot.wait);
    }
  };
}
