import { topicMatcher } from "../../classify/topics/matcher.ts";
import type { Report, Stage } from "../../model/reprocessing.ts";
import { EPOCH } from "../../store/store.ts";
import type { ReprocessDeps } from "../../workers/reprocess/plan.ts";
import { type Request, reprocess } from "../../workers/reprocess/reprocess.ts";
import { shippedPlaces } from "./places.ts";

/** A request for stages over the whole archive. */
export function requestFor(stages: Stage[], given: Partial<Request> = {}): Request {
  const slice = { since: EPOCH, until: new Date("2100-01-01"), sources: null };
  const begunAt = new Date();
  return { _id: stages.join(), stages, slice, begunAt, owner: "test", keep: true, ...given };
}

/** Derives the whole archive of a line again; answers what came of it. */
export async function deriveAgain(
  deps: Omit<ReprocessDeps, "tables" | "timezone"> & Partial<ReprocessDeps>,
  stages: Stage[] = ["extract"],
): Promise<Report> {
  const tables = { topics: topicMatcher([]), places: shippedPlaces() };
  let report: Report | undefined;
  const all = reprocess({ timezone: "UTC", tables, ...deps }, requestFor(stages));
  for await (const told of all) report = told.report;
  if (!report) throw new Error("it told nothing");
  return report;
}
