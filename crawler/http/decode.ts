import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
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
import { analyse } from "chardet";
import { Decompress } from "fzstd";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import type { Encoding } from "../../model/crawl/capture.ts";

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

/** With more values in `Content-Encoding`, the coding is `unknown`: checking each value is slow. */
const MAX_CODINGS = 20;
/** Servers send these values for a body without a coding. */
const NO_CODINGS = new Set(["", "identity", "none", "7bit", "8bit", "binary", "aws-chunked"]);

/** Returns a body's coding: null for none, `unknown` for several or an unsupported one. */
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

/** A stream costs three times as much, so only larger bodies are inflated as a stream. */
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

function isCorrupt(error: unknown): boolean {
  return error instanceof Error && /incorrect (?:data|length) check/.test(error.message);
}

function inflate(
  wire: Uint8Array,
  { stream: open, lenient }: Pick<ReturnType<typeof inflaterOf>, "stream" | "lenient">,
  limit: number,
): ReturnType<typeof collect> {
  const stream = open(lenient);
  stream.end(wire);
  return collect(stream, limit);
}

/** Reads up to `limit` bytes. If the stream fails, returns what it had sent, and the `error`. */
export async function collect(
  stream: AsyncIterable<unknown>,
  limit: number,
): Promise<Decoded & { error: unknown }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let error: unknown = null;
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

const SAMPLE_BYTES = 64_000;
/** Almost any bytes are valid in these charsets, so a successful decoding proves nothing. */
const PERMISSIVE = /^(windows-125\d|iso-8859-|x-mac|macintosh|koi8|ibm866|x-user-defined)/;

/** Returns the text and its charset. Ignores a declared charset that the bytes contradict. */
export function decodeText(
  bytes: Uint8Array,
  contentType: string | null | undefined,
): { text: string; charset: string } {
  const marked = markCharset(bytes);
  if (marked) return { text: new TextDecoder(marked).decode(bytes), charset: marked };
  const declared = declaredLabels(bytes, contentType ?? "").map(charsetOf);
  for (const charset of declared) {
    if (charset === null) continue;
    if (
      charset !== "utf-8" &&
      isLikelyUtf8(bytes, PERMISSIVE.test(charset) ? 1 : MIN_NON_ASCII_BYTES)
    )
      continue;
    const text = decodeStrictly(charset, bytes);
    if (text !== null) return { text, charset };
  }
  const utf8 = decodeStrictly("utf-8", bytes);
  if (utf8 !== null) return { text: utf8, charset: "utf-8" };
  const charset = detect(bytes, declared) ?? "windows-1252";
  return { text: new TextDecoder(charset).decode(bytes), charset };
}

function charsetOf(label: string): string | null {
  try {
    return label === "" ? null : new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

function decodeStrictly(charset: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return decodeLeniently(charset, bytes);
  }
}

function decodeLeniently(charset: string, bytes: Uint8Array): string | null {
  const text = new TextDecoder(charset).decode(bytes);
  let [bad, foreign] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) bad += 1;
    else if (code > 0x7f) foreign += 1;
  }
  // Teasers are often cut in the middle of a character.
  const isUtf8WithCuts = charset === "utf-8" && bad * 4 <= foreign;
  return bad * 2000 <= text.length || isUtf8WithCuts ? text : null;
}

/** With fewer bytes, a text in a double-byte charset can be valid UTF-8 by chance. */
const MIN_NON_ASCII_BYTES = 60;

function isLikelyUtf8(bytes: Uint8Array, minNonAscii: number): boolean {
  let nonAscii = 0;
  for (const byte of bytes) if (byte >= 0x80) nonAscii += 1;
  return nonAscii >= minNonAscii && isUtf8(bytes);
}

function detect(bytes: Uint8Array, declared: (string | null)[]): string | null {
  const matches = analyse(foreignPart(bytes)).flatMap(({ name, confidence }) => {
    const charset = charsetOf(name);
    return charset && charset !== "utf-8" ? [{ charset, confidence }] : [];
  });
  const best = matches[0]?.confidence ?? 0;
  const near = matches.filter(({ confidence }) => confidence >= best - 10);
  const ordered = [...near.filter(({ charset }) => declared.includes(charset)), ...matches];
  return ordered.find(({ charset }) => decodeStrictly(charset, bytes) !== null)?.charset ?? null;
}

function foreignPart(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.subarray(0, 8 * SAMPLE_BYTES)).toString("latin1");
  const plain = text.replace(/<[^<>]{0,2000}>/g, " ").slice(0, SAMPLE_BYTES);
  return Buffer.from(/[\u0080-\u00ff]/.test(plain) ? plain : text.slice(0, SAMPLE_BYTES), "latin1");
}

const PRESCAN_BYTES = 8192;

function markCharset(bytes: Uint8Array): string | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return null;
}

function declaredLabels(bytes: Uint8Array, contentType: string): string[] {
  const declared: string[] = [];
  const header = labelIn(contentType);
  const isWide = bytes.subarray(0, 64).includes(0);
  if (header && (isWide || !isUtf16(header))) declared.push(header);
  const [first, second, third, fourth] = bytes;
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) declared.push("utf-16le");
  if (first === 0 && second === 0x3c && third === 0 && fourth !== 0) declared.push("utf-16be");
  const head = Buffer.from(bytes.subarray(0, PRESCAN_BYTES)).toString("latin1");
  const xml = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(head)?.[1];
  const label = xml ?? metaLabel(head.replace(/<!--[\s\S]*?(-->|$)/g, ""));
  // A document whose declaration is readable as ASCII can't be UTF-16 (WHATWG HTML 13.2.3.2).
  if (label) declared.push(isUtf16(label) ? "utf-8" : label);
  return declared;
}

function isUtf16(label: string): boolean {
  return charsetOf(label)?.startsWith("utf-16") ?? false;
}

function metaLabel(head: string): string | null {
  for (const [, attributes = ""] of head.matchAll(/<meta\s([^>]{1,500})>/gi)) {
    const own = /(?:^|[\s"'/])charset\s*=\s*(?:["']\s*)?([\w.:-]{1,40})/i.exec(attributes)?.[1];
    if (own) return own;
    if (/http-equiv\s*=\s*["']?content-type/i.test(attributes)) {
      const label = labelIn(attributes);
      if (label) return label;
    }
  }
  return null;
}

/** Returns the charset that a content type names; null if it names none. */
export function labelIn(text: string): string | null {
  return /charset\s*=\s*(?:["']\s*)?([\w.:-]{1,40})/i.exec(text)?.[1] ?? null;
}
