import { type Call, type CallParams, ProblemError } from "./call.ts";
import type { Api, Change, Item } from "./types.ts";

/**
 * The next update of your copy of the articles. Store `cursor` together with the data, and start
 * there next time. In a snapshot, only the last page has a cursor.
 */
export type Step =
  | {
      kind: "snapshot";
      /** Whether this is the first page of a snapshot. If so, delete your old copy. */
      first: boolean;
      items: Item[];
      cursor: string | null;
    }
  | { kind: "changes"; changes: Change[]; cursor: string };

export interface Following extends Omit<Api["GET /v1/changes"]["query"], "cursor">, Patience {
  /** The last step's cursor. Null or missing: begin with a snapshot; `latest`: skip the past. */
  cursor?: string | null;
}

/**
 * Iterates over the change stream. Starts with a snapshot if the cursor is missing or has expired.
 * Waits while the server is unavailable.
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

interface Patience {
  signal?: AbortSignal | undefined;
  onRetry?: ((error: Error, ms: number) => void) | undefined;
}

const MAX_RETRY_DELAY_MS = 60_000;

async function patiently<Answer>(
  ask: () => Promise<Answer>,
  { signal, onRetry }: Patience,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error) || !isTemporary(error)) throw error;
      const usual = Math.random() * Math.min(MAX_RETRY_DELAY_MS, 500 * 2 ** tries);
      // A `Retry-After` of 0 would repeat the request without end and without a pause.
      const ms = (error instanceof ProblemError && error.retryAfter) || usual;
      onRetry?.(error, ms);
      await pause(ms, signal);
    }
  }
}

function isTemporary(error: Error): boolean {
  if (error instanceof ProblemError) return error.status === 429 || error.status >= 500;
  // `fetch` throws a `TypeError` if it can't connect.
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
