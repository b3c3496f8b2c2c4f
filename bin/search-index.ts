import { join } from "node:path";
import { catchUp, type IndexDeps } from "../archive/search/index-articles.ts";
import { openSearchIndex, type SearchIndex } from "../archive/search/index-client.ts";
import { highlightWords } from "../archive/search/words.ts";
import type { Config } from "../config/env.ts";
import { sleep } from "../lib/time.ts";
import type { SearchActions } from "../web/server/config.ts";
import { claimFile } from "./services/claim.ts";

export function indexPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "search", "index.sqlite");
}

/** Opens the search index of a data folder; the file need not exist yet. */
export function indexOf(config: Pick<Config, "dataDir">): SearchIndex {
  return openSearchIndex(indexPath(config));
}

/** Claims the index's upkeep for this process; returns null while another process has it. */
export function claimUpkeep(config: Pick<Config, "dataDir">): ReturnType<typeof claimFile> {
  return claimFile(`${indexPath(config)}.keeper`);
}

const POLL_INTERVAL_MS = 200;

/** Updates the search index. If another process maintains it, only waits until it is built. */
export async function updateIndex(
  config: Config,
  { store, index }: Pick<IndexDeps, "store" | "index">,
  showProgress: (text: string) => void,
): Promise<void> {
  const deps = {
    store,
    index,
    now: () => new Date(),
    keepArticles: config.keep.articles,
    onBuilding: (articles: number) =>
      showProgress(`building the search index; articles so far: ${articles}`),
    onBehind: (changes: number) =>
      showProgress(`updating the search index; changes left: ${changes}`),
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
    showProgress("waiting until another process has built the search index");
    await sleep(POLL_INTERVAL_MS);
  }
}

export function searchActions(index: SearchIndex): SearchActions {
  return { find: index.find, misses: index.misses, state: index.state, highlight: highlightWords };
}
