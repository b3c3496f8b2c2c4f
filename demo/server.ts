import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { isSubResource, type Reply } from "./site.ts";
import type { SeenRequest } from "./truth.ts";

/** Pace of an endless reply: too slow to reach a size limit, with pauses too short to time out. */
const DRIP = { intervalMs: 400, chunk: `<!-- ${"still loading ".repeat(8)}-->\n` };

const now = () => performance.timeOrigin + performance.now();

/** Returns the reply to a request for `host` (name and port); null if the page doesn't exist. */
export type Answer = (host: string, path: string, method: string) => Reply | null;

const NOT_FOUND: Reply = {
  status: 404,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<!DOCTYPE html><title>404</title><h1>404 Not Found</h1>",
};

export function siteServer(answer: Answer, seen: SeenRequest[]): Server {
  return createServer((request, response) => {
    const start = now();
    const host = request.headers.host ?? "";
    const path = request.url ?? "/";
    let end = 0;
    // The end time is set before the last byte is sent, because the client might send its next
    // request before the server notices the end.
    const ending = () => void (end = now());
    if (!path.startsWith("/__world/")) {
      response.once("close", () =>
        seen.push({
          host,
          path,
          start,
          end: end || now(),
          ...(end === 0 && { cut: true }),
          status: response.statusCode,
          kind: isSubResource(path) ? "sub" : "page",
        }),
      );
    }
    const reply = answer(host, path, request.method ?? "GET") ?? NOT_FOUND;
    if (reply.delayMs) setTimeout(() => send(reply, { request, response, ending }), reply.delayMs);
    else send(reply, { request, response, ending });
  });
}

interface OpenRequest {
  request: IncomingMessage;
  response: ServerResponse;
  ending(): void;
}

function send(reply: Reply, { request, response, ending }: OpenRequest): void {
  const end = (rest?: Uint8Array) => {
    ending();
    response.end(rest);
  };
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  const body = typeof reply.body === "string" ? Buffer.from(reply.body) : reply.body;
  response.statusCode = reply.status;
  if (reply.endless) return drip(body, response);
  if (reply.status === 200) {
    const etag = `"${createHash("sha1").update(body).digest("hex").slice(0, 16)}"`;
    response.setHeader("etag", etag);
    if (isFresh(request, etag, reply.headers["last-modified"])) {
      response.statusCode = 304;
      response.removeHeader("content-type");
      return end();
    }
  }
  const zips = /\bgzip\b/.test(request.headers["accept-encoding"]?.toString() ?? "");
  response.setHeader("vary", "accept-encoding");
  if (zips && body.length > 300 && reply.headers["content-type"] !== "application/gzip") {
    response.setHeader("content-encoding", "gzip");
    end(gzipSync(body, { level: 1 }));
  } else end(body);
}

function isFresh(request: IncomingMessage, etag: string, modified: string | undefined): boolean {
  const match = request.headers["if-none-match"];
  if (match !== undefined) return match.split(",").some((one) => one.trim() === etag);
  const since = request.headers["if-modified-since"];
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since);
}

function drip(head: Uint8Array, response: ServerResponse): void {
  response.write(head);
  const timer = setInterval(() => response.write(DRIP.chunk), DRIP.intervalMs);
  response.once("close", () => clearInterval(timer));
}

export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
