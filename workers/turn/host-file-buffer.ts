import { Batcher } from "../../lib/batch.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { type HostFacts, saveFacts } from "../../store/crawl/hosts.ts";
import type { Store } from "../../store/store.ts";

/** Many hosts are often new at the same time, so this saves commits. */
const WRITE_BATCH = { ms: 20, size: 50 };

/** Buffers the results of reading robots.txt and other files of hosts, and stores many at once. */
export interface FileBuffer {
  keep(response: { capture: Capture; body: Body | null }): Promise<void>;
  /** Stores in a host's record what the host's file says. */
  note(facts: HostFacts): Promise<void>;
}

export function createFileBuffer(store: Store): FileBuffer {
  const responses = new Batcher<Parameters<FileBuffer["keep"]>[0], void>(
    WRITE_BATCH,
    async (all) => {
      await addCaptures(
        store,
        all.map(({ capture }) => capture),
        all.flatMap(({ body }) => body ?? []),
      );
      return all.map(() => undefined);
    },
  );
  const facts = new Batcher<HostFacts, void>(WRITE_BATCH, async (all) => {
    await saveFacts(store, all);
    return all.map(() => undefined);
  });
  return { keep: (response) => responses.add(response), note: (one) => facts.add(one) };
}
