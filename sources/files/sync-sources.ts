import { basename, extname } from "node:path";
import type { Config } from "../../config/env.ts";
import type { SourcePlan } from "../../model/version.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { applySources, START } from "./apply.ts";
import { planSources } from "./plan-sources.ts";
import { loadSources, type SourceProblem } from "./sources.ts";

/** Sources that may go at once without anybody's word, however few there are. */
const FEW = 3;

/**
 * Brings the store's sources up to the files; a bad file is reported and hides no good one. Where more than
 * half of the sources have lost their file, the folder is the more likely mistake: they are `withheld`.
 */
export async function syncConfigured(
  store: Store,
  config: Pick<Config, "sourcesDir">,
): Promise<SourcePlan & { problems: SourceProblem[]; withheld: string[] }> {
  const { declarations, problems } = await loadSources(config.sourcesDir);
  const mistaken = idsOf(problems);
  const records = (await listSources(store)).filter(({ active }) => active);
  const gone = planSources(records, declarations, mistaken).retire.map(({ id }) => id);
  const withheld = gone.length > FEW && gone.length * 2 > records.length ? gone : [];
  const keep = new Set([...mistaken, ...withheld]);
  const making = { at: new Date(), by: START, reason: null, keep };
  return { ...(await applySources(store, declarations, making)), problems, withheld };
}

/** A file with a mistake must not retire its source. */
export function idsOf(problems: readonly SourceProblem[]): Set<string> {
  return new Set(problems.map(({ file }) => basename(file, extname(file))));
}
