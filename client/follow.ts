import { type Call, type CallParams, ProblemError } from "./call.ts";
import type { Api, Change, Item } from "./types.ts";

/**
 * What to do next to a copy. Keep `cursor` together with it, in one transaction if you can: it is where
 * to go on from; null while a snapshot is not whole, which then begins again.
 */
export type Step =
  | {
      kind: "snapshot";
      /** Forget what you have: this page starts a new copy. */
      first: boolean;
      items: Item[];
      cursor: string | null;
    }
  | { kind: "changes"; changes: Change[]; cursor: string };

/** From where, and what of the stream. */
export interface Following extends Omit<Api["GET /v1/changes"]["query"], "cursor">, Patience {
  /** The last step's; null or absent: begin with a snapshot; `latest`: only what comes. */
  cursor?: string | null;
}

/**
 * The stream without a gap, for as long as it is listened to or until `signal`: a snapshot where there is no cursor or
 * it has expired (410), then changes as they come. A server that is away is waited for.
 */
export async function* follow(
  call: Call,
  { cursor = null, wait = 30, limit, signal, onRetry, ...filter }: Following,
): AsyncGenerator<Step, void, void> {
  const patience = { signal, onRetry };
  const query = { ...filter, ...(limit !== undefined && { limit }) };
  let at = cursor;
  try {
    for (;;) {
      at ??= yield* snapshot(call, query, patience);
      const from: string = at;
      const params = { query: { ...query, wait, cursor: from }, signal };
      const page = await unlessExpired(() =>
        patiently(() => call("GET /v1/changes", params), patience),
      );
      at = page?.next_cursor ?? null;
      if (page && page.next_cursor !== from) {
        yield { kind: "changes", changes: page.items, cursor: page.next_cursor };
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Tells everything that is published; answers from where the stream goes on. */
async function* snapshot(
  call: Call,
  query: Api["GET /v1/snapshot"]["query"],
  patience: Patience,
): AsyncGenerator<Step, string, void> {
  const { signal } = patience;
  let cursor: string | null = null;
  for (let first = true; ; first = false) {
    const params: CallParams<"GET /v1/snapshot"> = {
      query: cursor === null ? query : { ...query, cursor },
      signal,
    };
    const page = await patiently(() => call("GET /v1/snapshot", params), patience);
    cursor = page.next_cursor;
    const whole = cursor === null;
    yield {
      kind: "snapshot",
      first,
      items: page.items,
      cursor: whole ? page.changes_cursor : null,
    };
    if (whole) return page.changes_cursor;
  }
}

async function unlessExpired<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProblemError && error.code === "cursor-expired") return null;
    throw error;
  }
}

/** How long a follower waits for a server that is away. */
interface Patience {
  signal?: AbortSignal | undefined;
  /** Told before each pause of `ms`: what failed. */
  onRetry?: ((error: Error, ms: number) => void) | undefined;
}

const LONGEST = 60_000;

/** Asks again until it is answered, with pauses that double and full jitter; throws what no repeat heals. */
async function patiently<Answer>(
  ask: () => Promise<Answer>,
  { signal, onRetry }: Patience,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error) || !mayPass(error)) throw error;
      const retryAfterMs = error instanceof ProblemError ? error.retryAfter : null;
      const ms = retryAfterMs ?? Math.random() * Math.min(LONGEST, 500 * 2 ** tries);
      onRetry?.(error, ms);
      await pause(ms, signal);
    }
  }
}

/** Busy, broken or restarting; `fetch` throws a TypeError when it reaches nobody. */
function mayPass(error: Error): boolean {
  if (error instanceof ProblemError) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError || error.name === "TimeoutError";
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener("abort", over);
  });
}
