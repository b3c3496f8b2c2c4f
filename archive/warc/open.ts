import { createWriteStream } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { CommandError } from "../../lib/exit.ts";

/** The bytes of a WARC file, which can be part of a ZIP file. */
export interface Source {
  size: number;
  /** Offset of the WARC file's first byte in the containing file, for messages. */
  base: number;
  /** Returns `length` bytes at an offset; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
}

const ZIP_MAGIC = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const MAX_EXPANSION_RATIO = 200;
const WARC_NAME = /\.warc(?:\.gz)?$/;

/**
 * Yields the WARC file at a path, or those in a WACZ file. Throws `CommandError` if the file can't
 * be opened, or if a ZIP file is incomplete, has no WARC file or would expand too much.
 */
export async function* openWarcs(path: string): AsyncGenerator<Source> {
  const handle = await open(path).catch((error: unknown) => {
    throw new CommandError("usage", `${path} can't be opened`, { cause: error });
  });
  try {
    const whole = sourceOf(handle, (await handle.stat()).size);
    const isZip = (await whole.read(0, ZIP_MAGIC.length)).equals(ZIP_MAGIC);
    if (isZip) yield* warcsIn(path, handle);
    else yield whole;
  } finally {
    await handle.close();
  }
}

async function* warcsIn(path: string, handle: FileHandle): AsyncGenerator<Source> {
  const zip = await readZip(path).catch((error: unknown) => {
    throw new CommandError("usage", `${path} isn't a complete ZIP file`, { cause: error });
  });
  try {
    const warcs = zip.entries.filter(({ name }) => WARC_NAME.test(name));
    if (warcs.length === 0) throw new CommandError("usage", `${path} contains no WARC file`);
    // Several entries can refer to the same bytes of the file, so limit the sum of their sizes.
    const size = warcs.reduce((sum, one) => sum + (one.stored ? 0 : one.size), 0);
    if (size > MAX_EXPANSION_RATIO * (await handle.stat()).size)
      throw new CommandError(
        "usage",
        `${path} unpacks to more than ${MAX_EXPANSION_RATIO} times its size`,
      );
    for (const warc of warcs) {
      // The specification requires uncompressed entries. Such an entry is read in place.
      if (warc.stored) yield sourceOf(handle, warc.size, await warc.start());
      else yield* unpacked(warc);
    }
  } finally {
    zip.close();
  }
}

async function* unpacked(warc: ZippedFile): AsyncGenerator<Source> {
  const folder = await mkdtemp(join(tmpdir(), "newsgather-wacz-"));
  try {
    const file = join(folder, "data.warc");
    await pipeline(await warc.stream(), createWriteStream(file));
    const plain = await open(file);
    try {
      yield sourceOf(plain, (await plain.stat()).size);
    } finally {
      await plain.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sourceOf(handle: FileHandle, size: number, base = 0): Source {
  return {
    size,
    base,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(
          buffer,
          filled,
          buffer.length - filled,
          base + offset + filled,
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
  };
}

interface ZippedFile {
  name: string;
  /** Number of uncompressed bytes. */
  size: number;
  /** Whether the entry is neither compressed nor encrypted. */
  stored: boolean;
  start(): Promise<number>;
  stream(): Promise<Readable>;
}

async function readZip(path: string): Promise<{ entries: ZippedFile[]; close(): void }> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  const entries: ZippedFile[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(zippedFile(zip, entry));
  } catch (error) {
    zip.close();
    throw error;
  }
  return { entries, close: () => zip.close() };
}

function zippedFile(zip: ZipFile, entry: Entry): ZippedFile {
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    stored: entry.compressionMethod === 0 && !entry.isEncrypted(),
    start: async () =>
      (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart,
    stream: () => zip.openReadStreamPromise(entry),
  };
}
