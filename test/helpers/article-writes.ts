import { type Article, toItem, toVisible } from "../../model/articles/article.ts";
import { type ArticleWrite, getArticles, writeArticles } from "../../store/articles/articles.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle } from "./articles.ts";

/** Returns the write that turns `before` into `next`, with its change. */
export function writeOf(next: Article, before: Article | null, at = new Date()): ArticleWrite {
  const version = (before?.version ?? 0) + 1;
  const { pending: _, pendingAt: __, ...article } = { ...next, version };
  const kind = before ? "updated" : "created";
  const visible = before && toVisible(before);
  const change = { version, kind, before: visible, item: toItem(article), at } as const;
  return { base: before?.version ?? 0, article, change };
}

/** Writes `text` over the current article until it succeeds. Returns the new version. */
export async function write(
  store: Store,
  id: string,
  text: string,
  day: string,
  at?: Date,
): Promise<number> {
  for (;;) {
    const before = (await getArticles(store, [id])).get(id) ?? null;
    const next = makeArticle(id, { title: text, captureId: text, day });
    const lost = await writeArticles(store, [writeOf(next, before, at)]);
    if (lost.length === 0) return (before?.version ?? 0) + 1;
  }
}
