import type { Article } from "../../model/articles/article.ts";
import { capturesOfLinks, removeCaptures, removePartsOf } from "../../store/archive/erasure.ts";
import { getArticles, writeArticles } from "../../store/articles/articles.ts";
import { dropFingerprints } from "../../store/articles/fingerprints.ts";
import { erasedSince } from "../../store/articles/tombstones.ts";
import { removeLinks } from "../../store/crawl/links.ts";
import { findIn } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { mendStories } from "../stories/stories.ts";
import { blankArticle, blankChange, retraction } from "./blank.ts";

/** Tries when others change an article at the same moment. */
const TRIES = 20;

/** Takes articles from readers: `retracted`, as a change of the stream. Their words stay for now. */
export async function hideArticles(store: Store, ids: string[], now: Date): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const shown = [...(await getArticles(store, ids)).values()].filter(
      ({ status }) => status !== "retracted",
    );
    if (shown.length === 0) return;
    await writeArticles(
      store,
      shown.map((before) => {
        const { article, change } = retraction(before, now);
        const { pending: _, pendingAt: __, ...rest } = article;
        return { base: before.version, article: rest, change };
      }),
    );
  }
  throw new Error("articles keep changing under us; run it again");
}

/** Removes everything that hangs on URL keys: links, their captures and bodies. */
export async function removeKeys(store: Store, keys: string[]): Promise<number> {
  await removeLinks(store, keys);
  return removeCaptures(store, await capturesOfLinks(store, keys));
}

/** How long ago a turn may have read what it stores now, ms. */
const IN_FLIGHT = 15 * 60_000;

/** Removes what turns that were under way stored of something that was erased meanwhile. */
export async function eraseAgain(store: Store, now: Date): Promise<number> {
  const keys = await erasedSince(store, new Date(now.getTime() - IN_FLIGHT), now);
  if (keys.length === 0) return 0;
  const captures = await removeKeys(store, keys);
  await blankArticles(store, keys, now);
  return captures;
}

/** Removes everything that articles say, but that they were there. */
export async function blankArticles(store: Store, ids: string[], now: Date): Promise<void> {
  await mendStories(store, await dropFingerprints(store, ids, now), () => now);
  await removePartsOf(store, ids);
  const { articles, changes } = store.collections;
  for (let tries = 0; ; tries++) {
    const open = [...(await getArticles(store, ids)).values()].filter(saysSomething);
    if (open.length === 0) break;
    if (tries === TRIES) throw new Error("articles keep changing under us; run it again");
    for (const article of open) {
      const { _id, version } = article;
      const { _id: __, ...blank } = blankArticle(article);
      await articles.replaceOne({ _id, version }, blank);
    }
  }
  for (const change of await findIn(changes, "articleId", ids)) {
    if (change.item.erased) continue;
    const { item, revision } = blankChange(change);
    await changes.updateOne({ seq: change.seq }, { $set: { item, ...(revision && { revision }) } });
  }
}

function saysSomething({ title, text, pending }: Article): boolean {
  return title !== "" || text !== "" || pending.some(({ item }) => !item.erased);
}
