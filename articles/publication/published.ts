import { DAY_MS } from "../../lib/time.ts";
import type { Article } from "../../model/articles/article.ts";
import type { ArticleFields } from "../../model/articles/extraction.ts";

type Stated = Pick<ArticleFields, "publishedAt" | "publishedPrecision" | "publishedOffset">;
/** By what a date was read: where one of them differs, ours differ and not the publisher's. */
type Rules = Pick<Article, "extractor" | "sourceVersion">;

/**
 * When an article counts as published, by what its page states now. Never after the first look at
 * it, or it would be new again with each one. What was believed before only moves later, up to the
 * first look, or gets its hour; unless other rules of ours read it or the same response is read
 * again. So pages whose dates jump neither come back as new nor sink among the old.
 */
export function publishedBy(
  stated: Stated,
  before: (Stated & Rules & Pick<Article, "captureId">) | null,
  now: Rules & { firstSeenAt: Date; captureId: string },
): Stated {
  const { publishedAt: at, publishedPrecision, publishedOffset = null } = stated;
  const sameRules =
    before?.extractor === now.extractor && before.sourceVersion === now.sourceVersion;
  const held = sameRules && before.captureId !== now.captureId ? before.publishedAt : null;
  if (held && before && !mayMove(held, before, stated, now.firstSeenAt)) {
    return {
      publishedAt: held,
      publishedPrecision: before.publishedPrecision,
      publishedOffset: before.publishedOffset ?? null,
    };
  }
  const isAhead = at !== null && at > now.firstSeenAt;
  return { publishedAt: isAhead ? now.firstSeenAt : at, publishedPrecision, publishedOffset };
}

function mayMove(held: Date, before: Stated, { publishedAt: at, ...now }: Stated, last: Date) {
  if (at === null || at > last) return false;
  const isSharper = before.publishedPrecision !== "instant" && now.publishedPrecision === "instant";
  return at >= held || (isSharper && Number(held) - Number(at) <= DAY_MS);
}
