import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { WARC_1_1, WARCRecord } from "warcio";
import { LIMITS } from "../../config/limits.ts";
import { decode } from "../../crawler/http/decode.ts";
import { type Body, type Capture, type Lost, lostText } from "../../model/crawl/capture.ts";
import type { Archived } from "../../store/archive/responses.ts";
import { isEncoded } from "../captures.ts";

/** A record whose payload a later record repeats. */
export interface Earlier {
  url: string;
  date: string;
  digest: string;
}

/** A record to write, and its index entry; `index` is null for a record that isn't indexed. */
export interface Entry {
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
export async function recordsOf(
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
export function payloadKey({ capture, body }: Archived): string | null {
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
