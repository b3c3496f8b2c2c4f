import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { LIMITS } from "../../config/limits.ts";
import { digest, shortHash } from "../../lib/text.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import type { Hop, Lane } from "../../model/crawl/link.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";
import type { Received } from "./response.ts";

const compress = promisify(gzip);

/** The parts of a capture that the response doesn't contain. */
interface CaptureContext {
  linkId: string;
  sourceId: string;
  sourceVersion: number;
  runId: string | null;
  kind: Capture["kind"];
  lane: Lane;
  hops: Hop[];
  reason: NonNullable<Capture["reason"]> | null;
  detail: string | null;
  rights?: UsageSignal[];
  reservations: string[];
  withheld: NonNullable<Capture["withheld"]> | null;
  consent: string | null;
  robotsOverride: string | null;
}

/** Returns a response's capture and compressed body. `body` is null if it is empty or withheld. */
export async function toCapture(
  received: Received,
  context: CaptureContext,
): Promise<{ capture: Capture; body: Body | null }> {
  const keeps = received.wire.length > 0 && context.withheld === null;
  const whole = keeps ? await toBody(received) : null;
  const body = whole && cutToLimit(whole);
  const { url, status, requestHeaders, headers, address, startedAt, ms, truncated } = received;
  const capture: Capture = {
    _id: captureIdOf(context.linkId, received),
    ...context,
    url: context.hops[0]?.url ?? url,
    finalUrl: url,
    status,
    requestHeaders: maskUnknownHeaders(storable(requestHeaders)),
    headers: storable(headers),
    address,
    fetchedAt: startedAt,
    ms,
    bytes: received.wire.length,
    decodedBytes: received.decoded.length,
    bodyId: body?._id ?? null,
    truncated: truncated || body !== whole,
  };
  return { capture, body };
}

export function captureIdOf(
  linkId: string,
  { startedAt, url }: Pick<Received, "startedAt" | "url">,
) {
  return shortHash(`${linkId} ${startedAt.getTime()} ${url}`);
}

async function toBody({ wire, encoding, decoded, endedAt }: Received): Promise<Body> {
  // `wire` can be a view of a larger socket buffer. Store only its own bytes.
  const bytes = encoding ? Buffer.from(wire) : await compress(wire, { level: 4 });
  return {
    _id: digest(bytes),
    bytes,
    encoding: encoding ?? "gzip",
    size: decoded.length,
    storedAt: endedAt,
  };
}

/** Cuts the body, because a MongoDB document can't exceed 16 MB. */
function cutToLimit(body: Body): Body {
  if (body.bytes.length <= LIMITS.wireBytes) return body;
  const bytes = body.bytes.subarray(0, LIMITS.wireBytes);
  return { ...body, _id: digest(bytes), bytes };
}

/** Request headers that can't contain secrets. All other headers are masked. */
const PLAIN_HEADER =
  /^(user-agent|host|referer|range|connection|upgrade-insecure-requests|accept(-\w+)?|if-[\w-]+|sec-[\w-]+)$/;

/** Removes headers that the database would misread as a path (dot) or an operator (`$`). */
function storable(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^\$|\./.test(name)));
}

function maskUnknownHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      PLAIN_HEADER.test(name.toLowerCase()) ? value : "***",
    ]),
  );
}
