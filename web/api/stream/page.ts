import type { Change } from "../../../model/publish/change.ts";
import { type Filter, kindFor } from "../../../model/publish/filter.ts";
import { readChanges } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import type { Context } from "../../server/context.ts";
import { checkWhole, startOf } from "./position.ts";

/** Changes read in one go where a filter leaves out much. */
const SKIP = 500;

/** The changes behind `after`, as they were while the stream's newest was `seq`. */
export interface StreamPage {
  after: number;
  changes: Change[];
  seq: number;
}

/** Reads at most `limit` changes behind `after`, without a query at the head; throws a 410 problem where they are no longer kept. */
export async function readPage(
  store: Store,
  { after, limit, seq }: { after: number; limit: number; seq: number },
): Promise<StreamPage> {
  const changes = seq > after ? await readChanges(store, after, limit) : [];
  checkWhole(changes, after, seq);
  return { after, changes, seq };
}

/**
 * The page that begins with the next change that a reader is told of; waits for it up to `ms`. When that
 * is over, the page is empty and stands behind what was left out.
 */
export async function nextTold(
  { store, head, watch }: Pick<Context, "store" | "head" | "watch">,
  asked: {
    cursor: string | undefined;
    filter: Filter;
    limit: number;
    ms: number;
    signal: AbortSignal;
  },
): Promise<StreamPage> {
  const { filter, limit, signal } = asked;
  const until = Date.now() + asked.ms;
  let { seq, restores } = await head();
  let after = startOf(asked.cursor, { seq, restores });
  for (let size = limit; ; size = SKIP) {
    const { changes } = await readPage(store, { after, limit: size, seq });
    const first = changes.findIndex((change) => kindFor(change, filter) !== null);
    if (first >= 0)
      return { after: after + first, changes: changes.slice(first, first + limit), seq };
    after = changes.at(-1)?.seq ?? after;
    const over = () => Date.now() >= until || signal.aborted || watch.closing.aborted;
    if (after >= seq && !over()) await watch.beyond(after, until - Date.now(), signal);
    if (over()) return { after, changes: [], seq };
    ({ seq } = await head());
  }
}
