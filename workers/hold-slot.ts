import type { HostPace } from "../fetch/pace.ts";
import type { TurnDeps } from "./deps.ts";

/** A lease of this length is prolonged while it is held, so a killed worker's host is free soon. */
const TTL = 10_000;
const EXTEND = 3_000;

/** A place at a host for one request. */
export interface Slot {
  ok: true;
  /** Redis knew nothing of the host: it may have been flushed. */
  fresh: boolean;
  /** Ends the turn after a request; answers the ms until the next one may start. */
  release(): Promise<number>;
  /** Gives the slot back if no request was made with it. */
  cancel(): Promise<void>;
}

/** Takes a slot of the host and keeps it until it is released; or says how long to wait, in ms. */
export async function holdSlot(
  { pace, log }: Pick<TurnDeps, "pace" | "log">,
  host: string,
  lease: HostPace & { token: string },
): Promise<Slot | { ok: false; wait: number }> {
  const taken = await pace.acquire(host, { ...lease, ttl: TTL });
  if (!taken.ok) return taken;
  const { slot, fresh } = taken;
  const { token } = lease;
  const timer = setInterval(() => {
    pace.extend(host, token, slot, TTL).catch((error: unknown) => {
      log.debug({ err: error, host }, "lease not prolonged");
    });
  }, EXTEND);
  let held = true;
  const end = () => {
    held = false;
    clearInterval(timer);
  };
  return {
    ok: true,
    fresh,
    async release() {
      end();
      return pace.release(host, { ...lease, slot });
    },
    async cancel() {
      if (!held) return;
      end();
      await pace.cancel(host, token, slot);
    },
  };
}
