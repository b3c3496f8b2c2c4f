import { readFile, rename, rm, writeFile } from "node:fs/promises";

/**
 * Writes a source's file whole or not at all; answers why it wasn't written, in words. `over` is what the
 * file must say before (null: it must not be there), so that nobody's change is lost.
 */
export async function placeFile(
  file: string,
  yaml: string,
  over: string | null = null,
): Promise<string | null> {
  const there = await readFile(file, "utf8").catch(() => null);
  if (there === yaml) return null;
  if (there !== over) {
    return there === null
      ? `${file} is gone`
      : `${file} is there already and says something else: change it by hand`;
  }
  const draft = `${file}.draft`;
  try {
    await writeFile(draft, yaml);
    await rename(draft, file);
    return null;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    return `${file} can't be written (${String(error)}): put the declaration there by hand`;
  }
}
