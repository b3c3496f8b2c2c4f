import { join } from "node:path";
import type { ImportRow } from "./exchange/import.ts";
import { placeFile } from "./file.ts";

/** Writes the files of new sources; one that can't be written is told as wrong. */
export function writeImported(dir: string, rows: readonly ImportRow[]): Promise<ImportRow[]> {
  return Promise.all(
    rows.map(async (row): Promise<ImportRow> => {
      if (row.yaml === null) return row;
      const refused = await placeFile(join(dir, `${row.id}.yaml`), row.yaml);
      return refused ? { ...row, fate: "wrong", why: refused, yaml: null } : row;
    }),
  );
}
