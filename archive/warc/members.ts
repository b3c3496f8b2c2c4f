import { createWriteStream } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, crc32, inflateRaw, inflateRawSync } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { CommandError } from "../../lib/exit.ts";
import { lengthOf, splitRecords } from "./parse-record.ts";

/** A record, uncompressed. `offset` is where the record, or its gzip member, begins. */
export interface Piece {
  offset: number;
  bytes: Buffer;
}

/** An unreadable place in a file, and why it is unreadable. */
export interface Broken {
  offset: number;
  broken: string;
}

/**
 * A gzip member or record, or why it is unreadable. If `next` is missing, the search for the next
 * one begins at `from`, or by default at the next byte.
 */
type Taken = { bytes: Buffer; next: number } | { broken: string; next?: number; from?: number };

const KB = 1024;
const INITIAL_WINDOW_BYTES = 64 * KB;
const MAX_WINDOW_BYTES = 32 * KB * KB;
const MAX_UNCOMPRESSED_BYTES = 64 * KB * KB;
/** Deflate compresses at most 1032:1, so an oversized member has at least this compressed size. */
const MIN_OVERSIZED_MEMBER_BYTES = MAX_UNCOMPRESSED_BYTES / 1032;
const MAX_CONSECUTIVE_ERRORS = 200;
const SNIFFED_BYTES = 512;
const TOO_LARGE = `larger than ${MAX_UNCOMPRESSED_BYTES / KB / KB} MB (compress each record by itself, e.g. with warcio recompress)`;
const CUT_OFF = "the file ends inside this record";

/**
 * Yields the records of a WARC file (ISO 28500:2017), or of the WARC files in a WACZ file. For an
 * unreadable record, yields its offset and the reason. Throws `CommandError` if the file isn't WARC
 * or WACZ.
 */
export async function* readPieces(path: string): AsyncGenerator<Piece | Broken> {
  for await (const file of openWarcs(path)) {
    for await (const piece of piecesOf(file, path)) {
      yield { ...piece, offset: file.base + piece.offset };
    }
  }
}

async function* piecesOf(file: Source, path: string): AsyncGenerator<Piece | Broken> {
  const take = await takerFor(file, path);
  let broken = 0;
  for (let offset = 0; offset < file.size; ) {
    const taken = await take(file, offset);
    if ("bytes" in taken) {
      for (const bytes of splitRecords(taken.bytes)) yield { offset, bytes };
      offset = taken.next;
      broken = 0;
      continue;
    }
    yield { offset, broken: taken.broken };
    if (++broken === MAX_CONSECUTIVE_ERRORS) {
      yield {
        offset,
        broken: `${MAX_CONSECUTIVE_ERRORS} errors in a row: the rest of the file is skipped`,
      };
      return;
    }
    offset = taken.next ?? (await nextPiece(file, taken.from ?? offset + 1, take));
  }
}

type Take = (file: Source, offset: number) => Promise<Taken>;

async function takerFor(file: Source, path: string): Promise<Take> {
  const head = await file.read(0, 5);
  if (head[0] === 0x1f && head[1] === 0x8b) return takeMember;
  if (head.toString("latin1") === "WARC/") return takePlain;
  throw new CommandError(
    "usage",
    `${path} isn't a WARC file: it starts with neither gzip nor WARC/`,
  );
}

async function nextPiece(file: Source, from: number, take: Take): Promise<number> {
  const magic = take === takeMember ? Buffer.from([0x1f, 0x8b, 8]) : Buffer.from("WARC/1.");
  for (let at = from; at < file.size; ) {
    const window = await file.read(at, INITIAL_WINDOW_BYTES);
    for (let found = window.indexOf(magic); found >= 0; found = window.indexOf(magic, found + 1)) {
      const head = await file.read(at + found, SNIFFED_BYTES * 2);
      if (take === takePlain ? isRecord(head) : beginsRecord(head)) return at + found;
    }
    // The signature can span two windows.
    at += Math.max(1, window.length - magic.length + 1);
  }
  return file.size;
}

function beginsRecord(head: Buffer): boolean {
  const start = startOfData(head);
  if (start === null) return false;
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    return isRecord(inflateRawSync(head.subarray(start, start + SNIFFED_BYTES), options));
  } catch {
    return false;
  }
}

function isRecord(bytes: Buffer): boolean {
  return bytes.subarray(0, 5).toString("latin1") === "WARC/";
}

