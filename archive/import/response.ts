import { LIMITS } from "../../config/limits.ts";
import { codingOf, decode } from "../../crawler/http/decode.ts";
import { isRedirect, type Received, targetOf } from "../../crawler/http/received.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { GiveUp } from "../../model/crawl/failure.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";

/** The metadata of a capture that our own archive adds to the response. */
export type CaptureMetadata = Pick<Capture, "kind" | "lane" | "url" | "hops" | "reservations"> & {
  rights?: UsageSignal[] | undefined;
} & Partial<Pick<Capture, "ms" | "reason" | "detail" | "withheld">>;

/** A response as another archive holds it. */
export interface ArchivedResponse {
  /** Its offset in its file. */
  offset: number;
  url: string;
  fetchedAt: Date;
  status: number;
  /** Names lower-case; a repeated header has its values joined by newline. */
  headers: Record<string, string>;
  requestHeaders: Record<string, string>;
  address: string | null;
  /** In its content coding; null when the archive has none: see `repeats` and `told`. */
  payload: Uint8Array | null;
  /** The archive holds a part of it alone. */
  truncated: boolean;
  /** Digest of the payload with its algorithm's label, by which later records refer to it. */
  digest: string | null;
  /** The earlier response whose payload it has, too. */
  repeats: { url: string; at: Date } | null;
  /** As a browser rendered it. */
  rendered: boolean;
  metadata: CaptureMetadata | null;
}

/** The response as if it had just come; throws `GiveUp` for a content coding that can't be undone. */
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

/** Archives such as Common Crawl's undo the content coding and keep the header. */
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
