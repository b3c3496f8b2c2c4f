import type { IncomingMessage, RequestOptions } from "node:http";
import type { Readable, Writable } from "node:stream";
import { hostName } from "../egress/hosts-file.ts";

/** Where a proxied request goes. */
export interface Target {
  host: string;
  port: number;
  path: string;
}

/** Headers that hold for one connection (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  "proxy-authorization",
  "proxy-connection",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Host, port and path of an absolute `http://` address; null for anything else. */
export function originOf(address: string, defaultPort = 80): Target | null {
  if (!address.startsWith("http://") || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.username || url.password) return null;
  // URL drops a port of 80 as the default, also where it was written.
  const written = /^http:\/\/[^/?#]*:80(?=$|[/?#])/.test(address) ? 80 : defaultPort;
  const port = Number(url.port) || written;
  return { host: hostName(url.hostname), port, path: `${url.pathname}${url.search}` };
}

/** The request to send on: same method and headers, without those meant for the proxy. */
export function outgoing(message: IncomingMessage, target: Target): RequestOptions {
  const headers = [...endToEndHeaders(message), "Connection", "keep-alive"];
  const { host, port, path } = target;
  return { host, port, path, method: message.method ?? "GET", headers, setHost: false };
}

/** The headers to pass on, as names and values in turn, in the order they came. */
export function endToEndHeaders({ rawHeaders }: IncomingMessage): string[] {
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}

/** Pipes with back pressure, and cuts both ends once more than `limit` bytes came. */
export function capped(
  from: Readable,
  to: Writable,
  limit: number,
  count: (bytes: number) => void,
): void {
  let size = 0;
  from.on("data", (chunk: Buffer) => {
    size += chunk.length;
    count(chunk.length);
    if (size <= limit) return;
    from.destroy();
    to.destroy();
  });
  from.on("error", () => to.destroy());
  from.pipe(to);
}
