import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { Option } from "commander";
import { fillStagingSet, StagingSetProblem } from "../../archive/reprocess/fill-staging-set.ts";
import type { ReprocessDeps } from "../../archive/reprocess/plan.ts";
import { reprocess, type Told } from "../../archive/reprocess/reprocess.ts";
import { createParser } from "../../articles/reading/parser.ts";
import { type Config, loadConfig, processEnv } from "../../config/env.ts";
import { cached } from "../../lib/cache.ts";
import { CommandError } from "../../lib/exit.ts";
import { STAGES } from "../../model/archive/reprocessing.ts";
import { note } from "../../store/operations/audit.ts";
import { boilerplateKeys } from "../../store/sources/boilerplate.ts";
import { getSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { byCli } from "../by.ts";
import { requireSources } from "../known.ts";
import { openStoreOf } from "../open-store.ts";
import { type Options, requestOf, stagingSetRequestOf } from "../reprocess/request.ts";
import { progressLines, reportTable, summaryOf } from "../reprocess/shown.ts";
import { readTables } from "../reprocess/tables.ts";
import { withDatabase } from "../services/use.ts";
import { registerStagingSets } from "./reprocess-staging-sets.ts";

/** Sources and their boilerplate are read again after so long, ms. */
const KEPT = { ttl: 60_000, size: 1000 };

/** `newsgather reprocess`: what is derived from stored responses again, without the network. */
export function register(program: Command): void {
  const command = program
    .command("reprocess")
    .description("derive stored articles again by today's rules, without the network")
    .addOption(
      new Option("--stage <stage...>", "what is derived again, with what follows from it").choices(
        Object.keys(STAGES),
      ),
    )
    .option("--since <time>", "only articles dated from then on: 2026-11-01, or 30d back")
    .option("--until <time>", "only articles dated before then")
    .option("--source <id...>", "only articles of these sources")
    .option("--dry-run", "only report what would come out otherwise")
    .option("--into <set>", "keep what comes out beside the archive, to be compared and promoted")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `\nStages:\n${stageLines()}\nStopped, it goes on where it was when it is asked for once more.`,
    )
    .action(run);
  registerStagingSets(command);
}

function stageLines(): string {
  return Object.entries(STAGES)
    .map(([stage, what]) => `  ${stage.padEnd(10)} ${what}\n`)
    .join("");
}

async function run(options: Options & { json?: true }): Promise<void> {
  const config = loadConfig(processEnv());
  const end = await withDatabase(config, async (url) => {
    const store = await openStoreOf(config, url);
    try {
      return await onArchive(store, config, options);
    } finally {
      await store.close();
    }
  });
  const { stage: stages, dryRun = false, into } = options;
  const { report } = end;
  const shown = options.json
    ? JSON.stringify({ stages, dryRun, ...(into && { stagingSet: into }), ...report }, null, 2)
    : reportTable(report, dryRun);
  console.log(shown);
  if (into && !options.json) console.log(`compare: newsgather reprocess diff ${into}`);
}

async function onArchive(store: Store, config: Config, options: Options): Promise<Told> {
  await requireSources(store, options.source ?? []);
  const { tables, topics } = await readTables();
  const parser = createParser(availableParallelism(), topics);
  const now = () => new Date();
  const deps: ReprocessDeps = {
    store,
    now,
    parser,
    tables,
    timezone: config.timezone,
    sources: cached((id) => getSource(store, id), KEPT),
    boilerplate: cached((id) => boilerplateKeys(store, id), KEPT),
  };
  const tell = progressLines();
  try {
    let told: Told | undefined;
    const { into } = options;
    const work =
      into === undefined
        ? reprocess(deps, requestOf(options, tables, now()))
        : fillStagingSet(deps, stagingSetRequestOf({ ...options, into }, tables, now()));
    for await (told of work) tell(told);
    if (!told) throw new Error("a reprocessing tells at least how it ends");
    if (!options.dryRun) {
      const action = into === undefined ? "archive.reprocess" : "archive.fill-staging-set";
      const subject = into ?? options.stage?.join(", ") ?? "";
      const what = { action, subject, reason: null, detail: summaryOf(told.report) };
      await note(store, { at: now(), by: byCli(), ...what });
    }
    return told;
  } catch (error) {
    if (error instanceof StagingSetProblem) throw new CommandError("usage", error.message);
    throw error;
  } finally {
    await parser.close();
  }
}
