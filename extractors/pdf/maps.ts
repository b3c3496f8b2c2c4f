import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const FOLDER = join(
  dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json")),
  "cmaps",
);

/**
 * Gives pdf.js the character maps that Chinese, Japanese and Korean fonts refer to by name instead
 * of holding them; a class because that is what pdf.js makes an instance of.
 */
export class CharacterMaps {
  /** Reads one of the maps; a file's name comes from the PDF and is trusted only as a plain name. */
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    if (!/^[\w-]+\.bcmap$/.test(filename)) throw new Error(`no character map: ${filename}`);
    return new Uint8Array(await readFile(join(FOLDER, filename)));
  }
}
