import type { Command } from "commander";
import { z } from "zod";
import { CommandError } from "../../lib/exit.ts";
import { robotsBatch } from "./robots.ts";

/** `newsgather robots --batch CASES.json`: one verdict a line. */
export function register(program: Command): void {
  program
    .command("robots")
    .description("say which addresses a robots.txt allows")
    .requiredOption("--batch <cases.json>", "file of {cases: [{id, robots, ua, url}]}")
    .action(async ({ batch }: { batch: string }) => {
      try {
        for await (const verdict of robotsBatch(batch)) {
          process.stdout.write(`${JSON.stringify(verdict)}\n`);
        }
      } catch (error) {
        const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
        throw new CommandError("usage", `${batch} can't be used: ${why}`, { cause: error });
      }
    });
}
