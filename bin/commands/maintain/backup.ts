import { stat } from "node:fs/promises";
import type { Command } from "@commander-js/extra-typings";
import { dumpStore } from "../../../archive/backup/dump.ts";
import {
  checkBackup,
  type Footer,
  type Header,
  readLines,
  writeLines,
} from "../../../archive/backup/file.ts";
import { CommandError } from "../../../lib/exit.ts";
import type { Store } from "../../../store/store.ts";
import { asOnlyWriter } from "../../only-writer.ts";
import { megabytes, plainTable, print } from "../../output.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("backup")
    .description("write the whole store to one file; Newsgather can keep running")
    .requiredOption("-o, --output <file>", "gzip file to write, e.g. newsgather.jsonl.gz")
    .option("--whole", "include responses that are stored outside the database")
    .option("--json", "print JSON")
    .action(async ({ output, whole = false, json }) => {
      if (output === "-") {
        // The result is read again, which is impossible with a pipe.
        throw new CommandError("usage", "a backup needs a file name, not -");
      }
      const progress = (name: string, count: number) => console.error(`${name}: ${count}`);
      const dump = (store: Store) => dumpStore(store, { now: new Date(), progress, whole });
      // Verify what was written by reading it again from the disk.
      const check = (part: string) => checkBackup(readLines(part));
      const { header, footer } = await asOnlyWriter(output, () =>
        onStore((store) => writeLines(output, dump(store), check)),
      );
      await printBackup(output, { header, footer }, json);
    });
}

export async function printBackup(
  file: string,
  { header, footer }: { header: Header; footer: Footer },
  json: boolean | undefined,
): Promise<void> {
  const { size: bytes } = await stat(file);
  const { counts, elsewhere } = footer;
  print({ file, bytes, ...header, counts, ...(elsewhere && { elsewhere }) }, json, backupTable);
}

function backupTable({
  file,
  bytes,
  at,
  counts,
  elsewhere,
}: Header & Pick<Footer, "counts" | "elsewhere"> & { file: string; bytes: number }): string {
  const rows = Object.entries(counts).map(([name, count]) => [name, count]);
  const table = plainTable(["collection", "documents"], rows, { right: [1] });
  const left = elsewhere
    ? `\nBodies that are not in this file: ${elsewhere}. Copy the folder or bucket that stores them, too (docs/operators/data.md)`
    : "";
  return `${table}\n${file}: ${megabytes(bytes)}, as of ${at}${left}`;
}
