import { z } from "zod";
import { jsonOf } from "../../lib/text.ts";
import { HOST_FILE_KINDS } from "../../model/crawl/capture.ts";
import { ENTRY_POINT_KINDS } from "../../model/crawl/entry-points.ts";
import { SKIP_REASONS } from "../../model/crawl/outcome.ts";
import { MAX_SIGNALS, UsageSignalFields } from "../../model/usage-rights.ts";
import type { Found } from "../import/import.ts";
import type { ArchivedResponse, CaptureMetadata } from "../import/read.ts";
import { readPieces } from "./members.ts";
import { field, type Head, readHttp, readRecord, type WarcRecord } from "./parse-record.ts";

interface PendingResponse {
  id: string | null;
  concurrent: readonly string[];
  response: ArchivedResponse;
}

type Headers = Record<string, string>;

/** An import uses only these fields of our own records; other fields could mislead. */
const Metadata = z.object({
  kind: z.enum(["article", ...ENTRY_POINT_KINDS, ...HOST_FILE_KINDS]),
  lane: z.enum(["http", "browser"]),
  url: z.url({ protocol: /^https?$/ }),
  finalUrl: z.url({ protocol: /^https?$/ }),
  status: z.int(),
  hops: z.array(z.object({ url: z.string(), status: z.int(), location: z.string() })).max(20),
  reservations: z.array(z.enum(["noindex", "noarchive", "nosnippet", "tdm"])),
  rights: z.array(UsageSignalFields).max(MAX_SIGNALS).optional().catch(undefined),
  ms: z.number().optional(),
  reason: z.string().nullish(),
  detail: z.string().nullish(),
  withheld: z.enum(["erased", "noarchive", "tdm"]).nullish(),
});

/**
 * Yields a WARC file's responses, each with our metadata if the file has some, and the offsets of
 * unreadable records.
 */
export async function* readResponses(path: string): AsyncGenerator<Found> {
  let pending: PendingResponse | null = null;
  let request: { id: string | null; concurrent: readonly string[]; headers: Headers } | null = null;
  for await (const piece of readPieces(path)) {
    const record = "broken" in piece ? piece : readRecord(piece.bytes);
    if ("broken" in record) {
      if (pending) yield pending.response;
      pending = null;
      yield { offset: piece.offset, broken: record.broken };
      continue;
    }
    const type = field(record.fields, "warc-type");
    const id = field(record.fields, "warc-record-id");
    const concurrent = record.fields.get("warc-concurrent-to") ?? [];
    if (type === "request") {
      const headers = headersOf((await readHttp(record.block))?.fields ?? new Map());
      if (pending && areRelated(pending, id, concurrent))
        pending.response = { ...pending.response, requestHeaders: headers };
      else request = { id, concurrent, headers };
      continue;
    }
    const metadata = type === "metadata" ? metadataOf(record) : null;
    if (metadata) {
      const ours: boolean = pending !== null && areRelated(pending, id, concurrent);
      if (pending) yield ours ? { ...pending.response, metadata } : pending.response;
      pending = null;
      const alone = ours ? null : withoutPayload(record.fields, piece.offset, metadata);
      if (alone) yield alone;
      continue;
    }
    const response = await responseOf(record, piece.offset, type);
    if (!response) continue;
    if (pending) yield pending.response;
    const own =
      request && areRelated({ id, concurrent }, request.id, request.concurrent)
        ? request.headers
        : {};
    pending = { id, concurrent, response: { ...response, requestHeaders: own } };
    request = null;
  }
  if (pending) yield pending.response;
}

function areRelated(
  { id, concurrent }: Pick<PendingResponse, "id" | "concurrent">,
  otherId: string | null,
  other: readonly string[],
): boolean {
  return (id !== null && other.includes(id)) || (otherId !== null && concurrent.includes(otherId));
}

async function responseOf(
  { fields, block }: WarcRecord,
  offset: number,
  type: string | null,
): Promise<ArchivedResponse | null> {
  const url = urlOf(fields);
  const fetchedAt = new Date(field(fields, "warc-date") ?? "");
  if (url === null || Number.isNaN(fetchedAt.getTime())) return null;
  const common = {
    offset,
    url,
    fetchedAt,
    requestHeaders: {},
    address: field(fields, "warc-ip-address"),
    truncated: fields.has("warc-truncated"),
    digest: field(fields, "warc-payload-digest"),
    repeats: null,
    rendered: false,
    metadata: null,
  };
  if (type === "resource") {
    const headers = { "content-type": field(fields, "content-type") ?? "" };
    return { ...common, status: 200, headers, payload: block, rendered: true };
  }
  if (type !== "response" && type !== "revisit") return null;
  const http = block.length > 0 ? await readHttp(block) : null;
  const status = Number(/^\S+\s+(\d{3})/.exec(http?.line ?? "")?.[1] ?? 200);
  const headers = headersOf(http?.fields ?? new Map());
  if (type === "response") return http && { ...common, status, headers, payload: http.payload };
  const at = new Date(field(fields, "warc-refers-to-date") ?? "");
  const repeats = {
    url: field(fields, "warc-refers-to-target-uri") ?? url,
    at: Number.isNaN(at.getTime()) ? fetchedAt : at,
  };
  return { ...common, status, headers, payload: null, repeats };
}

function withoutPayload(
  fields: Head["fields"],
  offset: number,
  metadata: OwnMetadata,
): ArchivedResponse | null {
  const { finalUrl, status } = metadata;
  const fetchedAt = new Date(field(fields, "warc-date") ?? "");
  if (Number.isNaN(fetchedAt.getTime())) return null;
  const nothing = { headers: {}, requestHeaders: {}, address: null, payload: null, digest: null };
  const plain = { truncated: false, repeats: null, rendered: false };
  return { offset, url: finalUrl, fetchedAt, status, ...nothing, ...plain, metadata };
}

type OwnMetadata = CaptureMetadata & Pick<z.infer<typeof Metadata>, "finalUrl" | "status">;

function metadataOf({ fields, block }: WarcRecord): OwnMetadata | null {
  if (!/json/.test(field(fields, "content-type") ?? "")) return null;
  const { success, data } = Metadata.safeParse(jsonOf(block.toString("utf8")));
  if (!success) return null;
  const { reason = null, ms = 0, detail = null, withheld = null, ...metadata } = data;
  const known = reason !== null && Object.hasOwn(SKIP_REASONS, reason);
  return {
    ...metadata,
    ms,
    withheld,
    ...(known && { reason: reason as keyof typeof SKIP_REASONS, detail }),
  };
}

function urlOf(fields: Head["fields"]): string | null {
  // Some writers of WARC 1.0 put the URL in angle brackets.
  const url = field(fields, "warc-target-uri")?.replace(/^<(.*)>$/, "$1") ?? "";
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return null;
  return new URL(url).href;
}

function headersOf(fields: Head["fields"]): Headers {
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.join("\n")]));
}

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
