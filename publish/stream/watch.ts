import type { FastifyReply } from "fastify";
import { sleep } from "../../lib/time.ts";
import { ProblemError } from "../problem.ts";

/** Readers that may wait at once in one process. */
const MOST = 1000;
/** How often the head is looked at while somebody waits, ms. */
const LOOK = 250;

/** Waits for the stream to grow: one look at its head for all who wait. */
export interface Watch {
  /** Resolves when the head is beyond `seq`, `ms` are over, `signal` fires or the server closes. */
  beyond(seq: number, ms: number, signal: AbortSignal): Promise<void>;
  /** Fires when the server closes. */
  closing: AbortSignal;
  close(): void;
}

/** Makes the watch; throws a 503 problem for readers over its bound. */
export function createWatch(head: () => Promise<{ seq: number }>): Watch {
  const waiting = new Set<{ seq: number; wake: AbortController }>();
  const closing = new AbortController();
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    while (waiting.size > 0 && !closing.signal.aborted) {
      // A store that doesn't answer now may answer before the readers' time is over.
      const { seq } = await head().catch(() => ({ seq: 0 }));
      for (const one of waiting) if (seq > one.seq) one.wake.abort();
      await sleep(LOOK, closing.signal);
    }
    looking = false;
  }

  return {
    async beyond(seq, ms, signal) {
      if (waiting.size >= MOST) {
        throw new ProblemError(503, "too-many-waiting", "Too many readers wait: ask without wait.");
      }
      const one = { seq, wake: new AbortController() };
      waiting.add(one);
      void look();
      await sleep(ms, AbortSignal.any([one.wake.signal, signal, closing.signal]));
      waiting.delete(one);
    },
    closing: closing.signal,
    close: () => closing.abort(),
  };
}

/** Fires when whoever asked is gone. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}
