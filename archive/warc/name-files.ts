import { rename } from "node:fs/promises";
import { basename } from "node:path";
import { writeManifest } from "../export/manifest.ts";

/**
 * Gives whole files their names, the last one last; `parts` has where each lies. Before that a manifest is written, with
 * what is `told` of them and the size and SHA-256 of each, so that a file under its name has one.
 */
export async function nameFiles(
  parts: Readonly<Record<string, string>>,
  manifest: string,
  told: object,
): Promise<void> {
  const all = Object.entries(parts);
  await writeManifest(
    manifest,
    told,
    all.map(([part, file]) => [basename(file), part]),
  );
  for (const [part, file] of all) await rename(part, file);
}
