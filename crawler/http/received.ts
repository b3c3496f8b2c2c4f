import type { Encoding } from "../../model/crawl/capture.ts";

/** One response as received over HTTP, or as the browser rendered it; redirects are not followed. */
export interface Received {
  /** The address asked. */
  url: string;
  status: number;
  /** Names lower-case; a repeated header has its values joined by newline. */
  headers: Record<string, string>;
  requestHeaders: Record<string, string>;
  /** The absolute target of a redirect, also of one by script in the browser; else null. */
  location: string | null;
  /** IP address that answered. */
  address: string | null;
  startedAt: Date;
  endedAt: Date;
  ms: number;
  /** The bytes to store, in the coding that `encoding` names. */
  wire: Uint8Array;
  encoding: Encoding | null;
  /** Identity bytes. */
  decoded: Uint8Array;
  /** The body was cut at a byte limit, or ended early. */
  truncated: boolean;
}

/** Whether a status is a redirect that names its target in `Location`. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Absolute target of `Location`, without a fragment; null when it is absent or malformed. */
export function targetOf(location: string | undefined, base: string): string | null {
  const first = location?.split("\n")[0]?.trim();
  if (!first) return null;
  try {
    const target = new URL(first, base);
    target.hash = "";
    return target.href;
  } catch {
    return null;
  }
}
