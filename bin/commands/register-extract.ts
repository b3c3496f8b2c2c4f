import type { Command } from "commander";
import { CommandError } from "../../lib/exit.ts";
import { extractBatch } from "./extract.ts";

/** `newsgather extract --batch IN.jsonl -o OUT.jsonl`: the fields of saved pages. */
export function register(program: Command): void {
  program
    .command("extract")
    .description("read the fields of saved pages")
    .requiredOption("--batch <in.jsonl>", "lines of {id, url, file}, file relative to this one")
    .requiredOption("-o, --output <out.jsonl>", "where the lines with the fields go")
    .option("--concurrency <threads>", "threads; default: one per core", threads)
    .action(async ({ batch, output, concurrency }: Options) => {
      const { pages, failed } = await extractBatch(
        batch,
        output,
        concurrency === undefined ? {} : { concurrency },
      );
      process.stderr.write(`${pages} pages, ${failed} could not be read\n`);
      if (failed > 0) {
        const exit = failed === pages ? "failed" : "partly";
        throw new CommandError(exit, `${failed} of ${pages} pages have no fields`);
      }
    });
}

interface Options {
  batch: string;
  output: string;
  concurrency?: number;
}

function threads(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new CommandError("usage", `--concurrency ${text}: give a whole number from 1 to 64`);
}
