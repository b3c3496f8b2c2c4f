import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Command } from "@commander-js/extra-typings";
import { type ImportReport, summarizeReport } from "../../../archive/import/commit.ts";
import { importArchive } from "../../../archive/import/import.ts";
import { readFiles } from "../../../archive/warc/responses.ts";
import { createParser } from "../../../articles/reading/parser.ts";
import { type Config, loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { cached } from "../../../lib/async.ts";
import { EXIT } from "../../../lib/exit.ts";
import { SKIP_REASONS } from "../../../model/crawl/outcome.ts";
import { getHost } from "../../../store/crawl/hosts.ts";
import { runAuditedWork } from "../../../store/operations/audit.ts";
import { boilerplateKeys } from "../../../store/sources/learned.ts";
import { listSources } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { sourceNamed } from "../../known.ts";
import { createDelayedProgressWriter, lastReport, plainTable, print } from "../../output.ts";
import { readEditorial, readTopics } from "../../roles/config-data.ts";
import { withStore } from "../../services/use.ts";

const HOST_CACHE_LIMITS = { ttl: 60_000, size: 10_000 };
/** `ttl` is short, because the import itself learns boilerplate. */
const BOILERPLATE_CACHE_LIMITS = { ttl: 2000, size: 1000 };

export function register(program: Command): void {
  program
    .command("import")
    .argument("<files...>", "WARC files (plain, or compressed by record) or WACZ files")
    .description(
      "import responses from WARC and WACZ files, and read the articles in these responses",
    )
    .option("--source <id>", "assign all responses to this source (default: to sources by host)")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      "\nNothing is fetched. If the import is stopped, run it again: responses that are already imported stay as they are.",
    )
    .action(run);
}

async function run(
  files: string[],
  { source, json }: { source?: string; json?: true },
): Promise<void> {
  const config = loadConfig(processEnv());
  const report = await withStore(config, (store) => onArchive(store, config, files, source));
  print(report, json, importTable);
  if (report.broken.count > 0) process.exitCode = EXIT.partly;
}

async function onArchive(
  store: Store,
  config: Config,
  files: string[],
  source: string | undefined,
): Promise<ImportReport> {
  const sources = await listSources(store);
  const onlySource = source === undefined ? null : await sourceNamed(store, source);
  const now = () => new Date();
  const parser = createParser(availableParallelism(), await readTopics());
  const deps = {
    store,
    parser,
    product: PRODUCT,
    random: Math.random,
    hosts: cached((id) => getHost(store, id), HOST_CACHE_LIMITS),
    boilerplate: cached((id) => boilerplateKeys(store, id), BOILERPLATE_CACHE_LIMITS),
    options: { timezone: config.timezone, editorialRules: await readEditorial(), now },
  };
  const progress = importProgress(files);
  try {
    const responses = readFiles(files, progress.at);
    const reports = importArchive(deps, responses, { sources, onlySource });
    const work = () => lastReport(reports, progress.show);
    const what = { action: "archive.import", subject: files.join(", ") };
    const author = { actor: cliActor() };
    const done = await runAuditedWork(store, author, what, work, ({ captures, articles }) => {
      return `${captures.stored} captures, ${articles.new + articles.copy} articles`;
    });
    return summarizeReport(done);
  } finally {
    await parser.close();
  }
}

function importProgress(files: readonly string[]) {
  const sizes = new Map(
    files.map((file) => [file, statSync(file, { throwIfNoEntry: false })?.size ?? 0]),
  );
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let done = 0;
  const progress = createDelayedProgressWriter();
  return {
    at(file: string, offset: number): void {
      const before = files.slice(0, files.indexOf(file));
      done = offset + before.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
    },
    show(report: ImportReport): void {
      progress(`${Math.floor((100 * done) / Math.max(1, all))} %: ${importSummary(report)}`);
    },
  };
}

function importSummary({ responses, captures, articles }: ImportReport): string {
  const fresh = articles.new + articles.copy;
  return `Responses: ${responses}; captures stored: ${captures.stored}, stored before: ${captures.known}; articles new: ${fresh}, updated: ${articles.updated}`;
}

function importTable(report: ImportReport): string {
  const { articles, without, left, hosts, revisits, truncated, broken } = report;
  const words = (reason: string) => (SKIP_REASONS as Record<string, string>)[reason] ?? "";
  const rows = [
    ...Object.entries(articles).map(([outcome, count]) => ["article", outcome, count, ""]),
    ...Object.entries(without).map(([why, count]) => ["no article", why, count, words(why)]),
    ...Object.entries(left).map(([why, count]) => [
      "not stored",
      why,
      count,
      why === "no-source" ? "no source belongs to the host" : words(why),
    ]),
    ...Object.entries(hosts).map(([host, count]) => ["without source", host, count, ""]),
  ].filter(([, , count]) => count !== 0);
  const notes = [
    revisits.unresolved > 0 && `Records that refer to a missing response: ${revisits.unresolved}`,
    truncated > 0 && `Truncated responses: ${truncated}`,
    broken.count > 0 && `Unreadable parts of the files: ${broken.count}`,
    ...broken.places.map(({ file, offset, why }) => `  ${file} at byte ${offset}: ${why}`),
  ].filter((line) => typeof line === "string");
  const table = plainTable(["what", "which", "count", "why"], rows, { right: [2] });
  return [importSummary(report), table, ...notes].join("\n");
}
