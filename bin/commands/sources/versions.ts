import type { Command } from "@commander-js/extra-typings";
import { CommandError } from "../../../lib/exit.ts";
import { withoutSecrets } from "../../../model/sources/source.ts";
import type { FieldChange, Version } from "../../../model/sources/version.ts";
import { diffSources } from "../../../sources/files/apply.ts";
import { deleteSource, type Outcome, retire, rollback } from "../../../sources/files/lifecycle.ts";
import { readVersions } from "../../../store/sources/versions.ts";
import type { Store } from "../../../store/store.ts";
import { sourceNamed } from "../../known.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { addVerb, fileOf, requireReason, tellDone } from "./options.ts";
import { showField } from "./plan.ts";

export function registerVersions(sources: Command): void {
  sources
    .command("versions <id>")
    .description("show a source's versions: when, by whom, why, and what changed")
    .option("--json", "print JSON, with the declarations")
    .action(async (id, { json }) => {
      const versions = await onStore(async (store) => {
        const stored = await readVersions(store, id);
        // A deleted source has no record, but can still have versions.
        if (stored.length === 0) await sourceNamed(store, id);
        return stored;
      });
      if (versions.length === 0) throw new CommandError("failed", `no version of ${id} is stored`);
      const reports = withChanges(versions);
      print(reports.map(twinOf), json, () => table(reports));
    });
  addVerb(sources, "rollback", "restore an earlier version of a source and of its file")
    .argument("<version>", "number of the version")
    .action(async (id, number, { reason, json }) => {
      const version = Number(number);
      if (!Number.isInteger(version)) {
        const hint = `\`newsgather sources versions ${id}\` lists the versions`;
        throw new CommandError("usage", `${number} isn't the number of a version (${hint})`);
      }
      const author = requireReason(reason);
      const file = await fileOf(id);
      const now = new Date();
      await runVerb(id, json, (store) => rollback({ store, file, now }, { id, version }, author));
    });
  addVerb(
    sources,
    "retire",
    "stop watching a source and remove its file; its archive stays",
  ).action(async (id, { reason, json }) => {
    const [author, file] = [requireReason(reason), await fileOf(id)];
    await runVerb(id, json, (store) => retire({ store, file, now: new Date() }, id, author));
  });
  addVerb(sources, "delete", "delete a source that has delivered nothing, with its file")
    .option(
      "--purge",
      "delete the source even if it has delivered articles; permanently removes its articles, links, captures and runs",
    )
    .action(async (id, { reason, json, purge }) => {
      const how = { ...requireReason(reason), purge: purge === true };
      const file = await fileOf(id);
      const now = () => new Date();
      await runVerb(id, json, (store) => deleteSource({ store, file, now }, id, how));
    });
}

async function runVerb(
  id: string,
  json: true | undefined,
  act: (store: Store) => Promise<Outcome>,
): Promise<void> {
  const outcome = await onStore(async (store) => {
    await sourceNamed(store, id);
    return act(store);
  });
  if ("problem" in outcome) throw new CommandError("failed", outcome.problem);
  tellDone({ ...(json && { id }), ...outcome }, json);
}

type VersionReport = Version & { changes: FieldChange[] | null };

function withChanges(versions: Version[]): VersionReport[] {
  return versions.map((version, index) => {
    const before = versions.slice(index + 1).find(({ source }) => source !== null)?.source;
    const changes = before && version.source ? diffSources(before, version.source) : null;
    return { ...version, changes };
  });
}

function twinOf({ version, at, actor, reason, source, changes }: VersionReport): object {
  return { version, at, actor, reason, source: source && withoutSecrets(source), changes };
}

function table(versions: VersionReport[]): string {
  const rows = versions.map(({ version, at, actor, reason, source, changes }) => {
    const what =
      source === null ? "retired" : (changes?.map(showField).join("\n") ?? "first stored");
    return [version, utc(at), actor, reason ?? "", what];
  });
  return plainTable(["version", "when", "actor", "why", "what changed"], rows, { right: [0] });
}
