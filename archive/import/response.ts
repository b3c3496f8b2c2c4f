import { LIMITS } from "../../config/limits.ts";
import { codingOf, decode } from "../../crawler/http/decode.ts";
import { isRedirect, type Received, targetOf } from "../../crawler/http/received.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { GiveUp } from "../../model/crawl/failure.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";

/** Metadata of a capture. Only our own archives contain it. */
export type CaptureMetadata = Pick<Capture, "kind" | "lane" | "url" | "hops" | "reservations"> & {
  rights?: UsageSignal[] | undefined;
} & Partial<Pick<Capture, "ms" | "reason" | "detail" | "withheld">>;

export interface ArchivedResponse {
  offset: number;
  url: string;
  fetchedAt: Date;
  status: number;
  /** The headers by lower-case name. The values of a repeated header are joined by newlines. */
  headers: Record<string, string>;
  requestHeaders: Record<string, string>;
  address: string | null;
  /**
   * The body in its content coding. Null if the response repeats an earlier one (`repeats`), or if
   * our archive withheld or lost the body (`metadata`).
   */
  payload: Uint8Array | null;
  truncated: boolean;
  /** Digest in the archive, such as `sha1:...`, to which later records refer; null if none. */
  digest: string | null;
  /** The earlier response with the same payload; null if this record has its own payload. */
  repeats: { url: string; at: Date } | null;
  rendered: boolean;
  metadata: CaptureMetadata | null;
}

/** Returns a response as if just received. Throws `GiveUp` if its coding can't be undone. */
export async function toReceived(response: ArchivedResponse): Promise<Received> {
  const { url, status, requestHeaders, address, fetchedAt, payload, metadata } = response;
  const whole = payload ?? new Uint8Array();
  const cut = whole.length > LIMITS.wireBytes;
  const wire = cut ? whole.subarray(0, LIMITS.wireBytes) : whole;
  const { encoding, headers } = codingIn(response.headers, wire);
  const decoded = await decode(wire, encoding, LIMITS.decodedBytes).catch(() => null);
  if (!decoded) throw new GiveUp("bad-response", `${encoding} is broken`);
  const ms = metadata?.ms ?? 0;
  return {
    url,
    status,
    headers,
    requestHeaders,
    location: isRedirect(status) ? targetOf(headers["location"], url) : null,
    address,
    startedAt: fetchedAt,
    endedAt: new Date(),
    ms,
    wire,
    encoding,
    decoded: decoded.bytes,
    truncated: response.truncated || cut || decoded.truncated,
  };
}

/**
 * Returns the actual content coding (null for none) and matching headers: archives such as Common
 * Crawl's undo the coding but keep its header. Throws `GiveUp` for an unknown coding.
 */
function codingIn(headers: Record<string, string>, wire: Uint8Array) {
  const encoding = codingOf(headers["content-encoding"], wire);
  if (encoding === "unknown")
    throw new GiveUp("bad-response", `content-encoding ${headers["content-encoding"]}`);
  if (encoding !== "br" && encoding !== "zstd" && encoding !== "deflate")
    return { encoding, headers };
  const start = Buffer.from(wire.subarray(0, 200)).toString("latin1").trimStart();
  if (!/^(?:\u00ef\u00bb\u00bf)?<(?:!doctype|html|\?xml|head|!--)/i.test(start))
    return { encoding, headers };
  const { "content-encoding": _, ...rest } = headers;
  return { encoding: null, headers: rest };
}
