import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Command } from "@commander-js/extra-typings";
import pLimit from "p-limit";
import { Piscina } from "piscina";
import { z } from "zod";
import { CommandError } from "../../../lib/exit.ts";
import { linesOf } from "../../../lib/text.ts";
import { wholeNumber } from "../../exit.ts";
import { type BatchPage, emptyPage, type PageTask } from "./extract-page.ts";

const Line = z.object({ id: z.string(), url: z.string(), file: z.string() });

const PAGE_TIMEOUT_MS = 5000;

// Threads run compiled code. If this file runs as TypeScript, they use the build in `dist`.
const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../../../dist/bin/commands/archive/extract-thread.js", import.meta.url)
  : new URL("./extract-thread.js", import.meta.url);

/**
 * Extracts the pages listed in `input` (lines of `{id, url, file}`) to lines of JSON in `output`,
 * in the same order. A failed page's fields are null except `id`. Throws if a line is invalid.
 */
export async function extractBatch(
  input: string,
  output: string,
  { concurrency: threads = availableParallelism() }: { concurrency?: number | undefined } = {},
): Promise<{ pages: number; failed: number }> {
  const out = await open(output, "w").catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError("usage", `${output} can't be written: ${why}`, { cause: error });
  });
  const pool = new Piscina({
    filename: THREAD.href,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  // Tasks wait here rather than in the pool, so that the time limit covers only the page itself.
  const limit = pLimit(threads);
  const counts = { pages: 0, failed: 0 };
  const run = async (task: PageTask): Promise<BatchPage> => {
    const signal = AbortSignal.timeout(PAGE_TIMEOUT_MS);
    try {
      return await pool.run(task, { signal });
    } catch (error) {
      counts.failed++;
      const why = signal.aborted ? `took longer than ${PAGE_TIMEOUT_MS} ms` : String(error);
      process.stderr.write(`${task.id}: ${why}\n`);
      return emptyPage(task.id);
    }
  };
  const lines = async function* () {
    // Start the threads first, so that their start-up isn't part of a page's time.
    await Promise.all(Array.from({ length: threads }, () => pool.run(null)));
    const waiting: Promise<BatchPage>[] = [];
    for await (const task of tasksOf(input)) {
      counts.pages++;
      waiting.push(limit(run, task));
      const first = waiting.length >= threads * 4 ? waiting.shift() : undefined;
      if (first) yield lineOf(await first);
    }
    for (const page of waiting) yield lineOf(await page);
  };
  try {
    await pipeline(lines, out.createWriteStream());
  } finally {
    // As in `createParser`: a closed pool would otherwise start threads again.
    pool.options.minThreads = 0;
    await pool.close({ force: true });
  }
  return counts;
}

function lineOf(page: BatchPage): string {
  return `${JSON.stringify(page)}\n`;
}

async function* tasksOf(input: string): AsyncGenerator<PageTask> {
  const folder = dirname(resolve(input));
  const now = new Date();
  let number = 0;
  for await (const text of linesOf(createReadStream(input, "utf8"))) {
    number++;
    if (!text.trim()) continue;
    const { id, url, file } = parseLine(text, `${input}:${number}`);
    yield { id, url, file: resolve(folder, file), now };
  }
}

function parseLine(text: string, place: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${place}: write {"id", "url", "file"} as JSON on each line\n${why}`, {
      cause: error,
    });
  }
}

export function register(program: Command): void {
  program
    .command("extract")
    .description("read the fields of saved pages")
    .requiredOption(
      "--batch <in.jsonl>",
      "JSON lines of {id, url, file}; file is relative to the folder of this list",
    )
    .requiredOption("-o, --output <out.jsonl>", "output file, with one line of fields per page")
    .option(
      "--concurrency <threads>",
      "number of threads (default: one per core)",
      wholeNumber(1, 64),
    )
    .action(async ({ batch, output, concurrency }) => {
      const { pages, failed } = await extractBatch(batch, output, { concurrency });
      process.stderr.write(`Pages: ${pages}; could not be read: ${failed}\n`);
      if (failed > 0) {
        const exit = failed === pages ? "failed" : "partly";
        throw new CommandError(exit, `pages without fields: ${failed} of ${pages}`);
      }
    });
}
