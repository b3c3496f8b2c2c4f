import type { TakePlace } from "../../crawler/visit.ts";
import { shortHash } from "../../lib/hash.ts";
import { sleep } from "../../lib/time.ts";
import type { TurnDeps } from "../deps.ts";
import { holdSlot } from "./hold-slot.ts";

/** Longest wait for a host's turn among others, ms. */
const PATIENCE = 300_000;

/** Places at hosts that are shared with the host turns of all workers. */
export function sharedPlaces(
  deps: Pick<TurnDeps, "pace" | "addresses" | "addressCap" | "log" | "hosts" | "random">,
): TakePlace {
  return async (host, asked) => {
    const known = await deps.hosts.get(host);
    const delay = Math.max(asked, known?.delay ?? 0);
    const until = Date.now() + PATIENCE;
    for (;;) {
      const token = shortHash(`visit ${host} ${deps.random()}`);
      const slot = await holdSlot(deps, host, { token, delay, concurrency: 1 });
      if (slot.ok) return { start: slot.start, release: () => slot.release() };
      if (Date.now() + slot.wait > until) throw new Error(`no turn at ${host} for ${PATIENCE} ms`);
      await sleep(slot.wait);
    }
  };
}
