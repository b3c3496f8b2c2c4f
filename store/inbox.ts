import type { Article } from "../model/article.ts";
import { asEdited } from "../model/editorial.ts";
import { readLatest } from "./latest.ts";
import type { ListedArticle } from "./listing.ts";
import { dueBy, FAR_FUTURE, type Store } from "./store.ts";

const LISTED = { html: 0, evidence: 0, pending: 0, pendingAt: 0 };

/** Articles that wait for an editor, or that one took back, the latest first. */
export function readInbox(
  store: Store,
  what: "waiting" | "withdrawn",
  asked: { now: Date; limit: number },
): Promise<Omit<Article, "pending" | "pendingAt">[]> {
  const field = what === "waiting" ? "editorial.waitsSince" : "retraction.at";
  return readLatest(store.collections.articles, field, { ...asked, projection: LISTED });
}

/** Articles that are pinned at `now`, the one that was published last first. */
export async function readPinned(store: Store, now: Date, limit: number): Promise<ListedArticle[]> {
  const found = await store.collections.articles
    .find<ListedArticle>({ pinnedUntil: { $gt: now, $lt: FAR_FUTURE } }, { projection: LISTED })
    .limit(limit)
    .toArray();
  const shown = found.filter(({ status }) => status === "published").map((one) => asEdited(one));
  return shown.toSorted((a, b) => b.sortAt.getTime() - a.sortAt.getTime());
}

/** Ids of articles whose embargo or time on the portal is over. */
export async function articlesLapsing(store: Store, now: Date, limit: number): Promise<string[]> {
  const found = await store.collections.articles
    .find({ lapsesAt: dueBy(now) }, { projection: { _id: 1 } })
    .sort({ lapsesAt: 1 })
    .limit(limit)
    .toArray();
  return found.map(({ _id }) => _id);
}
