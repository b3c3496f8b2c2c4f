import type { Article, ChangeKind, PendingChange } from "../../model/articles/article.ts";
import { provenanceOf } from "../../model/articles/extraction.ts";
import { pickFields } from "../../model/articles/fields.ts";
import type { Revision } from "../../model/articles/revision.ts";
import { mayQuote, reservesMore, toBefore, toItem } from "../../model/articles/to-item.ts";
import { type ArticleWrite, getArticles, writeArticles } from "../../store/articles/articles.ts";
import type { Store } from "../../store/store.ts";
import type { Draft } from "./draft.ts";

export function writeOf(
  article: Draft & Partial<Article>,
  before: Article | null,
  kind: ChangeKind,
  at: Date,
): ArticleWrite {
  const { pending: _, pendingAt: __, ...written } = article;
  const draft = { ...written, servedAt: servedBy(written, before, at) };
  const change: PendingChange = {
    version: draft.version,
    kind,
    before: before && toBefore(before),
    item: toItem(draft),
    ...(draft.revision !== before?.revision && {
      revision: mayQuote(draft) ? draft.revised : { ...draft.revised, because: null },
    }),
    ...(before && reservesMore(draft, before) && { reserves: true as const }),
    at,
  };
  return { base: before?.version ?? 0, article: draft, change };
}

/** Returns when readers first see an article; null if they don't yet. */
function servedBy({ status }: Draft, before: Article | null, at: Date): Date | null {
  return before?.servedAt ?? (status === "published" ? at : null);
}

export function revisionOf(article: Draft, at: Date): Revision {
  const { _id: articleId, revision, contentHash, captureId, extractor, sourceVersion } = article;
  const { kind, because } = article.revised;
  const { completeness, fieldScore, reservations } = article;
  const origin = { contentHash, captureId, extractor, sourceVersion, at };
  return {
    _id: `${articleId}:${revision}`,
    articleId,
    revision,
    fields: pickFields(article),
    completeness,
    provenance: provenanceOf(article.evidence),
    kind,
    because,
    fieldScore,
    reservations,
    ...origin,
  };
}

const MAX_ATTEMPTS = 5;

/**
 * Writes what `decide` returns; null leaves the article unchanged. If another process was first,
 * calls `decide` again, and throws after several attempts.
 */
export async function changeArticle(
  store: Store,
  articleId: string,
  decide: (before: Article) => Promise<ArticleWrite | null>,
): Promise<ArticleWrite | "no such article" | "same"> {
  for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
    const before = (await getArticles(store, [articleId])).get(articleId);
    if (!before) return "no such article";
    const write = await decide(before);
    if (!write) return "same";
    if ((await writeArticles(store, [write])).length === 0) return write;
  }
  throw new Error("other processes kept changing the article; try again");
}
