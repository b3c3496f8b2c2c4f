import type { IncomingMessage, ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { listen } from "./loopback.ts";

/** A span in OTLP. */
interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** When it ended, ns, as digits. */
  endTimeUnixNano: string;
  status?: { code?: number; message?: string };
}

/** A collector of traces on loopback. */
export interface Collector {
  url: string;
  spans(): SentSpan[];
  close(): Promise<void>;
}

interface Sent {
  resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
}

/** Listens for OTLP over HTTP and stores what is sent. */
export async function collectTraces(): Promise<Collector> {
  const sent: SentSpan[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const { resourceSpans } = JSON.parse(await text(request)) as Sent;
    sent.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans)));
    response.setHeader("content-type", "application/json").end("{}");
  };
  const server = await listen("127.0.0.1", (request, response) => void take(request, response));
  return { url: `${server.origin}/v1/traces`, spans: () => sent, close: server.close };
}

/** Returns a stream for a logger that records its lines. */
export function lines(): Writable & { lines(): Record<string, unknown>[] } {
  const written: string[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const read = () =>
    written
      .join("")
      .trim()
      .split("\n")
      .map((line): Record<string, unknown> => JSON.parse(line));
  return Object.assign(out, { lines: read });
}
