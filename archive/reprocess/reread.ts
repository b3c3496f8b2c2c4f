import type { Parser } from "../../articles/reading/parser.ts";
import type { Cached } from "../../lib/cache.ts";
import type { SourceRecord } from "../../model/source.ts";
import { getArticles } from "../../store/articles.ts";
import { boilerplateKeys, endReread, takeReread } from "../../store/boilerplate.ts";
import type { Store } from "../../store/store.ts";
import { planReading } from "./plan.ts";
import { write } from "./write.ts";

/** Articles that are read again together. */
const BATCH = 50;
/** After so long without an end another worker takes them over, ms. */
const LEASE_MS = 60_000;

/** What reading again needs. */
export interface RereadDeps {
  store: Store;
  parser: Parser;
  sources: Cached<SourceRecord | null>;
  now(): Date;
  /** The portal's IANA time zone. */
  settings: { timezone: string };
}

/** Reads articles of a source again that were read when other boilerplate was known. */
export async function rereadArticles(deps: RereadDeps, sourceId: string): Promise<void> {
  const { store, now, settings } = deps;
  // What other turns know of boilerplate may be older than what was settled.
  const boilerplate = { get: (id: string) => boilerplateKeys(store, id), forget: () => {} };
  const reading = { ...deps, boilerplate, timezone: settings.timezone };
  for (;;) {
    const at = now();
    const until = new Date(at.getTime() + LEASE_MS);
    const ids = await takeReread(store, sourceId, { now: at, until, limit: BATCH });
    if (!ids) return;
    const planned = await planReading(reading, [...(await getArticles(store, ids)).values()]);
    await write(reading, planned, {
      resumed: true,
      again: (articles) => planReading(reading, articles),
    });
    await endReread(store, sourceId, ids, now());
  }
}
