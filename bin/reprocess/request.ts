import { randomUUID } from "node:crypto";
import { CLASSIFY } from "../../classify/version.ts";
import { DEDUPE } from "../../dedupe/version.ts";
import { EXTRACTOR, LANGUAGE } from "../../extractors/version.ts";
import { shortHash } from "../../lib/hash.ts";
import { STAGES, type Stage } from "../../model/reprocessing.ts";
import type { ReprocessDeps } from "../../workers/reprocess/plan.ts";
import type { Request } from "../../workers/reprocess/reprocess.ts";
import { CommandError } from "../exit.ts";
import { spanOf } from "../time.ts";

/** What an operator asks for. */
export interface Options {
  stage: Stage[];
  since?: string;
  until?: string;
  source?: string[];
  dryRun?: true;
}

/**
 * A reprocessing as it is asked for. The same words under the same rules and tables are the same one,
 * which goes on where it was stopped.
 */
export function requestOf(options: Options, tables: ReprocessDeps["tables"], now: Date): Request {
  const { since, until, source } = options;
  const stages = (Object.keys(STAGES) as Stage[]).filter((stage) => options.stage.includes(stage));
  if (options.dryRun && stages.includes("stories")) {
    throw new CommandError("usage", "stories are decided in the store: no --dry-run for them");
  }
  const sources = source ? [...new Set(source)].toSorted() : null;
  const slice = { ...spanOf({ since, until }, now), sources };
  const rules = [EXTRACTOR, LANGUAGE, CLASSIFY, DEDUPE, tables.topics.digest, tables.places.digest];
  const asked = JSON.stringify([stages, since, until, slice.sources, rules]);
  const [_id, owner] = [shortHash(asked), randomUUID()];
  return { _id, stages, slice, begunAt: now, owner, keep: !options.dryRun };
}
