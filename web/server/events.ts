import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** Sends Server-Sent Events (WHATWG HTML section 9.2), each as it comes. */
export function sendEvents(reply: FastifyReply, events: AsyncIterable<string>): FastifyReply {
  return (
    reply
      .header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      // A connection that would stay open for a next request would hold up the server's end.
      .header("connection", "close")
      .send(Readable.from(events))
  );
}
