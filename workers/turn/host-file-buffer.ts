import { Batcher } from "../../lib/batch.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { type HostFacts, saveFacts } from "../../store/crawl/hosts.ts";
import type { Store } from "../../store/store.ts";

/**
 * Group commit, because many hosts are new at once: maximum time that a write waits for others, ms,
 * and maximum number of writes.
 */
const COMPANY = { ms: 20, size: 50 };

/** Buffers host files, so that many are written at once. */
export interface FileBuffer {
  /** Stores the response to the request for a file. */
  keep(response: { capture: Capture; body: Body | null }): Promise<void>;
  /** Stores what the file says in the record of its host. */
  note(facts: HostFacts): Promise<void>;
}

export function createFileBuffer(store: Store): FileBuffer {
  const responses = new Batcher<Parameters<FileBuffer["keep"]>[0], void>(COMPANY, async (all) => {
    await addCaptures(
      store,
      all.map(({ capture }) => capture),
      all.flatMap(({ body }) => body ?? []),
    );
    return all.map(() => undefined);
  });
  const facts = new Batcher<HostFacts, void>(COMPANY, async (all) => {
    await saveFacts(store, all);
    return all.map(() => undefined);
  });
  return { keep: (response) => responses.add(response), note: (one) => facts.add(one) };
}
