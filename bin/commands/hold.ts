import type { Command } from "commander";
import { accept } from "../../workers/sources/accept-drift.ts";
import { hold, resume } from "../../workers/sources/hold.ts";
import { byCli } from "../by.ts";
import { CommandError } from "../exit.ts";
import { onStore } from "../services.ts";
import { laterTime } from "../time.ts";

/** `newsgather sources hold | resume | accept`: an operator's word over a source. */
export function registerHold(sources: Command): void {
  const verb = (name: string, description: string, action: typeof hold, refusal: string) =>
    sources
      .command(name)
      .description(description)
      .argument("<id>")
      .requiredOption("--reason <text>", "why, for the audit log")
      .option(
        "--until <time>",
        "of a hold: when it ends by itself, a date or a duration such as 7d",
      )
      .action(async (id: string, { reason, until }: { reason: string; until?: string }) => {
        const asked = { by: byCli(), reason, ...(until && { until: laterTime("--until", until) }) };
        const done = await onStore((store) => action(store, id, asked, new Date()));
        if (!done) throw new CommandError("usage", `${id}: ${refusal}`);
      });
  verb("hold", "don't look at a source from its next run on", hold, "there is no such source");
  verb("resume", "let a held source go on", resume, "it isn't held");
  verb(
    "accept",
    "take how its articles are read now for what is usual",
    accept,
    "its articles are read as before",
  );
}
