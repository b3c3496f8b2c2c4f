import { LIMITS } from "../config/limits.ts";
import type { Logger } from "../config/logger.ts";
import { sleep } from "../lib/time.ts";
import { tailSeq } from "../store/publish/changes.ts";
import { countFigures, figuresAt } from "../store/statistics/count.ts";
import { rebuildFigures } from "../store/statistics/recount.ts";
import type { Store } from "../store/store.ts";

/** Changes counted in one go: a busy day's figures are written once for all of them. */
const BATCH_SIZE = 500;
/** How far figures may lag behind the stream, ms. */
const PAUSE_MS = 5000;
/** Days between two lines of the log while figures are made. */
const LOG_EVERY_DAYS = 30;

interface FigureDeps {
  store: Store;
  log: Logger;
  now(): Date;
  timezone: string;
}

/** Brings figures up to the stream; makes them where there are none, or where it isn't kept as far back. */
export async function bringFigures(deps: FigureDeps, signal?: AbortSignal): Promise<void> {
  const { store, log } = deps;
  let at = await figuresAt(store);
  if (at === null || at < (await tailSeq(store))) {
    const onDay = (day: string, days: number) => {
      if (days % LOG_EVERY_DAYS === 0) log.info({ day, days }, "figures are made");
    };
    await rebuildFigures(store, { ...deps, onDay, ...(signal && { signal }) });
    at = await figuresAt(store);
  }
  while (at !== null) at = signal?.aborted ? null : await countFigures(store, at, BATCH_SIZE);
}

/** Keeps figures up to the stream until `signal` fires; errors are logged and tried again. */
export async function keepFigures(deps: FigureDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await bringFigures(deps, signal);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error }, "figures not brought up to date; trying again");
      await sleep(LIMITS.stallCheck, signal);
    }
    await sleep(PAUSE_MS, signal);
  }
}
