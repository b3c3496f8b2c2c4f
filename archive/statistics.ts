import { LIMITS } from "../config/limits.ts";
import type { Logger } from "../config/logger.ts";
import { sleep } from "../lib/time.ts";
import { tailSeq } from "../store/publish/changes.ts";
import {
  countStatistics,
  readStatisticsSeq,
  rebuildStatistics,
} from "../store/statistics/count.ts";
import type { Store } from "../store/store.ts";

/** With large batches, a day's record is written less often. */
const BATCH_SIZE = 500;
const PAUSE_MS = 5000;
const LOG_EVERY_DAYS = 30;

interface StatisticsDeps {
  store: Store;
  log: Logger;
  now(): Date;
  timezone: string;
}

async function projectStatistics(deps: StatisticsDeps, signal: AbortSignal): Promise<void> {
  const { store, log } = deps;
  let at = await readStatisticsSeq(store);
  if (at === null || at < (await tailSeq(store))) {
    const onDay = (day: string, days: number) => {
      if (days % LOG_EVERY_DAYS === 0) log.info({ day, days }, "rebuilding the statistics");
    };
    await rebuildStatistics(store, { ...deps, onDay, signal });
    at = await readStatisticsSeq(store);
  }
  while (at !== null) at = signal.aborted ? null : await countStatistics(store, at, BATCH_SIZE);
}

/** Keeps statistics up to date until `signal` aborts. Logs errors and tries again. */
export async function keepStatistics(deps: StatisticsDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await projectStatistics(deps, signal);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error }, "can't update the statistics; trying again");
      await sleep(LIMITS.stallCheck, signal);
    }
    await sleep(PAUSE_MS, signal);
  }
}
