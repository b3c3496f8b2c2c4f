import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from "node:zlib";
import { Decompress } from "fzstd";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import type { Encoding } from "../../model/crawl/capture.ts";
import { charsetOf } from "./charset.ts";

/**
 * A decompressed body. `truncated` is true if the body exceeds the limit, or if only its beginning
 * can be decompressed.
 */
export interface Decoded {
  bytes: Uint8Array;
  truncated: boolean;
}

/** Decodes up to `cap` bytes; limits the compression ratio. Throws if nothing can be decoded. */
export async function decode(
  wire: Uint8Array,
  encoding: Encoding | null,
  cap: number,
): Promise<Decoded> {
  const limit = Math.min(cap, Math.max(HTTP_BOUNDS.ratioFrom, HTTP_BOUNDS.ratio * wire.length));
  if (encoding === null) {
    return wire.length > cap
      ? { bytes: wire.subarray(0, cap), truncated: true }
      : { bytes: wire, truncated: false };
  }
  return encoding === "zstd" ? decodeZstd(wire, limit) : decodeZlib(wire, encoding, limit);
}

/**
 * Maximum number of values in `Content-Encoding`. Checking a value is slow: it can be a charset,
 * which some servers send there, and recognising a charset requires creating a text decoder.
 */
const MAX_CODINGS = 20;
/** Values that servers send for a body without a coding, besides charsets. */
const NO_CODINGS = new Set(["", "identity", "none", "7bit", "8bit", "binary", "aws-chunked"]);

/** Returns a body's coding; null if it isn't compressed, `unknown` if several or unsupported. */
export function codingOf(
  header: string | undefined,
  wire: Uint8Array,
): Encoding | null | "unknown" {
  const values = (header ?? "")
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((value) => !NO_CODINGS.has(value));
  if (values.length > MAX_CODINGS) return "unknown";
  const declared = values.filter((value) => charsetOf(value) === null);
  const gzipped = wire[0] === 0x1f && wire[1] === 0x8b && wire[2] === 8;
  // A gzip file (sitemap.xml.gz) is treated as a gzip-encoded document.
  if (declared.length === 0) return gzipped ? "gzip" : null;
  if (declared.length > 1) return "unknown";
  const [coding] = declared;
  if (coding === "gzip" || coding === "x-gzip") return gzipped ? "gzip" : null;
  if (coding === "br" || coding === "zstd" || coding === "deflate") {
    return wire.length === 0 ? null : coding;
  }
  return "unknown";
}

/** Larger bodies are inflated as a stream, which costs three times as much. */
const MAX_SYNC_INFLATE_BYTES = { wire: 256 * 1024, decoded: 1024 * 1024 };

const LENIENT = { finishFlush: constants.Z_SYNC_FLUSH };
const RAW = { stream: createInflateRaw, whole: inflateRawSync, lenient: LENIENT };

async function decodeZlib(
  wire: Uint8Array,
  encoding: Exclude<Encoding, "zstd">,
  limit: number,
): Promise<Decoded> {
  const inflater = inflaterOf(encoding, wire);
  if (wire.length <= MAX_SYNC_INFLATE_BYTES.wire) {
    const maxOutputLength = Math.min(limit, MAX_SYNC_INFLATE_BYTES.decoded);
    try {
      const options = { ...inflater.lenient, maxOutputLength, chunkSize: 64 * 1024 };
      return { bytes: inflater.whole(wire, options), truncated: false };
    } catch {
      // Too large or broken: the stream returns as much as can be decoded.
    }
  }
  const inflated = await inflate(wire, inflater, limit);
  // Node takes any bytes after a gzip member for another member. Browsers ignore them.
  const isTrailed = encoding === "gzip" && inflated.error !== null && !isCorrupt(inflated.error);
  const first = isTrailed ? await inflate(wire.subarray(gzipHeaderLength(wire)), RAW, limit) : null;
  const isWhole = first?.error === null && first.bytes.length >= inflated.bytes.length;
  const { error, ...decoded } = isWhole ? first : inflated;
  if (error !== null && decoded.bytes.length === 0) throw error;
  return decoded;
}

/** Returns whether an error means that the decoded data has a wrong checksum or length. */
function isCorrupt(error: unknown): boolean {
  return error instanceof Error && /incorrect (?:data|length) check/.test(error.message);
}

/** Returns as much as can be decoded, and the error at which decoding stopped, or null. */
async function inflate(
  wire: Uint8Array,
  { stream: open, lenient }: Pick<ReturnType<typeof inflaterOf>, "stream" | "lenient">,
  limit: number,
): Promise<Decoded & { error: unknown }> {
  const stream = open(lenient);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let error: unknown = null;
  stream.end(wire);
  try {
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) continue;
      chunks.push(chunk.subarray(0, limit - size));
      size += chunk.length;
      if (size > limit) break;
    }
  } catch (cause) {
    error = cause;
  }
  return { bytes: Buffer.concat(chunks), truncated: size > limit || error !== null, error };
}

/** Returns the length of the header of the first gzip member (RFC 1952 section 2.3). */
function gzipHeaderLength(wire: Uint8Array): number {
  const [, , , flags = 0] = wire;
  let at = 10;
  if (flags & 4) at += 2 + (wire[at] ?? 0) + 256 * (wire[at + 1] ?? 0);
  for (const text of [8, 16]) if (flags & text) at = wire.indexOf(0, at) + 1 || wire.length;
  return flags & 2 ? at + 2 : at;
}

/**
 * Returns two functions that decompress: `whole` decompresses a body at once, and `stream` creates
 * a stream. With the options `lenient`, both accept input that ends early.
 */
function inflaterOf(encoding: Exclude<Encoding, "zstd">, wire: Uint8Array) {
  if (encoding === "gzip") return { stream: createGunzip, whole: gunzipSync, lenient: LENIENT };
  if (encoding === "br") {
    const flush = { finishFlush: constants.BROTLI_OPERATION_FLUSH };
    return { stream: createBrotliDecompress, whole: brotliDecompressSync, lenient: flush };
  }
  // Servers send "deflate" both with and without the zlib header (RFC 9110 section 8.4.1.2).
  const [first = 0, second = 0] = wire;
  const hasHeader = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return hasHeader ? { stream: createInflate, whole: inflateSync, lenient: LENIENT } : RAW;
}

function decodeZstd(wire: Uint8Array, limit: number): Decoded {
  if (zstdWindow(wire) > HTTP_BOUNDS.zstdWindow)
    throw new RangeError("the zstd frame needs more than 8 MB");
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((chunk) => {
    if (size < limit) chunks.push(chunk.slice(0, limit - size));
    size += chunk.length;
  });
  const step = 65_536;
  try {
    for (let at = 0; at < wire.length; at += step) {
      stream.push(wire.subarray(at, at + step), at + step >= wire.length);
      if (size > limit) break;
    }
  } catch (error) {
    if (size === 0) throw error;
    return { bytes: Buffer.concat(chunks), truncated: true };
  }
  return { bytes: Buffer.concat(chunks), truncated: size > limit };
}

/** Returns how many bytes a decoder allocates for the first zstd frame before it reads data. */
function zstdWindow(wire: Uint8Array): number {
  const [descriptor = 0, window = 0] = wire.subarray(4, 6);
  const single = (descriptor & 0x20) !== 0;
  if (!single) return 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  const start = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const size = wire.subarray(start, start + ([1, 2, 4, 8][descriptor >> 6] ?? 0));
  return size.reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
}
