import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { type Config, type Env, loadConfig, processEnv } from "../../../config/env.ts";
import { createLogger } from "../../../config/logger.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { parseDuration, sleep } from "../../../lib/time.ts";
import type { Role } from "../../../queues/queues.ts";
import { syncConfigured } from "../../../sources/files/apply.ts";
import { loadSources } from "../../../sources/files/load.ts";
import { hasAnnouncements } from "../../../store/crawl/links.ts";
import { listSources, makeDue } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { requireKnown, SOURCES_HINT } from "../../exit.ts";
import { withStoreAt } from "../../open-store.ts";
import type { OptionsOf } from "../../options-of.ts";
import { untilOthersAreDone } from "../../services/shared-database.ts";
import { runningInstance, withStore } from "../../services/use.ts";
import { startTree } from "../../tree/tree.ts";
import { stopSignal } from "../../until-stopped.ts";
import { progressView, runsTable } from "./progress.ts";
import { type RunsReport, waitForRuns, waitingTable } from "./wait.ts";

const PATIENCE_MS = 60_000;

export function register(program: Command) {
  const command = program
    .command("run")
    .description("crawl sources once until nothing is due, and print the result")
    .argument("[id...]", "ids of the sources; use --all for every source")
    .option("--all", "every active source")
    .option("--once", "end after one crawl (the default; `start` keeps running)")
    .option(
      "--patience <duration>",
      "end if nothing can be fetched for longer than this (default: 60s)",
      toDuration,
      PATIENCE_MS,
    )
    .option("--json", "print the result as JSON");
  command.action(run);
  return command;
}

type Options = OptionsOf<typeof register>;

async function run(ids: string[], options: Options): Promise<void> {
  if (ids.length > 0 === (options.all === true)) {
    throw new CommandError("usage", "name sources, or use --all for every source");
  }
  // Log lines would hide the progress display.
  const env = { NEWSGATHER_LOG_LEVEL: "error", ...processEnv() };
  const config = loadConfig(env);
  await requireSources(config, ids);
  const since = new Date();
  const wanted = options.all ? undefined : ids;
  const { patience: patienceMs } = options;
  const end = await withRunning(config, env, ids, (store) =>
    crawlOnce(store, config, { ids: wanted, since, patienceMs, signal: stopSignal() }),
  );
  print(end, options.json === true);
  process.exitCode = exitOf(end);
}

async function requireSources(config: Config, ids: readonly string[]): Promise<void> {
  const { declarations } = await loadSources(config.sourcesDir);
  const declared = declarations.map(({ source }) => source.id);
  if (ids.length > 0 && ids.every((id) => declared.includes(id))) return;
  if (ids.length === 0 && declared.length > 0) return;
  const stored = await withStore(config, listSources);
  const known = [...new Set([...declared, ...stored.map(({ _id }) => _id)])];
  requireKnown("source", ids, known, SOURCES_HINT);
  if (known.length > 0) return;
  const hint = "`newsgather discover URL --write` adds a source";
  throw new CommandError("usage", `there is no source in ${config.sourcesDir}: ${hint}`);
}

function toDuration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Runs `use` on the store. If Newsgather is running with an embedded database or Redis, its workers
 * do the work; otherwise, starts workers and stops them at the end.
 */
async function withRunning<T>(
  config: Config,
  env: Env,
  ids: string[],
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const log = createLogger(config);
  const running = await runningInstance(config);
  const roles: Role[] = ["scheduler", "http", "browser"];
  const tree = running ? null : await startTree({ config, env, log, roles, only: ids });
  const { mongoUrl } = tree ?? running ?? { mongoUrl: "" };
  try {
    return await withStoreAt(config, mongoUrl, use);
  } finally {
    if (tree) {
      // Other commands can still use the database, which stops with this process.
      const onWait = () => console.error("waiting for other commands that use the database");
      await untilOthersAreDone(config.dataDir, onWait);
      await tree.stop();
    }
  }
}

type CrawlReport = RunsReport & { left: string[] };

/**
 * Makes sources due, by default all active ones, and waits for a run of each source. Ends early if
 * `signal` aborts, or if nothing can be fetched for longer than `patienceMs`.
 */
export async function crawlOnce(
  store: Store,
  config: Pick<Config, "sourcesDir">,
  wanted: { ids: string[] | undefined; since: Date; patienceMs: number; signal: AbortSignal },
): Promise<CrawlReport> {
  const { ids, since, patienceMs, signal } = wanted;
  await syncConfigured(store, config);
  const known = (await listSources(store)).map(({ _id }) => _id);
  requireKnown("source", ids ?? [], known, SOURCES_HINT);
  const sources = await makeDue(store, since, ids);
  if (sources.length === 0) {
    const which = ids?.join(", ") ?? "every source";
    throw new CommandError(
      "failed",
      `nothing to fetch, because sources are paused or retired: ${which}`,
    );
  }
  const left = (ids ?? []).filter((id) => !sources.some(({ _id }) => _id === id));
  const report = await waitForRuns(store, {
    sourceIds: sources.map(({ _id }) => _id),
    // A run that was interrupted, or that a running newsgather works on, continues and counts.
    underWay: new Map(sources.map(({ _id, openRunId }) => [_id, openRunId])),
    since,
    show: progressView(),
    signal,
    patienceMs,
  });
  await waitForAnnouncements(store, signal);
  return { ...report, left };
}

const ANNOUNCEMENT_TIMEOUT_MS = 20_000;
const ANNOUNCING_POLL_MS = 200;

async function waitForAnnouncements(store: Store, signal: AbortSignal): Promise<void> {
  const until = Date.now() + ANNOUNCEMENT_TIMEOUT_MS;
  while (!signal.aborted && Date.now() < until && (await hasAnnouncements(store, new Date())))
    await sleep(ANNOUNCING_POLL_MS, signal);
}

function print({ progress, waiting, left }: CrawlReport, json: boolean): void {
  if (json) {
    const rows = progress.map(({ source, counts, state, seconds }) => {
      return { id: source._id, state, seconds, ...counts, problem: source.lastProblem };
    });
    console.log(JSON.stringify(rows, null, 2));
  } else {
    console.log(runsTable(progress));
    if (waiting.length > 0) console.log(waitingTable(waiting));
  }
  if (left.length > 0)
    console.error(`sources not fetched, because they are paused or retired: ${left.join(", ")}`);
  const idle = progress.flatMap(({ source, state }) => (state === "waiting" ? source._id : []));
  if (idle.length > 0)
    console.error(`sources without a run: ${idle.join(", ")}; \`newsgather status\` can show why`);
}

function exitOf({ progress, waiting, left }: CrawlReport): number {
  if (waiting.length > 0 || left.length > 0) return EXIT.partly;
  const bad = progress.filter(({ source, state }) => state !== "done" || source.lastProblem).length;
  if (bad === 0) return EXIT.ok;
  return bad === progress.length ? EXIT.failed : EXIT.partly;
}
