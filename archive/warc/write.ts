import { randomUUID } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { getSurt, WARC_1_1, WARCRecord, WARCSerializer } from "warcio";
import { PRODUCT, VERSION } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import { decode } from "../../crawler/http/decode.ts";
import { setBounded } from "../../lib/async.ts";
import { writeAt } from "../../lib/write-file.ts";
import { type Body, type Capture, type Lost, lostText } from "../../model/crawl/capture.ts";
import type { Archived } from "../../store/archive/responses.ts";
import { isEncoded } from "../captures.ts";
import type { Journal } from "./journal.ts";

const compress = promisify(gzip);

const MAX_REMEMBERED_BODIES = 200_000;

export interface Written {
  captures: number;
  records: number;
  bytes: number;
  /** Number of bodies that couldn't be read. After an interruption, the count begins again. */
  lost: number;
  /** Lines of the index, sorted. */
  index: string[];
}

const MIN_CHECKPOINT_CAPTURES = 50;

/**
 * Writes a WARC file and its index. With a journal, continues from its progress. Takes about 0.3 kB
 * of memory per capture.
 */
export async function writeWarc(
  captures: AsyncIterable<Archived>,
  files: { warc: string; index: string; name: string },
  onCapture: (count: number, one: Archived) => void,
  journal: Journal | null = null,
): Promise<Written> {
  const { from = null, noted = [] } = journal ?? {};
  const { captures: count, records, bytes } = from ?? { captures: 0, records: 0, bytes: 0 };
  const index = noted.flatMap((one) => ("index" in one ? one.index : []));
  const written: Written = { captures: count, records, bytes, lost: 0, index };
  const earlier = new Map(
    noted.flatMap((one) => ("payload" in one ? [[one.payload, one.first] as const] : [])),
  );
  const { name } = files;
  const handle = await open(files.warc, from ? "r+" : "w", 0o600);
  const add = async (entry: Entry) => {
    const at = written.bytes;
    const member = await compressRecord(entry, written, name, journal);
    await writeAt(handle, member, at);
  };
  try {
    await handle.truncate(bytes);
    if (!from) await add(infoEntry(name));
    let previous: Capture | null = null;
    let checkpoint = written.captures;
    for await (const one of captures) {
      const { sourceId, fetchedAt } = one.capture;
      // After an interruption, captures of the same instant can come in another order.
      const isLater =
        previous && (previous.sourceId !== sourceId || previous.fetchedAt < fetchedAt);
      if (journal && isLater && written.captures - checkpoint >= MIN_CHECKPOINT_CAPTURES) {
        checkpoint = written.captures;
        await handle.datasync();
        const { captures: done, records: all, bytes: whole } = written;
        const next = { sourceId, since: fetchedAt };
        await journal.keep({ captures: done, records: all, bytes: whole, next });
      }
      previous = one.capture;
      if (one.lost) written.lost++;
      const key = payloadKey(one);
      const known = key === null ? undefined : earlier.get(key);
      for (const entry of await recordsOf(one, known)) {
        await add(entry);
        noteBody(earlier, key, entry, journal);
      }
      onCapture(++written.captures, one);
    }
  } finally {
    await handle.close();
  }
  written.index.sort((a, b) => (a < b ? -1 : 1));
  const lines = written.index.map((line) => `${line}\n`).join("");
  await writeFile(files.index, lines, { mode: 0o600 });
  return written;
}

async function compressRecord(
  { record, repeats, index }: Entry,
  written: Written,
  filename: string,
  journal: Journal | null,
): Promise<Buffer> {
  const serializer = new WARCSerializer(record);
  await serializer.digestRecord({ payloadDigestForRevisit: repeats ?? "" });
  const bytes = await compress(await serializer.readFully());
  if (index) {
    const { url, date, mime, status } = index;
    const digest = record.warcPayloadDigest ?? undefined;
    const place = { length: String(bytes.length), offset: String(written.bytes), filename };
    const fields = { url, mime, status: String(status), digest, ...place };
    const line = `${getSurt(url)} ${date.replace(/\D/g, "").slice(0, 14)} ${JSON.stringify(fields)}`;
    written.index.push(line);
    journal?.note({ index: line });
  }
  written.records++;
  written.bytes += bytes.length;
  return bytes;
}

function noteBody(
  earlier: Map<string, Earlier>,
  key: string | null,
  { record, index }: Entry,
  journal: Journal | null,
): void {
  if (key === null || index === null || record.warcType !== "response") return;
  const { url, date } = index;
  const first = { url, date, digest: record.warcPayloadDigest ?? "" };
  setBounded(earlier, key, first, MAX_REMEMBERED_BODIES);
  journal?.note({ payload: key, first });
}

function infoEntry(filename: string): Entry {
  const info = { software: `${PRODUCT}/${VERSION}`, format: "WARC File Format 1.1" };
  const conforms = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";
  const record = WARCRecord.createWARCInfo(
    { filename, warcVersion: WARC_1_1 },
    { ...info, conformsTo: conforms },
  );
  return { record, repeats: null, index: null };
}

/** A record whose payload a later record repeats. */
interface Earlier {
  url: string;
  date: string;
  digest: string;
}

/** A record to write, and its index entry; `index` is null for a record that isn't indexed. */
interface Entry {
  record: WARCRecord;
  /**
   * For a `revisit` record, the digest of the repeated payload, or empty if unknown (a 304). For
   * any other record, null.
   */
  repeats: string | null;
  index: { url: string; date: string; mime: string; status: number } | null;
}

const NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/**
 * Returns a capture's WARC 1.1 records (ISO 28500:2017): the response, the request and metadata.
 * The response is missing if the body was withheld or lost.
 */
async function recordsOf(
  { capture, body, lost }: Archived,
  earlier: Earlier | undefined,
): Promise<Entry[]> {
  const main = await mainEntry(capture, body, earlier);
  const ids = main ? { "WARC-Concurrent-To": main.record.warcHeader("WARC-Record-ID") ?? "" } : {};
  return [main ?? [], requestEntry(capture, ids), metadataEntry(capture, lost, ids)].flat();
}

async function mainEntry(
  capture: Capture,
  body: Body | null,
  earlier: Earlier | undefined,
): Promise<Entry | null> {
  const { finalUrl: url, status, headers, lane } = capture;
  if (capture.withheld || (capture.bodyId !== null && body === null)) return null;
  const mime = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() || "unk";
  const index = { url, date: dateOf(capture), mime, status };
  const common = basics(capture);
  const warcHeaders = {
    ...id(),
    ...(capture.address && { "WARC-IP-Address": capture.address }),
    ...(capture.truncated && { "WARC-Truncated": "length" }),
  };
  if (lane === "browser" && body) {
    const { bytes } = await decode(body.bytes, body.encoding, LIMITS.decodedBytes);
    const contentType = headers["content-type"] ?? "text/html";
    const record = WARCRecord.create(
      { ...common, type: "resource", warcHeaders: { ...warcHeaders, "Content-Type": contentType } },
      [bytes],
    );
    return { record, repeats: null, index: { ...index, mime: "text/html" } };
  }
  const statusline = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
  const unmodified = status === 304;
  if (earlier || unmodified) {
    const { httpHeaders } = await payloadOf(capture, null);
    const record = WARCRecord.create({
      ...common,
      type: "revisit",
      warcHeaders,
      statusline,
      httpHeaders,
      ...(earlier && { refersToUrl: earlier.url, refersToDate: earlier.date }),
    });
    if (unmodified) record.warcHeaders.headers.set("WARC-Profile", NOT_MODIFIED_PROFILE);
    return { record, repeats: earlier?.digest ?? "", index: { ...index, mime: "warc/revisit" } };
  }
  const { httpHeaders, payload } = await payloadOf(capture, body);
  const record = WARCRecord.create(
    { ...common, type: "response", warcHeaders, statusline, httpHeaders },
    payload ? [payload] : [],
  );
  return { record, repeats: null, index };
}

async function payloadOf(
  { headers }: Capture,
  body: Body | null,
): Promise<{ httpHeaders: [string, string][]; payload: Uint8Array | null }> {
  const compressed = body !== null && isEncoded(headers, body);
  const payload = !body
    ? null
    : compressed
      ? body.bytes
      : (await decode(body.bytes, body.encoding, LIMITS.decodedBytes)).bytes;
  const dropped = new Set(["transfer-encoding", "content-length"]);
  if (body && !compressed) dropped.add("content-encoding");
  const httpHeaders = headerPairs(headers).filter(([name]) => !dropped.has(name.toLowerCase()));
  if (payload) httpHeaders.push(["content-length", String(payload.byteLength)]);
  return { httpHeaders, payload };
}

/** Returns the same key for captures that can share a payload; null if there is no body. */
function payloadKey({ capture, body }: Archived): string | null {
  return body && `${body._id} ${isEncoded(capture.headers, body) ? "compressed" : "plain"}`;
}

function requestEntry(capture: Capture, warcHeaders: Record<string, string>): Entry {
  const { pathname, search, host } = new URL(capture.finalUrl);
  const headers = headerPairs(capture.requestHeaders).filter(
    ([name]) => name.toLowerCase() !== "host",
  );
  const record = WARCRecord.create({
    ...basics(capture),
    type: "request",
    warcHeaders: { ...id(), ...warcHeaders },
    statusline: `GET ${pathname}${search} HTTP/1.1`,
    httpHeaders: [["host", host], ...headers],
  });
  return { record, repeats: null, index: null };
}

function metadataEntry(
  capture: Capture,
  lost: Lost | undefined,
  warcHeaders: Record<string, string>,
): Entry {
  const { headers: _, requestHeaders: __, ...rest } = capture;
  const metadata = { ...rest, ...(lost && { lost: lostText(lost) }) };
  const record = WARCRecord.create(
    {
      ...basics(capture),
      type: "metadata",
      warcHeaders: { ...id(), ...warcHeaders, "Content-Type": "application/json" },
    },
    [Buffer.from(JSON.stringify(metadata))],
  );
  return { record, repeats: null, index: null };
}

function basics(capture: Capture) {
  return { url: capture.finalUrl, date: dateOf(capture), warcVersion: WARC_1_1 } as const;
}

function id(): Record<string, string> {
  return { "WARC-Record-ID": `<urn:uuid:${randomUUID()}>` };
}

function dateOf({ fetchedAt }: Capture): string {
  return fetchedAt.toISOString();
}

/** Splits repeated headers, which are stored joined by newlines. */
function headerPairs(headers: Record<string, string>): [string, string][] {
  return Object.entries(headers).flatMap(([name, values]) =>
    values.split("\n").map((value): [string, string] => [name, value]),
  );
}
