import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import type { Command } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { givesReason } from "../../../model/operations/audit.ts";
import { applyEdits, type Edit, editSources } from "../../../sources/files/edit.ts";
import { planImport, writeImported } from "../../../sources/files/import.ts";
import { formatProblem } from "../../../sources/files/load.ts";
import { readImport } from "../../../sources/files/manage.ts";
import { toOpml } from "../../../sources/files/opml.ts";
import { commandActor } from "../../actor.ts";
import { plainTable, print } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { onStore } from "../../services/use.ts";
import { readConfigured } from "./options.ts";
import { showPlan } from "./plan.ts";

export function registerImportExport(sources: Command): void {
  sources
    .command("export")
    .description("write the sources as OPML, with all settings except headers")
    .option("-o, --output <file>", "output file (default: standard output)")
    .option("--force", "replace the file")
    .action(async ({ output, force }) => {
      if (output !== undefined && !force && existsSync(output)) {
        throw new CommandError("usage", `${output} already exists: add --force to replace it`);
      }
      const { declarations } = await readConfigured();
      const text = toOpml(declarations, "Sources of Newsgather");
      if (output === undefined) process.stdout.write(text);
      else {
        await writeFile(`${output}.part`, text);
        await rename(`${output}.part`, output);
      }
    });
  sources
    .command("import")
    .description("write a source file for each entry of an OPML or CSV file; overwrites no file")
    .argument("<file>", "a file that ends in .opml, .xml or .csv")
    .option("--dry-run", "only show what would be written")
    .option("--json", "print JSON")
    .action(importFrom);
  sources
    .command("edit")
    .description("change fields in the files of all sources that match, and apply the changes")
    .requiredOption(
      "--where <FIELD=VALUE...>",
      "sources to change: country=DE, id=de-*, topics=egov; all conditions must match",
    )
    .option("--set <FIELD=VALUE...>", "such as pace.delay=5s or 'schedule={every: 1h}'", [])
    .option("--unset <FIELD...>", "fields to remove", [])
    .option("--dry-run", "only show what would change")
    .option("--reason <text>", "why, for versions and audit log", "")
    .option("--json", "print JSON")
    .action(edit);
}

interface ImportOptions {
  dryRun?: true;
  json?: true;
}

async function importFrom(file: string, { dryRun, json }: ImportOptions): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandError("usage", `${file} can't be read: ${String(error)}`, { cause: error });
  });
  const topics = await readTopics();
  const format = /\.csv$/i.test(file) ? "csv" : "opml";
  const { drafts, problems } = await readImport(text, format, topics);
  if (problems.length > 0) {
    throw new CommandError("usage", problems.map((problem) => `${file}: ${problem}`).join("\n"));
  }
  const { sources } = await readConfigured();
  const planned = planImport(drafts, sources, new Set(topics.map(({ id }) => id)));
  const { sourcesDir } = loadConfig(processEnv());
  const rows = dryRun ? planned : await writeImported(sourcesDir, planned);
  const cells = rows.map(({ where, id, fate, why }) => [where, id, fate, why ?? ""]);
  print(rows, json, () => plainTable(["where", "id", "fate", "why"], cells));
  const count = (fate: string) => rows.filter((row) => row.fate === fate).length;
  const next = dryRun
    ? "nothing was written"
    : "`newsgather sources apply --reason WHY` applies the files";
  console.error(
    `${count("new")} new, ${count("there")} already there, ${count("wrong")} with mistakes; ${next}`,
  );
  if (count("wrong") > 0) process.exitCode = EXIT.partly;
}

type EditOptions = Edit & { dryRun?: true; reason: string; json?: true };

async function edit({ dryRun, reason, json, ...how }: EditOptions): Promise<void> {
  const { declarations, files, problems: mistakes } = await readConfigured();
  const topics = new Set((await readTopics()).map(({ id }) => id));
  const { matched, edited, problems } = editSources(declarations, files, how, topics);
  const all = [...mistakes.map(formatProblem), ...problems];
  if (all.length > 0) throw new CommandError("usage", [...all, "nothing was changed"].join("\n"));
  const change = edited.map(({ id, name, fields }) => ({ id, name, fields }));
  const plan = { retire: [], change, add: [] };
  if (matched === 0) {
    const which = how.where.join(" and ");
    throw new CommandError("failed", `no source matches ${which}; nothing was changed`);
  }
  print({ matched, ...plan }, json, () => showPlan(plan));
  if (dryRun || edited.length === 0) {
    console.error(
      `sources that match: ${matched}; would change: ${edited.length}; nothing was changed`,
    );
    return;
  }
  if (!givesReason(reason)) throw new CommandError("usage", "--reason: say why, or use --dry-run");
  const { actor, now: at } = commandActor();
  const failed = await onStore((store) => applyEdits(store, edited, { at, actor, reason }));
  if (failed.length > 0) throw new CommandError("failed", failed.join("\n"));
  console.error(`sources changed: ${edited.length}`);
}
