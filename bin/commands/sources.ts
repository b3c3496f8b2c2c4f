import { join } from "node:path";
import type { Command } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import { sourceJsonSchema } from "../../config/source-issues.ts";
import { formatProblem, type LoadedSources, loadSources } from "../../config/sources.ts";
import { loadTopics } from "../../config/topics.ts";
import type { Source } from "../../model/source.ts";
import { CommandError } from "../exit.ts";
import { root } from "../roles/package.ts";
import { plainTable } from "../table.ts";
import { registerHold } from "./hold.ts";
import { registerPreview } from "./preview.ts";

/** `newsgather sources list | validate | schema | hold | resume | preview | test`. */
export function register(program: Command): void {
  const sources = program.command("sources").description("the sources that are configured");
  sources
    .command("list")
    .description("show every source and how it is watched")
    .option("--json", "the whole declarations as JSON")
    .action(async ({ json }: { json?: true }) => {
      const loaded = await readConfigured();
      const text = json
        ? JSON.stringify(loaded.sources.map(withoutSecrets), null, 2)
        : listOf(loaded.sources);
      process.stdout.write(`${text}\n`);
      complain(loaded);
    });
  sources
    .command("validate")
    .description("name every mistake by file, line and column")
    .option("--json", "the mistakes as JSON")
    .action(async ({ json }: { json?: true }) => {
      const loaded = await readConfigured();
      if (json) process.stdout.write(`${JSON.stringify(loaded.problems, null, 2)}\n`);
      else process.stdout.write(`${loaded.sources.length} sources can be used\n`);
      complain(loaded);
    });
  registerHold(sources);
  registerPreview(sources);
  sources
    .command("schema")
    .description("print the JSON Schema of a source's file")
    .action(() => {
      process.stdout.write(`${JSON.stringify(sourceJsonSchema(), null, 2)}\n`);
    });
}

/** Headers may hold keys of the publisher's: their names are shown, their values are not. */
function withoutSecrets(source: Source): Source {
  const names = Object.keys(source.headers).map((name) => [name, "***"]);
  return { ...source, headers: Object.fromEntries(names) as Record<string, string> };
}

async function readConfigured(): Promise<LoadedSources> {
  const { sourcesDir } = loadConfig(processEnv());
  const topics = await loadTopics(join(root, "config/topics.yaml"));
  try {
    return await loadSources(sourcesDir, new Set(topics.map((topic) => topic.id)));
  } catch (error) {
    const hint = "set NEWSGATHER_SOURCES_DIR to the folder of your sources";
    throw new CommandError("usage", `${sourcesDir} can't be read: ${hint}`, { cause: error });
  }
}

function complain({ problems }: LoadedSources): void {
  if (problems.length === 0) return;
  throw new CommandError("usage", problems.map(formatProblem).join("\n"));
}

function listOf(sources: Source[]): string {
  const rows = sources.map((source) => {
    const { id, name, language = "", country = "", render } = source;
    const state = source.paused ? `paused: ${source.paused.reason}` : stateOf(source);
    return [id, name, language, country, entryPoints(source), scheduleOf(source), render, state];
  });
  const head = ["id", "name", "language", "country", "entry points", "schedule", "render", "state"];
  return plainTable(head, rows);
}

function stateOf({ verified }: Source): string {
  return verified ? "" : "unverified";
}

function entryPoints({ feeds, sitemaps, listings }: Source): string {
  const parts = { feed: feeds.length, sitemap: sitemaps.length, listing: listings.length };
  return Object.entries(parts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}${count > 1 ? "s" : ""}`)
    .join(", ");
}

function scheduleOf({ schedule }: Source): string {
  if ("cron" in schedule) return schedule.cron;
  if ("every" in schedule) return `every ${minutes(schedule.every)}`;
  return `${minutes(schedule.adaptive.min)} to ${minutes(schedule.adaptive.max)}`;
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`;
}
