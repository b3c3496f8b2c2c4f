import type { FastifyReply, FastifyRequest } from "fastify";
import type { Html } from "../../lib/text.ts";
import { sleep } from "../../lib/time.ts";
import { goneSignal, sendEvents } from "../server/watch.ts";
import type { PageDeps } from "./page.ts";

const MAX_CONNECTION_MS = 10 * 60_000;

/** Sends a part of a page whenever it changes. The last event follows the part that is final. */
export function sendLive(
  request: FastifyRequest,
  reply: FastifyReply,
  { admit, closing }: PageDeps,
  live: { intervalMs: number; read(): Promise<{ part: Html; isFinal?: boolean }> },
): FastifyReply {
  const gone = goneSignal(reply);
  admit(request.ip, gone);
  const over = AbortSignal.any([gone, closing, AbortSignal.timeout(MAX_CONNECTION_MS)]);
  async function* events() {
    let shown = "";
    while (!over.aborted) {
      const { part, isFinal } = await live.read();
      const { markup } = part;
      yield markup === shown ? ": nothing new\n\n" : `data: ${JSON.stringify(markup)}\n\n`;
      shown = markup;
      if (isFinal) {
        yield "event: end\ndata: end\n\n";
        return;
      }
      await sleep(live.intervalMs, over);
    }
  }
  return sendEvents(reply, events());
}
