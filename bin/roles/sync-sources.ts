import { basename, extname } from "node:path";
import type { Config } from "../../config/env.ts";
import { loadSources, type SourceProblem } from "../../config/sources.ts";
import { shortHash } from "../../lib/hash.ts";
import { type SourceSync, syncSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";

/** Brings the store's sources up to the files; a bad file is reported and hides no good one. */
export async function syncConfigured(
  store: Store,
  config: Pick<Config, "sourcesDir">,
): Promise<SourceSync & { problems: SourceProblem[] }> {
  const { sources, problems } = await loadSources(config.sourcesDir);
  const declared = sources.map((source) => ({
    source,
    checksum: shortHash(JSON.stringify(source)),
  }));
  // A file with a mistake must not retire its source.
  const keep = new Set(problems.map(({ file }) => basename(file, extname(file))));
  return { ...(await syncSources(store, declared, { now: new Date(), keep })), problems };
}
