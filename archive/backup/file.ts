import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** Writes lines into a gzip file, only for its owner to read, that has its name once it is whole and on the disk. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(
      Readable.from(ended(lines)),
      createGzip(),
      createWriteStream(part, { mode: 0o600 }),
    );
    const file = await open(part);
    await file.sync();
    await file.close();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** The lines of a gzip file; rejects when it can't be read or was cut off. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const text = source.pipe(createGunzip());
  source.on("error", (error) => text.destroy(error));
  const lines = createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
  // `readline` ends quietly on an error of its input.
  const failed = new Promise<never>((_, reject) => text.once("error", reject));
  failed.catch(() => {});
  yield* lines;
  if (text.errored) await failed;
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
