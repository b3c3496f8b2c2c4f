import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { networkOf } from "../../lib/text.ts";
import { sleep } from "../../lib/time.ts";
import { ProblemError } from "../../model/problem.ts";

const MAX_WAITING = { all: 1000, perAddress: 100 };
const HEAD_CHECK_INTERVAL_MS = 250;

/**
 * Returns a function that counts a waiting reader until `signal` fires, separately from other such
 * functions. That function throws a 429 or 503 problem at a limit.
 */
export function limitWaiting() {
  const waiting = new Set<{ from: string }>();
  return (address: string, signal: AbortSignal): void => {
    const reader = { from: networkOf(address) };
    const there = [...waiting].filter(({ from }) => from === reader.from).length;
    if (there >= MAX_WAITING.perAddress) {
      const detail = `${there} requests from your address are already waiting. Close some of them, or send requests without \`wait\`.`;
      throw new ProblemError(429, "too-many-waiting", detail);
    }
    if (waiting.size >= MAX_WAITING.all) {
      const detail = "Too many requests are waiting. Send requests without `wait`.";
      throw new ProblemError(503, "too-many-waiting", detail);
    }
    if (signal.aborted) return;
    waiting.add(reader);
    signal.addEventListener("abort", () => waiting.delete(reader));
  };
}

export type Watch = ReturnType<typeof createWatch>;

/** Waits for new changes in the stream. One query of the latest `seq` serves all readers. */
export function createWatch(head: () => Promise<{ seq: number }>) {
  const waiting = new Set<{ seq: number; wake: AbortController }>();
  const closer = new AbortController();
  const closing: AbortSignal = closer.signal;
  let checking = false;

  async function checkHead(): Promise<void> {
    if (checking) return;
    checking = true;
    while (waiting.size > 0 && !closing.aborted) {
      // If the store doesn't answer now, it might answer while the readers still wait.
      const { seq } = await head().catch(() => ({ seq: 0 }));
      for (const one of waiting) if (seq > one.seq) one.wake.abort();
      await sleep(HEAD_CHECK_INTERVAL_MS, closing);
    }
    checking = false;
  }

  return {
    admit: limitWaiting(),
    /** Waits up to `ms` for a change after `seq`; also ends on `signal` or when the server closes. */
    async beyond(seq: number, ms: number, signal: AbortSignal): Promise<void> {
      const one = { seq, wake: new AbortController() };
      waiting.add(one);
      void checkHead();
      await sleep(ms, AbortSignal.any([one.wake.signal, signal, closing]));
      waiting.delete(one);
    },
    closing,
    close: () => closer.abort(),
  };
}

/** Returns a signal that fires when the response has been sent or the client has disconnected. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}

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
