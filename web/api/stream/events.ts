import { tell } from "../../../articles/stream/change.ts";
import { changesCursor } from "../../../articles/stream/cursor.ts";
import { type Change, epochAfter } from "../../../model/publish/change.ts";
import type { Filter } from "../../../model/publish/filter.ts";
import type { Head } from "../../server/snapshot.ts";
import type { Watch } from "../../server/watch.ts";
import { checkWhole } from "./position.ts";

/** A silent connection says so often that it is alive, ms. */
const BEAT = 15_000;
/** After so long it ends, ms: rights are looked at again when the reader comes back by itself. */
const LIFE = 15 * 60_000;
const PAGE = 100;

/** What a stream of events stands on. */
export interface EventSource {
  after: number;
  filter: Filter;
  head: () => Promise<Head>;
  read: (after: number, limit: number) => Promise<Change[]>;
  watch: Pick<Watch, "beyond" | "closing">;
  signal: AbortSignal;
}

/**
 * Changes behind `after` as Server-Sent Events (WHATWG HTML section 9.2): `id` is the cursor, which
 * browsers send back as `Last-Event-ID`. An `id` without data moves a reader past what it doesn't see.
 */
export async function* events(source: EventSource): AsyncGenerator<string> {
  const { filter, head, read, watch } = source;
  const ends = Date.now() + LIFE;
  const signal = AbortSignal.any([source.signal, watch.closing]);
  let { after } = source;
  yield "retry: 2000\n\n";
  while (!signal.aborted && Date.now() < ends) {
    const { seq, restores, sources } = await head();
    const changes = seq > after ? await read(after, PAGE) : [];
    checkWhole(changes, after, seq);
    const cursorOf = (at: number) => changesCursor({ seq: at, epoch: epochAfter(restores) });
    const told = tell(changes, filter, sources);
    for (const change of told) {
      const data = JSON.stringify(change);
      yield `id: ${cursorOf(change.seq)}\nevent: ${change.kind}\ndata: ${data}\n\n`;
    }
    const last = changes.at(-1)?.seq ?? after;
    if (last > (told.at(-1)?.seq ?? after)) yield `id: ${cursorOf(last)}\n\n`;
    after = last;
    if (after < seq) continue;
    await watch.beyond(after, BEAT, signal);
    if (!signal.aborted) yield ": alive\n\n";
  }
}
