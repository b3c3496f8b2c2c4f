import type { Command } from "commander";
import { diffSources } from "../../config/diff-sources.ts";
import { givesReason } from "../../model/audit.ts";
import { withoutSecrets } from "../../model/source.ts";
import type { FieldChange, Version } from "../../model/version.ts";
import { readVersions } from "../../store/versions.ts";
import { deleteSource } from "../../workers/sources/delete.ts";
import { type Outcome, retire, rollback } from "../../workers/sources/rollback.ts";
import { byCli } from "../by.ts";
import { CommandError } from "../exit.ts";
import { onStore } from "../services.ts";
import { showField } from "../show-plan.ts";
import { fileOf } from "../sources-dir.ts";
import { plainTable, utc } from "../table.ts";

/** `newsgather sources versions | rollback | retire | delete`. */
export function registerVersions(sources: Command): void {
  sources
    .command("versions")
    .description("a source's versions: when, by whom, why, and what each changed")
    .argument("<id>")
    .option("--json", "print JSON, with the declarations")
    .action(async (id: string, { json }: { json?: true }) => {
      const versions = await onStore((store) => readVersions(store, id));
      if (versions.length === 0) throw new CommandError("failed", `no version of ${id} is kept`);
      const told = withChanges(versions);
      console.log(json ? JSON.stringify(told.map(twinOf), null, 2) : table(told));
    });
  verb(sources, "rollback", "declare a source as an earlier version did, in its file too")
    .argument("<version>", "number of the version")
    .action(async (id: string, number: string, { reason }: Options) => {
      const version = Number(number);
      if (!Number.isInteger(version)) throw new CommandError("usage", `${number} is no version`);
      const asked = askedFor(reason);
      const file = await fileOf(id);
      const now = new Date();
      await tell((store) => rollback({ store, file, now }, { id, version }, asked));
    });
  verb(sources, "retire", "look at a source no more and remove its file; its archive stays").action(
    async (id: string, { reason }: Options) => {
      const [asked, file] = [askedFor(reason), await fileOf(id)];
      await tell((store) => retire({ store, file, now: new Date() }, id, asked));
    },
  );
  verb(sources, "delete", "remove a source that has delivered nothing, with its file")
    .option("--purge", "remove one that has, with its articles, links, captures and runs, for good")
    .action(async (id: string, { reason, purge }: Options) => {
      const [asked, file] = [{ ...askedFor(reason), purge: purge === true }, await fileOf(id)];
      await tell((store) => deleteSource({ store, file, now: () => new Date() }, id, asked));
    });
}

interface Options {
  reason: string;
  purge?: true;
}

function verb(sources: Command, name: string, description: string): Command {
  return sources
    .command(name)
    .description(description)
    .argument("<id>")
    .requiredOption("--reason <text>", "why, for the audit log");
}

function askedFor(reason: string) {
  if (!givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  return { by: byCli(), reason };
}

async function tell(
  act: (store: Parameters<Parameters<typeof onStore>[0]>[0]) => Promise<Outcome>,
) {
  const outcome = await onStore(act);
  if ("problem" in outcome) throw new CommandError("failed", outcome.problem);
  console.error(outcome.done);
}

type Told = Version & { changes: FieldChange[] | null };

function withChanges(versions: Version[]): Told[] {
  return versions.map((version, index) => {
    const before = versions.slice(index + 1).find(({ source }) => source !== null)?.source;
    const changes = before && version.source ? diffSources(before, version.source) : null;
    return { ...version, changes };
  });
}

function twinOf({ version, at, by, reason, source, changes }: Told): object {
  return { version, at, by, reason, source: source && withoutSecrets(source), changes };
}

function table(versions: Told[]): string {
  const rows = versions.map(({ version, at, by, reason, source, changes }) => {
    const what = source === null ? "retired" : (changes?.map(showField).join("\n") ?? "first kept");
    return [version, utc(at), by, reason ?? "", what];
  });
  return plainTable(["version", "when", "by", "why", "what changed"], rows, { right: [0] });
}
