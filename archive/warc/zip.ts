import type { Readable } from "node:stream";
import { type Entry, openPromise, type ZipFile } from "yauzl";

/** A file in a ZIP file. */
export interface Packed {
  name: string;
  /** Bytes, unpacked. */
  size: number;
  /** Whether its bytes lie in the ZIP file as they are. */
  stored: boolean;
  /** Where its bytes begin. */
  start(): Promise<number>;
  /** Its bytes, unpacked. */
  stream(): Promise<Readable>;
}

/** Opens a ZIP file and lists what is in it; rejects where it can't be read. */
export async function readZip(path: string): Promise<{ entries: Packed[]; close(): void }> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  const entries: Packed[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(packedOf(zip, entry));
  } catch (error) {
    zip.close();
    throw error;
  }
  return { entries, close: () => zip.close() };
}

function packedOf(zip: ZipFile, entry: Entry): Packed {
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    stored: entry.compressionMethod === 0 && !entry.isEncrypted(),
    start: async () =>
      (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart,
    stream: () => zip.openReadStreamPromise(entry),
  };
}
