import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { Option } from "commander";
import { exportArticles } from "../pass/export-articles.ts";
import { onStore } from "../services.ts";

/** How often the count is shown, articles. */
const EVERY = 1000;

/** `newsgather export`: all articles of the store. */
export function register(program: Command): void {
  program
    .command("export")
    .description("write all articles, one JSON object a line")
    .addOption(new Option("--format <format>", "file format").choices(["jsonl"]).default("jsonl"))
    .requiredOption("-o, --output <file>", "file to write; - for standard output")
    .action(async ({ output }: { output: string }) => {
      const count = await onStore(async (store) => {
        let written = 0;
        async function* lines() {
          for await (const article of exportArticles(store)) {
            yield `${JSON.stringify(article)}\n`;
            if (++written % EVERY === 0) console.error(`${written} articles`);
          }
        }
        const out = output === "-" ? process.stdout : createWriteStream(output);
        await pipeline(lines, out, { end: output !== "-" });
        return written;
      });
      console.error(`${count} articles written to ${output}`);
    });
}
