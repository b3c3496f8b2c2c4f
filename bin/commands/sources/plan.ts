import type { Command } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { type FieldChange, isEmptyPlan, type SourcePlan } from "../../../model/sources/version.ts";
import { applySources, idsOf, planSources } from "../../../sources/files/apply.ts";
import type { LoadedSources } from "../../../sources/files/load.ts";
import { listSources } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { print } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import {
  dueWords,
  readConfigured,
  requireNoProblems,
  requireReason,
  tellDone,
  warnOfSharedEntries,
} from "./options.ts";

export function registerPlan(sources: Command): void {
  sources
    .command("plan")
    .description(
      "show what applying the files would change, removals first (exit code 3 if there are changes)",
    )
    .option("--dir <folder>", "folder of the source files (default: NEWSGATHER_SOURCES_DIR)")
    .option("--json", "print JSON")
    .action(async ({ dir, json }) => {
      const loaded = await readConfigured(dir);
      const made = await onStore((store) => planOf(store, loaded));
      print(made, json, showPlan);
      warnOfSharedEntries(loaded);
      requireNoProblems(loaded);
      if (!isEmptyPlan(made)) process.exitCode = EXIT.partly;
    });
  sources
    .command("apply")
    .description("apply the files; changes nothing while a file has a mistake")
    .option("--dir <folder>", "folder of the source files (default: NEWSGATHER_SOURCES_DIR)")
    .option(
      "--retire",
      "also retire sources whose files are gone; if there are such sources, nothing is applied without this option",
    )
    .requiredOption("--reason <text>", "why, for versions and audit log")
    .option("--json", "print JSON")
    .action(async ({ dir, retire, reason, json }) => {
      const making = { ...requireReason(reason), at: new Date() };
      const loaded = await readConfigured(dir);
      requireNoProblems(loaded, "nothing was applied");
      await onStore(async (store) => {
        const planned = await planOf(store, loaded);
        const isRefused = planned.retire.length > 0 && !retire;
        if (!json || isRefused) print(planned, json, showPlan);
        warnOfSharedEntries(loaded);
        if (isRefused) {
          const hint = "nothing was applied: add --retire to confirm these removals";
          throw new CommandError("failed", hint);
        }
        const how = { ...making, keep: new Set<string>(), audit: true };
        const done = await applySources(store, loaded.declarations, how);
        tellDone({ ...(json && done), ...appliedWords(done) }, json);
      });
    });
}

function appliedWords({ retire, change, add }: SourcePlan): { done: string; next?: string } {
  const due = [...add, ...change].map(({ id }) => id);
  const done = `applied: ${retire.length} retired, ${change.length} changed, ${add.length} added`;
  if (due.length === 0) return { done: retire.length > 0 ? done : "nothing to apply" };
  return { done, next: dueWords(due.length > MAX_IDS_SHOWN ? "--all" : due.join(" ")) };
}

const MAX_IDS_SHOWN = 5;

async function planOf(store: Store, { declarations, problems }: LoadedSources) {
  return planSources(await listSources(store), declarations, idsOf(problems));
}

export function showPlan(plan: SourcePlan): string {
  if (isEmptyPlan(plan)) return "the sources match their files";
  const lines = [
    ...plan.retire.map(({ id, name }) => `- retire ${id} (${name}): no file declares it`),
    ...plan.change.flatMap(({ id, name, fields }) => [
      `~ change ${id} (${name})`,
      ...fields.map((field) => `    ${showField(field)}`),
    ]),
    ...plan.add.map(({ id, name, back }) => `+ ${back ? "add again" : "add"} ${id} (${name})`),
  ];
  const { retire, change, add } = plan;
  const counts = `${retire.length} to retire, ${change.length} to change, ${add.length} to add`;
  return [...lines, counts].join("\n");
}

export function showField({ field, before, after }: FieldChange): string {
  if (before === null) return `${field}: + ${after}`;
  return after === null ? `${field}: - ${before}` : `${field}: ${before} -> ${after}`;
}
