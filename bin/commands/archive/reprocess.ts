import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { type Command, Option } from "@commander-js/extra-typings";
import { fillStagingSet } from "../../../archive/reprocess/fill-staging-set.ts";
import type { ReprocessDeps } from "../../../archive/reprocess/plan.ts";
import { type ReprocessProgress, reprocess } from "../../../archive/reprocess/reprocess.ts";
import { CLASSIFICATION_VERSIONS } from "../../../articles/classify/classify.ts";
import { topicMatcher } from "../../../articles/classify/topics/matcher.ts";
import { MATCHING_VERSION } from "../../../articles/matching/fingerprint.ts";
import { loadPlaces } from "../../../articles/reading/gazetteer.ts";
import { createParser } from "../../../articles/reading/parser.ts";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import { EXTRACTION_VERSION, LANGUAGE_RULES_VERSION } from "../../../extractors/rules.ts";
import { cached } from "../../../lib/async.ts";
import { CommandError } from "../../../lib/exit.ts";
import { shortHash } from "../../../lib/text.ts";
import { STAGES, type Stage } from "../../../model/archive/reprocessing.ts";
import { runAuditedWork } from "../../../store/operations/audit.ts";
import { boilerplateKeys } from "../../../store/sources/learned.ts";
import { getSource } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { requireSources } from "../../known.ts";
import type { OptionsOf } from "../../options-of.ts";
import { lastReport, print } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { withStore } from "../../services/use.ts";
import { spanOf } from "../../time.ts";
import { progressLines, reportTable, summaryOf } from "./reprocess-report.ts";
import { registerStagingSets } from "./reprocess-staging-sets.ts";

const SOURCE_CACHE_LIMITS = { ttl: 60_000, size: 1000 };

export function register(program: Command) {
  const stages = Object.entries(STAGES).map(([stage, what]) => `  ${stage.padEnd(10)} ${what}\n`);
  const command = program
    .command("reprocess")
    .description("process stored articles again with the current rules, without the network")
    .addOption(
      new Option(
        "--stage <stage...>",
        "stages to run again; stages that depend on them run, too",
      ).choices(Object.keys(STAGES)),
    )
    .option("--since <time>", "only articles dated since a time, such as 2026-11-01 or 30d")
    .option("--until <time>", "only articles dated before a time")
    .option("--source <id...>", "only articles of these sources")
    .option("--dry-run", "only report what would change")
    .option("--into <set>", "write the results into a staging set, to compare and promote")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `\nStages:\n${stages.join("")}\nIf the command is stopped, run it again: it continues where it stopped.`,
    );
  command.action(run);
  registerStagingSets(command);
  return command;
}

type Options = OptionsOf<typeof register>;

async function run(options: Options): Promise<void> {
  const config = loadConfig(processEnv());
  const { report } = await withStore(config, (store) => onArchive(store, config, options));
  const { stage: stages, dryRun = false, into } = options;
  const shown = { stages, dryRun, ...(into && { stagingSet: into }), ...report };
  print(shown, options.json, () => reportTable(report, dryRun));
  if (into && !options.json) console.log(`compare: newsgather reprocess diff ${into}`);
}

async function onArchive(
  store: Store,
  config: Config,
  options: Options,
): Promise<ReprocessProgress> {
  await requireSources(store, options.source ?? []);
  const topics = await readTopics();
  const tables = { topics: topicMatcher(topics), places: loadPlaces() };
  const request = requestOf(options, tables, new Date());
  const parser = createParser(availableParallelism(), topics);
  const now = () => new Date();
  const deps: ReprocessDeps = {
    store,
    now,
    parser,
    tables,
    timezone: config.timezone,
    sources: cached((id) => getSource(store, id), SOURCE_CACHE_LIMITS),
    boilerplate: cached((id) => boilerplateKeys(store, id), SOURCE_CACHE_LIMITS),
  };
  try {
    const { into } = options;
    const { requestHash, rules, ...own } = request;
    const reports =
      into === undefined
        ? reprocess(deps, { ...own, keep: !options.dryRun })
        : fillStagingSet(deps, { ...own, requestHash, rules });
    const work = () => lastReport(reports, progressLines());
    const action = into === undefined ? "archive.reprocess" : "archive.fill-staging-set";
    const what = { action, subject: into ?? options.stage?.join(", ") ?? "" };
    if (options.dryRun) return await work();
    const describe = ({ report }: ReprocessProgress) => summaryOf(report);
    return await runAuditedWork(store, { actor: cliActor() }, what, work, describe);
  } finally {
    await parser.close();
  }
}

/** The name is also part of URLs. */
const STAGING_NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,39}$/;

function requestOf(options: Options, tables: ReprocessDeps["tables"], begunAt: Date) {
  const { since, until, source, into, dryRun } = options;
  if (into !== undefined && dryRun)
    throw new CommandError("usage", "use either --into or --dry-run");
  if (into !== undefined && !STAGING_NAME_PATTERN.test(into)) {
    throw new CommandError(
      "usage",
      "a staging set's name has up to 40 lowercase letters, digits and hyphens, and doesn't begin with a hyphen",
    );
  }
  const stages = (Object.keys(STAGES) as Stage[]).filter((stage) => options.stage?.includes(stage));
  if (stages.length === 0)
    throw new CommandError("usage", "choose the stages to run again with --stage STAGE");
  if ((dryRun || into) && stages.includes("stories")) {
    throw new CommandError("usage", "--dry-run and --into don't work with the stage stories");
  }
  const sources = source ? [...new Set(source)].toSorted() : null;
  const slice = { ...spanOf({ since, until }, begunAt), sources };
  const { places, topics, relevance } = CLASSIFICATION_VERSIONS;
  const rules = {
    extract: EXTRACTION_VERSION,
    language: LANGUAGE_RULES_VERSION,
    places: `${places}-${tables.places.digest}`,
    topics: `${topics}-${tables.topics.digest}`,
    relevance,
    stories: MATCHING_VERSION,
  };
  const request = JSON.stringify([stages, since, until, slice.sources, Object.values(rules)]);
  const requestHash = shortHash(request);
  // The same command gets the same id, and thus continues an interrupted run.
  const _id = into ?? requestHash;
  const owner = randomUUID();
  return { _id, requestHash, stages, slice, rules, begunAt, owner };
}
