import type { Found } from "../import/import.ts";
import { readResponses } from "./responses.ts";

/** The responses of WARC files, one file after the other; `at` is told how far in which. */
export async function* readFiles(
  files: readonly string[],
  at: (file: string, offset: number) => void,
): AsyncGenerator<{ file: string; found: Found }> {
  for (const file of files) {
    for await (const found of readResponses(file)) {
      at(file, found.offset);
      yield { file, found };
    }
  }
}
