import { randomUUID } from "node:crypto";
import type { StagingSetRequest } from "../../archive/reprocess/fill-staging-set.ts";
import type { ReprocessDeps } from "../../archive/reprocess/plan.ts";
import type { Request } from "../../archive/reprocess/reprocess.ts";
import { CLASSIFY } from "../../articles/classify/classify.ts";
import { DEDUPE } from "../../articles/matching/fingerprint.ts";
import { EXTRACTOR, LANGUAGE } from "../../extractors/rules.ts";
import { CommandError } from "../../lib/exit.ts";
import { shortHash } from "../../lib/hash.ts";
import { STAGES, type Stage } from "../../model/archive/reprocessing.ts";
import { spanOf } from "../time.ts";

/** What an operator asks for. */
export interface Options {
  stage?: Stage[];
  since?: string;
  until?: string;
  source?: string[];
  dryRun?: true;
  /** Name of the staging set that is filled in place of the archive. */
  into?: string;
}

/** A name of a staging set: what is typed again and stands in addresses. */
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** What is derived, over which slice, by which rules; the same words under the same rules are the same. */
function askedFor(options: Options, tables: ReprocessDeps["tables"], now: Date) {
  const { since, until, source } = options;
  const stages = (Object.keys(STAGES) as Stage[]).filter((stage) => options.stage?.includes(stage));
  if (stages.length === 0) throw new CommandError("usage", "say what to derive: --stage STAGE");
  if ((options.dryRun || options.into) && stages.includes("stories")) {
    throw new CommandError("usage", "stories are decided in the store: no --dry-run, no --into");
  }
  const sources = source ? [...new Set(source)].toSorted() : null;
  const slice = { ...spanOf({ since, until }, now), sources };
  const { places, topics, relevance } = CLASSIFY;
  const rules = {
    extract: EXTRACTOR,
    language: LANGUAGE,
    places: `${places}-${tables.places.digest}`,
    topics: `${topics}-${tables.topics.digest}`,
    relevance,
    stories: DEDUPE,
  };
  const asked = JSON.stringify([stages, since, until, slice.sources, Object.values(rules)]);
  return { asked: shortHash(asked), stages, slice, rules };
}

/** A reprocessing as it is asked for, which goes on where it was stopped. */
export function requestOf(options: Options, tables: ReprocessDeps["tables"], now: Date): Request {
  const { asked, stages, slice } = askedFor(options, tables, now);
  const owner = randomUUID();
  return { _id: asked, stages, slice, begunAt: now, owner, keep: !options.dryRun };
}

/** A staging set as it is asked for, which goes on where it was stopped. */
export function stagingSetRequestOf(
  options: Options & { into: string },
  tables: ReprocessDeps["tables"],
  now: Date,
): StagingSetRequest {
  const { into: _id, dryRun } = options;
  if (dryRun)
    throw new CommandError("usage", "a staging set is a dry run that is kept: no --dry-run");
  if (!NAME.test(_id)) {
    throw new CommandError("usage", "a staging set's name is of small letters, digits and hyphens");
  }
  return { _id, ...askedFor(options, tables, now), begunAt: now, owner: randomUUID() };
}
