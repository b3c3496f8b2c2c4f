import { writeFile } from "node:fs/promises";
import { fileDigest } from "../file-digest.ts";

/** A file of an export: what it is called, and where it lies. */
export type NamedFile = readonly [name: string, path: string];

/** Writes the manifest of an export: what is `told` of it, and the size and SHA-256 of each file. */
export async function writeManifest(
  manifest: string,
  told: object,
  named: readonly NamedFile[],
): Promise<void> {
  const files = [];
  for (const [file, path] of named) files.push({ file, ...(await fileDigest(path)) });
  await writeFile(manifest, `${JSON.stringify({ ...told, files }, null, 2)}\n`, { mode: 0o600 });
}
