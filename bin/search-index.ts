import { join } from "node:path";
import { catchUp, type IndexDeps } from "../archive/search/index-articles.ts";
import { openSearchIndex, type SearchIndex } from "../archive/search/index-client.ts";
import { highlightWords } from "../archive/search/words.ts";
import type { Config } from "../config/env.ts";
import { sleep } from "../lib/time.ts";
import type { SearchActions } from "../web/server/config.ts";
import { claimFile } from "./services/claim-file.ts";

/** Where the index lies. */
export function indexPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "search", "index.sqlite");
}

/** Opens the index of a data folder, which need not exist. */
export function indexOf(config: Pick<Config, "dataDir">): SearchIndex {
  return openSearchIndex(indexPath(config));
}

/** Takes the upkeep of a folder's index for this process; null while another living process has it. */
export function claimUpkeep(config: Pick<Config, "dataDir">): ReturnType<typeof claimFile> {
  return claimFile(`${indexPath(config)}.keeper`);
}

/** How often to check an index that another process builds, ms. */
const POLL_INTERVAL_MS = 200;

/**
 * Updates the index, unless another process keeps it: that is at most a moment behind, and waited for only
 * while it builds the first one. `tell` hears what takes time.
 */
export async function updateIndex(
  config: Config,
  { store, index }: Pick<IndexDeps, "store" | "index">,
  tell: (text: string) => void,
): Promise<void> {
  const deps = {
    store,
    index,
    now: () => new Date(),
    keepArticles: config.keep.articles,
    onBuilding: (articles: number) => tell(`building the search index: ${articles} articles`),
    onBehind: (changes: number) => tell(`updating the search index: ${changes} changes to go`),
  };
  for (;;) {
    const claim = await claimUpkeep(config);
    if (claim) {
      try {
        return await catchUp(deps);
      } finally {
        await claim.release();
      }
    }
    if ((await index.state()).at !== null) return;
    tell("waiting for another process that builds the search index");
    await sleep(POLL_INTERVAL_MS);
  }
}

/** Returns what API, portal and command line do with an index. */
export function searchActions(index: SearchIndex): SearchActions {
  return { find: index.find, misses: index.misses, state: index.state, highlight: highlightWords };
}
