import type { Footer, Header } from "../../store/backup/format.ts";
import { plainTable } from "../table.ts";

/** What a backup file holds. */
export interface BackupReport extends Header, Pick<Footer, "counts"> {
  file: string;
  bytes: number;
}

/** The report as a table, for people. */
export function backupTable({ file, bytes, at, counts }: BackupReport): string {
  const rows = Object.entries(counts).map(([name, count]) => [name, count]);
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  return `${plainTable(["collection", "documents"], rows, { right: [1] })}\n${file}: ${size}, as of ${at}`;
}
