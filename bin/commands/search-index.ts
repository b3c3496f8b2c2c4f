import type { Command } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import type { SearchIndex } from "../../search/index-client.ts";
import { headSeq } from "../../store/changes.ts";
import type { Store } from "../../store/store.ts";
import { buildIndex, type IndexDeps, indexStep } from "../../workers/index-articles.ts";
import { indexOf, indexPath } from "../search-index.ts";
import { withStore } from "../services.ts";

/** How often the count is shown, articles. */
const EVERY = 1000;

/** `newsgather search-index`: how far the index is; brings it up to date; builds it anew. */
export function register(program: Command): void {
  const command = program
    .command("search-index")
    .description("the full-text index: how far it is, up to date, built anew");
  command
    .command("status")
    .description("show how many articles it holds and how many changes it is behind")
    .option("--json", "print JSON")
    .action(({ json }: { json?: true }) =>
      onIndex(async ({ store, index }, path) => {
        const [{ at }, articles] = [await index.state(), await index.count()];
        const behind = (await headSeq(store)) - (at?.seq ?? 0);
        const state = { path, built: at !== null, articles, behind };
        if (json) console.log(JSON.stringify(state, null, 2));
        else if (at === null) console.log(`${path}: not built; newsgather search-index update`);
        else console.log(`${path}: ${articles} articles, ${behind} changes behind`);
      }),
    );
  command
    .command("update")
    .description(
      "bring it up to date; builds it where there is none (NEWSGATHER_SEARCH=on does so all the time)",
    )
    .action(() => onIndex(bringUpToDate));
  command
    .command("rebuild")
    .description("build it anew; the old one answers until it is finished")
    .action(() =>
      onIndex(async (deps, path) => {
        await buildIndex(deps);
        await bringUpToDate(deps, path);
      }),
    );
}

async function bringUpToDate(deps: IndexDeps, path: string): Promise<void> {
  while (await indexStep(deps));
  while (await deps.index.clean());
  const articles = await deps.index.count();
  console.error(`${articles} articles in ${path}`);
}

async function onIndex(
  work: (deps: IndexDeps & { index: SearchIndex; store: Store }, path: string) => Promise<void>,
): Promise<void> {
  const config = loadConfig(processEnv());
  const onBuilding = (articles: number) => {
    if (articles % EVERY === 0) console.error(`${articles} articles`);
  };
  await withStore(config, async (store) => {
    const index = indexOf(config);
    try {
      await work({ store, index, onBuilding }, indexPath(config));
    } finally {
      await index.close();
    }
  });
}
