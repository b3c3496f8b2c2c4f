import type { IncomingMessage, RequestOptions } from "node:http";
import type { Readable, Writable } from "node:stream";
import { hostName } from "./hosts-file.ts";

/** Where a proxied request goes. */
export interface Target {
  host: string;
  port: number;
  path: string;
}

const HOP_BY_HOP = new Set([
  "proxy-authorization",
  "proxy-connection",
  "connection",
  "keep-alive",
  "te",
  "trailer",
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
  const headers: string[] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = message.rawHeaders.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, value);
  }
  headers.push("Connection", "keep-alive");
  const { host, port, path } = target;
  return { host, port, path, method: message.method ?? "GET", headers, setHost: false };
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
