import type { Command } from "@commander-js/extra-typings";
import { createParser, type Parser } from "../../../articles/reading/parser.ts";
import { CommandError } from "../../../lib/exit.ts";
import { givesReason } from "../../../model/operations/audit.ts";
import {
  PICKER_FIELDS,
  type PickerField,
  type Proposal,
  type Trial,
} from "../../../model/sources/selector-picker.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { archivedPages } from "../../../sources/selectors/pages.ts";
import { proposeSelectors } from "../../../sources/selectors/picker.ts";
import { tallied, tryField, useSelector } from "../../../sources/selectors/trial.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { unknownName } from "../../exit.ts";
import { sourceNamed } from "../../known.ts";
import { oneLine, plainTable, print } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { onStore } from "../../services/use.ts";
import { fileOf } from "./options.ts";

const MAX_VALUE_CHARS = 60;

interface Options {
  apply?: true;
  reason: string;
  json?: true;
}

export function registerSelect(sources: Command): void {
  sources
    .command("select <id>")
    .description(
      "propose selectors for a field from archived pages, or show what a given selector would change",
    )
    .argument("<field>", PICKER_FIELDS.join(", "))
    .argument("[selector]", "a CSS selector, with @attribute to read an attribute")
    .option("--apply", "write the selector into the source's file")
    .option("--reason <text>", "why, for the audit log", "")
    .option("--json", "print JSON")
    .action(select);
}

async function select(
  id: string,
  name: string,
  selector: string | undefined,
  { apply, reason, json }: Options,
): Promise<void> {
  const field = PICKER_FIELDS.find((one) => one === name);
  if (!field)
    throw unknownName("field", name, PICKER_FIELDS, `write one of ${PICKER_FIELDS.join(", ")}`);
  if (apply && !selector) throw new CommandError("usage", "--apply needs a selector");
  if (apply && !givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  const file = await fileOf(id);
  const parser = createParser(1, await readTopics());
  try {
    await onStore(async (store) => {
      const source = await sourceNamed(store, id);
      if (!selector) return print(await proposed({ store, parser }, source, field), json, listed);
      const pages = await archivedPages(store, id, new Date());
      const trial = await tryField({ parser }, source, pages, { field, selector });
      print(trial, json, tried);
      if (!apply) return;
      const at = { store, file, now: new Date() };
      const outcome = await useSelector(at, id, trial, { actor: cliActor(), reason });
      if ("problem" in outcome) throw new CommandError("failed", outcome.problem);
      console.error(outcome.done);
    });
  } finally {
    await parser.close();
  }
}

async function proposed(
  { store, parser }: { store: Store; parser: Parser },
  source: SourceRecord,
  field: PickerField,
): Promise<Proposal[]> {
  const pages = await archivedPages(store, source._id, new Date());
  if (pages.length === 0) {
    throw new CommandError("failed", `no page of an article of ${source._id} is archived`);
  }
  const request = { n: 0, field, at: null };
  return proposeSelectors({ parser }, pages, request, source.language ?? null);
}

function listed(proposals: Proposal[]): string {
  const rows = proposals.map(({ selector, value, found, pages, distinct, agrees, hinted }) => [
    selector,
    oneLine(value, MAX_VALUE_CHARS),
    `${found} of ${pages}`,
    distinct,
    hinted > 0 ? `${agrees} of ${hinted}` : "",
  ]);
  const none = "nothing on the latest page can be this field";
  const head = ["selector", "gives", "found on", "different", "same as in the feed"];
  return plainTable(head, rows, { none });
}

function tried(trial: Trial): string {
  const rows = trial.pages.map(({ url, at, before, after }) => [
    at.toISOString().slice(0, 16),
    url,
    oneLine(before.value ?? "", MAX_VALUE_CHARS),
    oneLine(after.value ?? "", MAX_VALUE_CHARS),
  ]);
  return `${plainTable(["fetched", "page", "now", "with the selector"], rows)}\n${tallied(trial)}`;
}
