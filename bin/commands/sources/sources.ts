import type { Command } from "commander";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { sharedEntries } from "../../../crawler/links/entry-points.ts";
import { CommandError } from "../../../lib/exit.ts";
import { scheduleWords } from "../../../model/sources/schedule.ts";
import { type Source, withoutSecrets } from "../../../model/sources/source.ts";
import { formatProblem, type LoadedSources } from "../../../sources/files/load.ts";
import { sourceJsonSchema } from "../../../sources/files/validate.ts";
import { plainTable } from "../../output.ts";
import { secretsOf } from "../../roles/egress.ts";
import { registerHold } from "./hold.ts";
import { registerImportExport } from "./import-export.ts";
import { readConfigured } from "./options.ts";
import { registerPlan } from "./plan.ts";
import { registerPreview } from "./preview.ts";
import { registerRepair } from "./repair.ts";
import { registerSelect } from "./select.ts";
import { registerVersions } from "./versions.ts";

/** `newsgather sources`: the commands over configured sources. */
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
      const loaded = await readConfigured(undefined, secretsOf(loadConfig(processEnv())));
      if (json) process.stdout.write(`${JSON.stringify(loaded.problems, null, 2)}\n`);
      else process.stdout.write(`${loaded.sources.length} sources can be used\n`);
      for (const words of sharedEntries(loaded.sources)) console.error(`warning: ${words}`);
      complain(loaded);
    });
  registerHold(sources);
  registerPreview(sources);
  registerRepair(sources);
  registerSelect(sources);
  registerPlan(sources);
  registerImportExport(sources);
  registerVersions(sources);
  sources
    .command("schema")
    .description("print the JSON Schema of a source's file")
    .action(() => {
      process.stdout.write(`${JSON.stringify(sourceJsonSchema(), null, 2)}\n`);
    });
}

function complain({ problems }: LoadedSources): void {
  if (problems.length === 0) return;
  throw new CommandError("usage", problems.map(formatProblem).join("\n"));
}

function listOf(sources: Source[]): string {
  const rows = sources.map((source) => {
    const { id, name, language = "", country = "", render } = source;
    const state = source.paused ? `paused: ${source.paused.reason}` : stateOf(source);
    return [
      id,
      name,
      language,
      country,
      entryPoints(source),
      scheduleWords(source.schedule),
      render,
      state,
    ];
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
