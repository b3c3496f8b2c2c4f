import { hostname } from "node:os";
import type { Logger } from "../config/logger.ts";
import { sleep } from "../lib/time.ts";
import type { Part } from "../model/part.ts";
import { forgetParts, saveParts } from "../store/parts.ts";
import type { Store } from "../store/store.ts";
import type { Supervised } from "./services/supervise.ts";

/** How often the parts are told of, ms. */
const EVERY = 2000;
const DAY = 86_400_000;

/** Tells the store every 2 s how the supervised processes stand, until stopped; then they are forgotten. */
export function reportParts(
  store: Store,
  options: { processes: readonly Supervised[]; log: Logger },
): () => Promise<void> {
  const { processes, log } = options;
  const ending = new AbortController();
  const parts = () => processes.map((one) => partOf(one, new Date()));
  const run = async () => {
    while (!ending.signal.aborted) {
      // While the database is away nobody could read it either.
      await saveParts(store, parts()).catch((err: unknown) => log.debug({ err }, "parts not told"));
      await sleep(EVERY, ending.signal);
    }
  };
  const running = run();
  return async () => {
    ending.abort();
    await running;
    const ids = parts().map(({ _id }) => _id);
    await forgetParts(store, ids, new Date(Date.now() - DAY)).catch(() => {});
  };
}

function partOf(one: Supervised, at: Date): Part {
  const machine = hostname();
  const { name, pid, since, restarts, replaced, lastExit, problem } = one;
  const _id = `${machine}/${process.pid}/${name}`;
  return { _id, name, machine, pid, since, restarts, replaced, lastExit, problem, at };
}
