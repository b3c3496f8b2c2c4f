import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, whether this runs from source or from `dist`. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The version in package.json. */
export const version: string = readManifest(root).version;

function findRoot(folder: string): string {
  try {
    readManifest(folder);
    return folder;
  } catch {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json of newsgather was not found");
    return findRoot(parent);
  }
}

function readManifest(folder: string): { version: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
}
