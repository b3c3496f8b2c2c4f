import type { Tombstone } from "../../model/tombstone.ts";
import { note } from "../../store/audit.ts";
import { withdrawExports } from "../../store/exports.ts";
import type { Store } from "../../store/store.ts";
import { bury } from "../../store/tombstones.ts";
import { mendStories } from "../stories/stories.ts";
import { type BodyCount, eraseBodies } from "./bodies.ts";
import { eraseCaptures } from "./captures.ts";
import { redactElsewhere, sourcesNaming } from "./elsewhere.ts";
import { erasePreviews } from "./previews.ts";
import { blankArticles, hideArticles, removeKeys } from "./settle.ts";
import { type Progress, type Subject, type Target, targetOf } from "./subject.ts";

/** How an erasure is done. */
export interface EraseOptions {
  /** In words; it is kept, so it must not name what is erased. */
  reason: string;
  by: string;
  dryRun: boolean;
  now: () => Date;
  progress: Progress;
}

/** What an erasure did, or with `dryRun` would do. */
export interface Erased {
  articles: Target["articles"];
  /** Addresses that are never fetched again. */
  addresses: number;
  captures: number;
  bodies: BodyCount;
  /** Documents with a string replaced, and previews removed, by collection. */
  elsewhere: Record<string, number>;
  /** Sources whose file names it. */
  sources: string[];
}

/**
 * Erases an article, an address or a person from the whole store. Stopped at any point and run
 * again with the same subject, it goes on: what tells where to look goes last.
 */
export async function erase(
  store: Store,
  subject: Subject,
  options: EraseOptions,
): Promise<Erased> {
  const { reason, by, dryRun, now, progress } = options;
  const target = await targetOf(store, subject, progress);
  const ids = target.articles.map(({ _id }) => _id);
  const keys = new Set(target.keys);
  if (!dryRun) {
    await note(store, { at: now(), by, action: "erase.begin", subject: subject.kind, reason });
    const stone = { kind: "erased", at: now(), reason, by } satisfies Omit<Tombstone, "_id">;
    await bury(
      store,
      target.keys.map((_id) => ({ _id, ...stone })),
    );
    await hideArticles(store, ids, now());
    // Copies that readers would not see else are told by the next one.
    await mendStories(store, ids, now);
  }
  const own = dryRun ? 0 : await removeKeys(store, target.keys);
  const captures = own + (await eraseCaptures(store, target.finds, keys, options));
  const bodies = await eraseBodies(store, { keys, finds: target.finds }, options);
  const redacted = await redactElsewhere(store, target.finds, options);
  const previews = await erasePreviews(store, { keys, finds: target.finds }, options);
  const elsewhere = previews > 0 ? { ...redacted, previews } : redacted;
  const sources = subject.kind === "person" ? await sourcesNaming(store, target.finds) : [];
  if (!dryRun) {
    await blankArticles(store, ids, now());
    await withdrawExports(store, now());
    const detail = `${ids.length} articles, ${keys.size} addresses, ${captures} captures, ${bodies.withheld} bodies that quote`;
    await note(store, { at: now(), by, action: "erase", subject: subject.kind, reason, detail });
  }
  return { articles: target.articles, addresses: keys.size, captures, bodies, elsewhere, sources };
}