/** Reads one gzip member (RFC 1952) and verifies its checksum. */
async function takeMember(file: Source, offset: number): Promise<Taken> {
  for (let want = INITIAL_WINDOW_BYTES; ; want *= 4) {
    const window = await file.read(offset, want);
    const atEnd = offset + window.length >= file.size;
    const start = startOfData(window);
    if (start === null) {
      return { broken: window[0] === 0x1f && atEnd ? CUT_OFF : "no gzip member starts here" };
    }
    const unpacked = await unpack(window.subarray(start));
    if ("broken" in unpacked) {
      const skipped = unpacked.broken === TOO_LARGE ? Math.floor(MIN_OVERSIZED_MEMBER_BYTES) : 1;
      return { ...unpacked, from: offset + skipped };
    }
    const end = unpacked.bytes === null ? Number.POSITIVE_INFINITY : start + unpacked.used;
    if (unpacked.bytes !== null && end + 8 <= window.length) {
      const same = crc32(unpacked.bytes) === window.readUInt32LE(end);
      const next = offset + end + 8;
      if (!same) return { broken: "its checksum doesn't match", next };
      return isRecord(unpacked.bytes)
        ? { bytes: unpacked.bytes, next }
        : { broken: "no WARC record starts here", next };
    }
    if (atEnd) return { broken: CUT_OFF, next: file.size };
    if (want >= MAX_WINDOW_BYTES) return { broken: TOO_LARGE };
  }
}

function startOfData(window: Buffer): number | null {
  if (window.length < 18 || window[0] !== 0x1f || window[1] !== 0x8b || window[2] !== 8)
    return null;
  const flags = window[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + window.readUInt16LE(at);
  for (const text of [8, 16]) {
    if (!(flags & text)) continue;
    const end = window.indexOf(0, at);
    if (end < 0) return null;
    at = end + 1;
  }
  return flags & 2 ? at + 2 : at;
}

type Unpacked = { bytes: Buffer; used: number } | { bytes: null } | { broken: string };

function unpack(compressed: Buffer): Promise<Unpacked> {
  return new Promise((resolve) => {
    const options = { info: true, maxOutputLength: MAX_UNCOMPRESSED_BYTES };
    inflateRaw(compressed, options, (error: NodeJS.ErrnoException | null, result) => {
      const code = error?.code;
      // The end of the data is missing.
      if (code === "Z_BUF_ERROR") resolve({ bytes: null });
      else if (code === "ERR_BUFFER_TOO_LARGE") resolve({ broken: TOO_LARGE });
      else if (error) resolve({ broken: `its gzip data is damaged (${error.message})` });
      else {
        // With `info`, the result has more fields than its type.
        const { buffer, engine } = result as unknown as {
          buffer: Buffer;
          engine: { bytesWritten: number };
        };
        resolve({ bytes: buffer, used: engine.bytesWritten });
      }
    });
  });
}

async function takePlain(file: Source, offset: number): Promise<Taken> {
  const head = await file.read(offset, INITIAL_WINDOW_BYTES);
  if (!isRecord(head)) return { broken: "no WARC record starts here" };
  const length = lengthOf(head);
  if (length === null) return { broken: "its header is incomplete or has no Content-Length" };
  const next = offset + length;
  // The empty lines after the last record are often missing.
  if (next > file.size + 4) return { broken: CUT_OFF };
  if (length > MAX_UNCOMPRESSED_BYTES) return { broken: TOO_LARGE, next };
  return { bytes: await file.read(offset, length), next };
}

type Source = ReturnType<typeof sourceOf>;

const ZIP_MAGIC = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const MAX_EXPANSION_RATIO = 200;
const WARC_NAME = /\.warc(?:\.gz)?$/;

async function* openWarcs(path: string): AsyncGenerator<Source> {
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
  const broken = (error: unknown) => {
    throw new CommandError("usage", `${path} isn't a complete ZIP file`, { cause: error });
  };
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(broken);
  try {
    const entries = await entriesOf(zip).catch(broken);
    const warcs = entries.filter(({ fileName }) => WARC_NAME.test(fileName));
    if (warcs.length === 0) throw new CommandError("usage", `${path} contains no WARC file`);
    // Several entries can refer to the same bytes of the file, so limit the sum of their sizes.
    const size = warcs.reduce((sum, one) => sum + (isStored(one) ? 0 : one.uncompressedSize), 0);
    if (size > MAX_EXPANSION_RATIO * (await handle.stat()).size)
      throw new CommandError(
        "usage",
        `${path} unpacks to more than ${MAX_EXPANSION_RATIO} times its size`,
      );
    for (const warc of warcs) {
      // The specification requires uncompressed entries. Such an entry is read in place.
      if (isStored(warc)) {
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(warc, { minimal: true });
        yield sourceOf(handle, warc.uncompressedSize, fileDataStart);
      } else {
        yield* unzipped(zip, warc);
      }
    }
  } finally {
    zip.close();
  }
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}

function isStored(entry: Entry): boolean {
  return entry.compressionMethod === 0 && !entry.isEncrypted();
}

async function* unzipped(zip: ZipFile, warc: Entry): AsyncGenerator<Source> {
  const folder = await mkdtemp(join(tmpdir(), "newsgather-wacz-"));
  try {
    const file = join(folder, "data.warc");
    await pipeline(await zip.openReadStreamPromise(warc), createWriteStream(file));
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

function sourceOf(handle: FileHandle, size: number, base = 0) {
  return {
    size,
    base,
    async read(offset: number, length: number): Promise<Buffer> {
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
