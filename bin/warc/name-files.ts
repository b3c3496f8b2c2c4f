import { rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileDigest } from "../file-digest.ts";

/**
 * Gives whole files their names, the last one last; `parts` has where each lies. Before that a manifest is written, with
 * what is `told` of them and the size and SHA-256 of each, so that a file under its name has one.
 */
export async function nameFiles(
  parts: Readonly<Record<string, string>>,
  manifest: string,
  told: object,
): Promise<void> {
  const files = [];
  for (const [part, file] of Object.entries(parts)) {
    files.push({ file: basename(file), ...(await fileDigest(part)) });
  }
  await writeFile(manifest, `${JSON.stringify({ ...told, files }, null, 2)}\n`);
  for (const [part, file] of Object.entries(parts)) await rename(part, file);
}
