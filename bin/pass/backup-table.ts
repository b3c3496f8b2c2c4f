import type { Footer, Header } from "../../archive/backup/file.ts";
import { plainTable } from "../table.ts";

/** What a backup file holds. */
export interface BackupReport extends Header, Pick<Footer, "counts" | "elsewhere"> {
  file: string;
  bytes: number;
}

/** The report as a table, for people. */
export function backupTable({ file, bytes, at, counts, elsewhere }: BackupReport): string {
  const rows = Object.entries(counts).map(([name, count]) => [name, count]);
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const table = plainTable(["collection", "documents"], rows, { right: [1] });
  const left = elsewhere
    ? `\nThe bytes of ${elsewhere} bodies are not in it: copy their folder or bucket, too (docs/data.md)`
    : "";
  return `${table}\n${file}: ${size}, as of ${at}${left}`;
}
