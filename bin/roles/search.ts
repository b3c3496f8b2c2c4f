import type { Registry } from "prom-client";
import { keepIndexed } from "../../archive/search/index-articles.ts";
import type { SearchIndex } from "../../archive/search/index-client.ts";
import type { Config } from "../../config/env.ts";
import { sleep } from "../../lib/time.ts";
import { headSeq } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import type { SearchActions } from "../../web/server/config.ts";
import { claimUpkeep, indexOf, searchActions } from "../search-index.ts";
import { metricsIn, type Opened } from "./context.ts";

export type OpenedSearch = SearchActions & Pick<SearchIndex, "articles">;

export function openSearch(
  config: Config,
  { deps, metrics, stack }: Opened,
): OpenedSearch | undefined {
  if (!config.search) return undefined;
  const { store, log, now } = deps;
  const index = indexOf(config);
  stack.add("search index", () => index.close());
  const indexing = new AbortController();
  const upkeep = maintainIndex(
    config,
    { store, index, log, now, keepArticles: config.keep.articles },
    indexing.signal,
  );
  stack.add("indexing", () => {
    indexing.abort();
    return upkeep;
  });
  addSearchLag(metrics, store, index);
  return { ...searchActions(index), articles: index.articles };
}

const CLAIM_INTERVAL_MS = 2000;

async function maintainIndex(
  config: Config,
  deps: Parameters<typeof keepIndexed>[0],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const claim = await claimUpkeep(config).catch((error: unknown) => {
      deps.log.warn({ err: error }, "can't claim the search index; trying again");
      return null;
    });
    if (!claim) {
      await sleep(CLAIM_INTERVAL_MS, signal);
      continue;
    }
    await keepIndexed(deps, signal);
    await claim.release();
  }
}

export function addSearchLag(
  registry: Registry,
  store: Store,
  index: Pick<SearchIndex, "state">,
): Registry {
  metricsIn(registry).gauge(
    "search_lag_changes",
    "Changes of the stream that the search index doesn't contain yet",
    async () => {
      const { at } = await index.state();
      return (await headSeq(store)) - (at?.seq ?? 0);
    },
  );
  return registry;
}
