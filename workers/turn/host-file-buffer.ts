import { Batcher } from "../../lib/batch.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { type HostFacts, saveFacts } from "../../store/crawl/hosts.ts";
import type { Store } from "../../store/store.ts";

/** Group commit: many hosts are met for the first time at once. How long one waits for company, ms, and how much. */
const COMPANY = { ms: 20, size: 50 };

/** What hosts say of themselves, of many written at once. */
export interface FileBuffer {
  /** Keeps a file's response. */
  keep(response: { capture: Capture; body: Body | null }): Promise<void>;
  /** Keeps what the file says. */
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
