import type { Run } from "../../model/crawl/outcome.ts";
import { emptyCounts } from "../../store/crawl/runs.ts";

/** Returns an open run that has just begun. */
export function makeRun(id: string, overrides: Partial<Run> = {}): Run {
  return {
    _id: id,
    sourceId: "cities",
    sourceVersion: 1,
    trigger: "schedule",
    first: false,
    startedAt: new Date(),
    finishedAt: null,
    open: true,
    counts: emptyCounts(),
    problems: [],
    ...overrides,
  };
}
