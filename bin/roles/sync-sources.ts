import { basename, extname } from "node:path";
import type { Config } from "../../config/env.ts";
import { loadSources, type SourceProblem } from "../../config/sources.ts";
import type { SourcePlan } from "../../model/version.ts";
import type { Store } from "../../store/store.ts";
import { applySources, START } from "../../workers/sources/apply.ts";

/** Brings the store's sources up to the files; a bad file is reported and hides no good one. */
export async function syncConfigured(
  store: Store,
  config: Pick<Config, "sourcesDir">,
): Promise<SourcePlan & { problems: SourceProblem[] }> {
  const { declarations, problems } = await loadSources(config.sourcesDir);
  const making = { at: new Date(), by: START, reason: null, keep: idsOf(problems) };
  return { ...(await applySources(store, declarations, making)), problems };
}

/** A file with a mistake must not retire its source. */
export function idsOf(problems: readonly SourceProblem[]): Set<string> {
  return new Set(problems.map(({ file }) => basename(file, extname(file))));
}
