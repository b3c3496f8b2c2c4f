import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** Sends Server-Sent Events (WHATWG HTML section 9.2), each as soon as `events` yields it. */
export function sendEvents(reply: FastifyReply, events: AsyncIterable<string>): FastifyReply {
  return (
    reply
      .header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      // An open connection would delay the server's shutdown.
      .header("connection", "close")
      .send(Readable.from(events))
  );
}
