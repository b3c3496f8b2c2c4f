import { createHash } from "node:crypto";
import { AsyncIterReader } from "warcio";

/** The first line, and the fields by lower-case name, of a record or an HTTP message. */
export interface Head {
  line: string;
  fields: Map<string, string[]>;
}

export interface WarcRecord {
  fields: Map<string, string[]>;
  block: Buffer;
}

/** An HTTP message without its transfer coding. */
export interface HttpMessage extends Head {
  payload: Uint8Array;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** Returns a record's length in bytes; null if its head is incomplete or has no valid length. */
export function lengthOf(bytes: Buffer): number | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const length = Number(field(headOf(bytes.subarray(0, end)).fields, "content-length") ?? "none");
  return Number.isSafeInteger(length) && length >= 0 ? end + 2 * HEAD_END.length + length : null;
}

/** Splits a decompressed gzip member into records: some writers put several into one member. */
export function splitRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    const length = lengthOf(rest) ?? rest.length;
    records.push(rest.subarray(0, length));
    at += length;
  }
  return records;
}

export function readRecord(bytes: Buffer): WarcRecord | { broken: string } {
  const end = bytes.indexOf(HEAD_END);
  const { line, fields } = headOf(bytes.subarray(0, Math.max(0, end)));
  if (end < 0 || !line.startsWith("WARC/")) return { broken: "no WARC record starts here" };
  const length = Number(field(fields, "content-length") ?? Number.NaN);
  if (Number.isNaN(length)) return { broken: "it has no Content-Length" };
  const block = bytes.subarray(end + HEAD_END.length, end + HEAD_END.length + length);
  if (block.length < length) return { broken: `${length - block.length} bytes are missing` };
  const declared = field(fields, "warc-block-digest");
  if (declared && !matchesDigest(declared, block))
    return { broken: `its bytes don't match ${declared}` };
  return { fields, block };
}

export function field(fields: Head["fields"], name: string): string | null {
  return fields.get(name)?.[0] ?? null;
}

/** Returns the HTTP message in a record's block; null if the block has no first line. */
export async function readHttp(block: Buffer): Promise<HttpMessage | null> {
  const bodyStart = headLengthOf(block);
  const head = headOf(block.subarray(0, bodyStart));
  if (head.line === "") return null;
  const body = block.subarray(bodyStart);
  const isChunked = /chunked/i.test(field(head.fields, "transfer-encoding") ?? "");
  const payload = isChunked ? await new AsyncIterReader([body], null, true).readFully() : body;
  return { ...head, payload };
}

function headLengthOf(block: Buffer): number {
  for (let at = block.indexOf("\n"); at >= 0; at = block.indexOf("\n", at + 1)) {
    // Lines can end with a line feed alone.
    const next = block[at + 1] === 0x0d ? at + 2 : at + 1;
    if (block[next] === 0x0a) return next + 1;
  }
  return block.length;
}

function headOf(bytes: Buffer): Head {
  // A line that begins with white space continues the previous line (RFC 9112).
  const [line = "", ...rest] = bytes
    .toString("utf8")
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/);
  const fields = new Map<string, string[]>();
  for (const one of rest) {
    const [, name, value = ""] = /^([^:\s]+)\s*:(.*)$/.exec(one) ?? [];
    if (name === undefined) continue;
    const key = name.toLowerCase();
    const values = fields.get(key);
    if (values) values.push(value.trim());
    else fields.set(key, [value.trim()]);
  }
  return { line: line.trim(), fields };
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function matchesDigest(labelled: string, bytes: Buffer): boolean {
  const [, name, value = ""] = /^(sha1|sha256|sha-256):(\S+)$/i.exec(labelled) ?? [];
  if (name === undefined) return true;
  const digest = createHash(name.toLowerCase().replace("-", "")).update(bytes).digest();
  return (
    value.toLowerCase() === digest.toString("hex") ||
    value.replace(/=+$/, "").toUpperCase() === base32(digest)
  );
}

/** Returns base32 without padding (RFC 4648 section 6). */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{1,5}/g, (five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)] ?? "");
}
