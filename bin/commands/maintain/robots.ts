import { readFile } from "node:fs/promises";
import type { Command } from "@commander-js/extra-typings";
import { z } from "zod";
import { crawlDelay, isAllowed, parseRobots } from "../../../crawler/robots/robots.ts";
import { CommandError } from "../../../lib/exit.ts";

const Cases = z.object({
  cases: z.array(
    z.object({
      id: z.union([z.number(), z.string()]),
      robots: z.string(),
      ua: z.string(),
      url: z.string().optional(),
    }),
  ),
});

interface Verdict {
  id: number | string;
  allowed: boolean;
  /** The Crawl-delay in seconds, null if there is none; missing if the case has a `url`. */
  crawlDelay?: number | null;
}

/** Yields a verdict for each case of `{cases: [{id, robots, ua, url}]}`; throws for other files. */
export async function* robotsBatch(path: string): AsyncGenerator<Verdict> {
  const { cases } = Cases.parse(JSON.parse(await readFile(path, "utf8")));
  for (const { id, robots: text, ua, url } of cases) {
    const robots = parseRobots(text);
    const allowed = isAllowed(robots, ua, url ?? "");
    const delay = crawlDelay(robots, ua);
    if (url !== undefined) yield { id, allowed };
    else yield { id, allowed, crawlDelay: delay === null ? null : delay / 1000 };
  }
}

export function register(program: Command): void {
  program
    .command("robots")
    .description("show which URLs a robots.txt allows")
    .requiredOption("--batch <cases.json>", "file of {cases: [{id, robots, ua, url}]}")
    .action(async ({ batch }) => {
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
