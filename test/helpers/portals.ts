import { sleep } from "../../lib/time.ts";

/** A reader of the change stream who uses whichever portal is available. */
export interface Portals {
  /** Descriptions of gaps and repeats. */
  problems: string[];
  /** Number of responses, and of times when no portal responded. */
  answers(): number;
  unserved(): number;
  /** The number of the last change read. */
  seq(): number;
  untilRead(seq: number): Promise<void>;
  close(): Promise<void>;
}

interface Page {
  items: { seq: number; articleId: string; version: number }[];
  next_cursor: string;
}

const PAUSE = 50;

/** Reads the stream from each of these portals in turn until it is closed. */
export function followPortals(addresses: () => string[]): Portals {
  const problems: string[] = [];
  const versions = new Map<string, number>();
  const state = { answers: 0, unserved: 0, seq: 0, cursor: "", open: true };
  const ask = async (address: string): Promise<Page | null> => {
    const query = state.cursor && `?cursor=${state.cursor}`;
    const response = await fetch(`${address}/v1/changes${query}`).catch(() => null);
    return response?.ok ? ((await response.json()) as Page) : null;
  };
  const take = ({ items, next_cursor: cursor }: Page) => {
    for (const { seq, articleId, version } of items) {
      if (seq !== state.seq + 1) problems.push(`${state.seq} is followed by ${seq}`);
      const before = versions.get(articleId) ?? 0;
      if (version !== before + 1) problems.push(`${articleId}: ${version} after ${before}`);
      versions.set(articleId, version);
      state.seq = seq;
    }
    state.cursor = cursor;
  };
  const read = async () => {
    for (let turn = 0; state.open; turn++, await sleep(PAUSE)) {
      const all = addresses();
      if (all.length === 0) continue;
      const [first = "", ...others] = [...all.slice(turn % all.length), ...all];
      let page = await ask(first);
      for (const other of others) page ??= await ask(other);
      if (page) take(page);
      if (page) state.answers++;
      else state.unserved++;
    }
  };
  const reading = read();
  return {
    problems,
    answers: () => state.answers,
    unserved: () => state.unserved,
    seq: () => state.seq,
    async untilRead(seq) {
      const deadline = Date.now() + 60_000;
      while (state.seq < seq && Date.now() < deadline) await sleep(PAUSE);
    },
    async close() {
      state.open = false;
      await reading;
    },
  };
}
