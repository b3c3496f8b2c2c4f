import { type Command } from "commander";
import { type Config, type Env, loadConfig, processEnv } from "../../config/env.ts";
import { createLogger } from "../../config/logger.ts";
import { listSources, makeDue } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { CommandError, EXIT } from "../exit.ts";
import { openStoreOf } from "../open-store.ts";
import { progressView } from "../pass/progress.ts";
import { passTable } from "../pass/table.ts";
import { type SourceProgress, waitForPass } from "../pass/wait.ts";
import { syncConfigured } from "../roles/sync-sources.ts";
import { serviceAddresses } from "../services.ts";
import { startTree } from "../tree.ts";
import { stopSignal } from "../until-stopped.ts";

interface Options {
  all?: boolean;
  once?: boolean;
  json?: boolean;
}

/** `newsgather run`: one pass over sources, then the table. */
export function register(program: Command): void {
  program
    .command("run")
    .description("crawl sources once, until nothing is due, and print what came of it")
    .argument("[id...]", "sources; all with --all")
    .option("--all", "every active source")
    .option("--once", "end after the pass (the default; `start` is the daemon)")
    .option("--json", "print the result as JSON")
    .action(run);
}

async function run(ids: string[], options: Options): Promise<void> {
  if (ids.length === 0 && !options.all) {
    throw new CommandError("usage", "name sources, or take every one with --all");
  }
  const env = processEnv();
  const config = loadConfig(env);
  const since = new Date();
  const wanted = options.all ? undefined : ids;
  const progress = await withRunning(config, env, ids, (store) =>
    pass(store, config, { ids: wanted, since }),
  );
  print(progress, options.json === true);
  process.exitCode = exitOf(progress);
}

/** Uses the services of a running newsgather, or starts what isn't running for the time being. */
async function withRunning<T>(
  config: Config,
  env: Env,
  ids: string[],
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const log = createLogger(config);
  const running = await serviceAddresses(config);
  const daemon = running !== null && config.mongoUrl === null;
  const tree = daemon
    ? null
    : await startTree({
        config,
        env,
        log,
        roles: ["scheduler", "http", "browser"],
        only: ids,
      });
  const { mongoUrl } = tree ?? running ?? { mongoUrl: "" };
  try {
    const store = await openStoreOf(config, mongoUrl);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  } finally {
    await tree?.stop();
  }
}

/** Makes the sources due and waits until each had a run since `since`. */
export async function pass(
  store: Store,
  config: Pick<Config, "sourcesDir">,
  { ids, since }: { ids: string[] | undefined; since: Date },
): Promise<SourceProgress[]> {
  await syncConfigured(store, config);
  const known = new Set((await listSources(store)).map(({ _id }) => _id));
  const unknown = ids?.filter((id) => !known.has(id)) ?? [];
  if (unknown.length > 0) {
    throw new CommandError(
      "usage",
      `no such source: ${unknown.join(", ")} (newsgather sources list)`,
    );
  }
  const sources = await makeDue(store, since, ids);
  return waitForPass(store, {
    sourceIds: sources.map(({ _id }) => _id),
    // A run that was cut short, or that the daemon is at, goes on and counts.
    underWay: new Map(sources.map(({ _id, openRunId }) => [_id, openRunId])),
    since,
    show: progressView(),
    signal: stopSignal(),
  });
}

function print(progress: SourceProgress[], json: boolean): void {
  if (json) {
    const rows = progress.map(({ source, counts, state, seconds }) => {
      return { id: source._id, state, seconds, ...counts, problem: source.lastProblem };
    });
    console.log(JSON.stringify(rows, null, 2));
  } else {
    console.log(passTable(progress));
  }
}

function exitOf(progress: SourceProgress[]): number {
  const bad = progress.filter(({ source, state }) => state !== "done" || source.lastProblem).length;
  if (bad === 0) return EXIT.ok;
  return bad === progress.length ? EXIT.failed : EXIT.partly;
}
