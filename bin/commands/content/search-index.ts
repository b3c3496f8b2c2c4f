import type { Command } from "@commander-js/extra-typings";
import { buildIndex } from "../../../archive/search/index-articles.ts";
import type { SearchIndex } from "../../../archive/search/index-client.ts";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import { createProgressWriter } from "../../output.ts";
import { indexOf, indexPath, updateIndex } from "../../search-index.ts";
import { withStore } from "../../services/use.ts";

export function register(program: Command): void {
  const command = program
    .command("search-index")
    .description("show, update or rebuild the full-text index");
  command
    .command("status")
    .description(
      "show the number of articles in the index, and of changes that are not in the index yet",
    )
    .option("--json", "print JSON")
    .action(({ json }) =>
      onIndex(async ({ config, store, index }) => {
        const path = indexPath(config);
        const [{ at }, articles] = [await index.state(), await index.count()];
        const behind = (await headSeq(store)) - (at?.seq ?? 0);
        const state = { path, built: at !== null, articles, behind };
        if (json) console.log(JSON.stringify(state, null, 2));
        else if (at === null)
          console.log(`${path}: not built yet; the first search builds the index`);
        else console.log(`${path}: articles: ${articles}; changes not in the index yet: ${behind}`);
      }),
    );
  command
    .command("update")
    .description("update the index, or build a missing index (`newsgather search` does that, too)")
    .action(() => onIndex(bringUpToDate));
  command
    .command("rebuild")
    .description("build the index again; until it is finished, searches use the old one")
    .action(() =>
      onIndex(async (opened) => {
        const { store, index, showProgress } = opened;
        const onBuilding = (articles: number) => showProgress(`${articles} articles`);
        await buildIndex({ store, index, onBuilding });
        await bringUpToDate(opened);
      }),
    );
}

interface Opened {
  config: Config;
  store: Store;
  index: SearchIndex;
  showProgress: (text: string) => void;
}

async function bringUpToDate({ config, showProgress, ...deps }: Opened): Promise<void> {
  await updateIndex(config, deps, showProgress);
  const articles = await deps.index.count();
  console.error(`${articles} articles in ${indexPath(config)}`);
}

async function onIndex(work: (opened: Opened) => Promise<void>): Promise<void> {
  const config = loadConfig(processEnv());
  await withStore(config, async (store) => {
    const index = indexOf(config);
    try {
      await work({ config, store, index, showProgress: createProgressWriter() });
    } finally {
      await index.close();
    }
  });
}
