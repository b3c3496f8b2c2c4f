import type { Command } from "commander";
import { CommandError } from "../lib/exit.ts";
import { givesReason } from "../model/operations/audit.ts";
import { byCli } from "./by.ts";

/** Options of every command that changes a source. */
export interface VerbOptions {
  reason: string;
  json?: true;
}

/** Adds the options that commands share that change sources. */
export function verbOptions(command: Command): Command {
  return command
    .requiredOption("--reason <text>", "why, for versions and audit log")
    .option("--json", "print JSON");
}

/** Who asks at the command line, and why; throws `CommandError` where no reason is given. */
export function askedFor(reason: string): { by: string; reason: string } {
  if (!givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  return { by: byCli(), reason };
}

/** Says what was done and what happens next. */
export function tellDone(told: { done: string; next?: string }, json: true | undefined): void {
  if (json) console.log(JSON.stringify(told, null, 2));
  else console.error(told.next === undefined ? told.done : `${told.done}\nnext: ${told.next}`);
}

/** What happens to a source that is due: a hint for installations where nothing runs. */
export function dueWords(ids: string): string {
  return `it is read within seconds where newsgather runs; elsewhere: newsgather run ${ids}`;
}
