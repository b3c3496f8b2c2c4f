import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { dumpStore } from "../../archive/backup/dump.ts";
import { checkBackup, readLines, writeLines } from "../../archive/backup/file.ts";
import { loadConfig, processEnv } from "../../config/env.ts";
import { CommandError } from "../../lib/exit.ts";
import { openStoreOf } from "../open-store.ts";
import { backupTable } from "../pass/backup-table.ts";
import { withDatabase } from "../services/use.ts";

interface Options {
  output: string;
  whole?: boolean;
  json?: boolean;
}

/** `newsgather backup`: everything of the store in one file, while it is in use. */
export function register(program: Command): void {
  program
    .command("backup")
    .description("write the whole store into one file; newsgather may run meanwhile")
    .requiredOption("-o, --output <file>", "gzip file to write, e.g. newsgather.jsonl.gz")
    .option("--whole", "with the bytes of responses in other tiers than the database")
    .option("--json", "print JSON")
    .action(async ({ output, whole = false, json }: Options) => {
      if (output === "-") {
        // What was written is read once more, which a pipe can't be.
        throw new CommandError("usage", "a backup is written to a file: name one, not -");
      }
      const config = loadConfig(processEnv());
      const progress = (name: string, count: number) => console.error(`${name}: ${count}`);
      await withDatabase(config, async (url) => {
        const store = await openStoreOf(config, url);
        try {
          await writeLines(output, dumpStore(store, { now: new Date(), progress, whole }));
        } finally {
          await store.close();
        }
      });
      // What was written is what counts: read once more from the disk.
      const { header, footer } = await checkBackup(readLines(output));
      const { size: bytes } = await stat(output);
      const { counts, elsewhere } = footer;
      const report = { file: output, bytes, ...header, counts, ...(elsewhere && { elsewhere }) };
      console.log(json ? JSON.stringify(report, null, 2) : backupTable(report));
    });
}
