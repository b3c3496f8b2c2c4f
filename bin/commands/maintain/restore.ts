import type { Command } from "@commander-js/extra-typings";
import { BadBackup, checkBackup, readLines } from "../../../archive/backup/file.ts";
import { prepareRestore, restoreBackup } from "../../../archive/backup/restore.ts";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { connectStore } from "../../../store/connect.ts";
import { withDatabase } from "../../services/use.ts";
import { printBackup } from "./backup.ts";

export function register(program: Command): void {
  program
    .command("restore")
    .description("restore a backup into an empty store; stop Newsgather first")
    .argument("<file>", "file that `newsgather backup` wrote")
    .option("--check", "only read the file and show what it contains")
    .option("--json", "print JSON")
    .action(async (file, { check, json }) => {
      const backup = await checked(file);
      if (!check) {
        const config = loadConfig(processEnv());
        await withDatabase(config, (url) => restore(file, url, config));
      }
      await printBackup(file, backup, json);
      if (!check) console.error("restored; continue with `newsgather start`");
    });
}

async function checked(file: string) {
  try {
    return await checkBackup(readLines(file));
  } catch (error) {
    if (error instanceof BadBackup) throw new CommandError("failed", `${file}: ${error.message}`);
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError("failed", `${file} can't be read: ${why}`, { cause: error });
  }
}

async function restore(file: string, url: string, { dbName }: Config): Promise<void> {
  const store = await connectStore(url, { database: dbName });
  try {
    const filled = await prepareRestore(store);
    if (filled.length > 0) {
      throw new CommandError(
        "usage",
        `the database ${dbName} already holds ${filled.join(", ")}: restore into an empty database ` +
          "(set another NEWSGATHER_DB_NAME, NEWSGATHER_DATA_DIR or MONGODB_URI)",
      );
    }
    const progress = (name: string, count: number) => console.error(`${name}: ${count}`);
    await restoreBackup(store, readLines(file), { progress, now: new Date() });
  } finally {
    await store.close();
  }
}
