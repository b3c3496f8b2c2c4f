import type { Encoding } from "../../model/crawl/capture.ts";

/** One response, received over HTTP or rendered by the browser. Redirects aren't followed. */
export interface Received {
  url: string;
  status: number;
  /** The headers by lower-case name. The values of a repeated header are joined by newlines. */
  headers: Record<string, string>;
  requestHeaders: Record<string, string>;
  /** Absolute target of a redirect (also by script); null if there is none or it isn't a URL. */
  location: string | null;
  address: string | null;
  startedAt: Date;
  endedAt: Date;
  ms: number;
  /** The bytes to store, compressed with `encoding`; uncompressed if `encoding` is null. */
  wire: Uint8Array;
  encoding: Encoding | null;
  decoded: Uint8Array;
  /** Whether the end of the body is missing, because of a byte limit or a decompression error. */
  truncated: boolean;
}

/** Returns whether a status is a redirect that names its target in `Location`. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

export function targetOf(location: string | undefined, base: string): string | null {
  const first = location?.split("\n")[0]?.trim();
  if (!first) return null;
  try {
    const target = new URL(fromUtf8(first), base);
    target.hash = "";
    return target.href;
  } catch {
    return null;
  }
}

/** Decodes a header whose characters are bytes of UTF-8. Returns any other header unchanged. */
function fromUtf8(header: string): string {
  if (/[^\0-\xff]/.test(header)) return header;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(header, "latin1"));
  } catch {
    return header;
  }
}
