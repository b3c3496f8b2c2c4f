import { z } from "zod";
import type { Capture } from "../../../model/crawl/capture.ts";
import { ENTRY_POINT_KINDS } from "../../../model/crawl/link.ts";
import type { ListedCapture } from "../../../store/crawl/captures.ts";

const Headers = z.record(z.string(), z.string());

/** A capture in a list. */
export const ApiCapture = z.object({
  id: z.string(),
  linkId: z.string().describe("Key of the address as it was found"),
  sourceId: z.string().nullable().describe("null: a file of a host, which serves every source"),
  sourceVersion: z.int(),
  runId: z.string().nullable(),
  kind: z.enum([...ENTRY_POINT_KINDS, "article", "robots", "tdmrep"]),
  lane: z.enum(["http", "browser"]),
  url: z.string().describe("The address that was asked first"),
  finalUrl: z.string().describe("The address that answered"),
  status: z.int(),
  address: z.string().nullable().describe("IP address that answered"),
  fetchedAt: z.iso.datetime(),
  ms: z.int().describe("From the request to the last byte"),
  bytes: z.int().describe("Over the wire"),
  decodedBytes: z.int().describe("Unpacked"),
  digest: z
    .string()
    .nullable()
    .describe("SHA-256 of the body as stored: captures share equal ones"),
  truncated: z.boolean().describe("The body was cut at the byte limit"),
  reservations: z.array(z.string()).describe("What the publisher reserves"),
  withheld: z.string().nullable().describe("Why the body isn't kept although one came"),
  reason: z
    .string()
    .nullable()
    .describe("Why nothing was made of it: a skip, or a failure's cause"),
  detail: z.string().nullable(),
});

/** One capture with what was sent and what came. */
export const ApiCaptureWhole = ApiCapture.extend({
  hops: z.array(z.object({ url: z.string(), status: z.int(), location: z.string() })),
  requestHeaders: Headers.describe("Secret ones are `***`"),
  headers: Headers.describe("A repeated one has its values joined by newline; cookies are `***`"),
  consent: z.string().nullable().describe("Why reservations were overridden"),
  robotsOverride: z.string().nullable().describe("Why robots.txt was overridden"),
});

/** A capture as lists give it. */
export function showCapture(capture: ListedCapture): z.input<typeof ApiCapture> {
  const { linkId, sourceVersion, runId, kind, lane, url, finalUrl, status, address } = capture;
  const { ms, bytes, decodedBytes, truncated, reservations } = capture;
  return {
    id: capture._id,
    linkId,
    sourceId: capture.sourceId || null,
    sourceVersion,
    runId,
    kind,
    lane,
    url,
    finalUrl,
    status,
    address,
    fetchedAt: capture.fetchedAt.toISOString(),
    ms: Math.round(ms),
    bytes,
    decodedBytes,
    digest: capture.bodyId,
    truncated,
    reservations,
    withheld: capture.withheld ?? null,
    reason: capture.reason ?? null,
    detail: capture.detail ?? null,
  };
}

/** A capture with all that is kept of it but its body. */
export function showWhole(capture: Capture): z.input<typeof ApiCaptureWhole> {
  const { hops, requestHeaders, headers, consent = null, robotsOverride } = capture;
  return {
    ...showCapture(capture),
    hops,
    requestHeaders: maskSecretHeaders(requestHeaders),
    headers: maskSecretHeaders(headers),
    consent,
    robotsOverride,
  };
}

/** Headers by which somebody could act as us, whichever way they went. */
const SECRET = /^(proxy-)?authorization$|cookie|token|secret|api-?key|csrf/i;

function maskSecretHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET.test(name) ? "***" : value]),
  );
}
