import { join } from "node:path";
import type { Config } from "../config/env.ts";
import type { SearchActions } from "../publish/find/actions.ts";
import { openSearchIndex, type SearchIndex } from "../search/index-client.ts";
import { markWords } from "../search/mark.ts";

/** Where the index lies. */
export function indexPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "search", "index.sqlite");
}

/** Opens the index of a data folder, which need not exist. */
export function indexOf(config: Pick<Config, "dataDir">): SearchIndex {
  return openSearchIndex(indexPath(config));
}

/** What API, portal and command line do with an index. */
export function searchActions(index: SearchIndex): SearchActions {
  return { find: index.find, misses: index.misses, state: index.state, mark: markWords };
}
