import type { FastifyRequest } from "fastify";
import { isbot } from "isbot";

/**
 * Whether a request is a reader who clicked on a page of ours, as far as a browser says (W3C Fetch
 * Metadata; over plain HTTP, where browsers leave that out, by its `Referer`). Programs that say who
 * they are, prefetching and links from elsewhere don't count.
 */
export function isClick({
  method,
  headers,
  host,
}: Pick<FastifyRequest, "method" | "headers" | "host">): boolean {
  if (method !== "GET" || isbot(headers["user-agent"] ?? "bot")) return false;
  if (headers["sec-purpose"] !== undefined || headers["purpose"] === "prefetch") return false;
  if (headers["sec-fetch-site"] === undefined) return hostOf(headers.referer) === host;
  return (
    headers["sec-fetch-site"] === "same-origin" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-user"] === "?1"
  );
}

function hostOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : null;
}
