import type { Article, PendingChange } from "../../model/articles/article.ts";
import { type Item } from "../../model/articles/item.ts";
import { toBefore, toItem } from "../../model/articles/to-item.ts";

/** What is left of an item: what counters and filters need, nothing that the article said. */
export function blankItem(item: Item): Item {
  const { id, version, status, sourceId, day, language, country, topics } = item;
  const {
    regionCode = null,
    city = null,
    timing,
    firstSeenAt,
    sortAt,
    duplicateOf,
    storyId,
  } = item;
  return {
    id,
    version,
    status,
    sourceId,
    firstSeenAt,
    sortAt,
    day,
    language,
    country,
    topics,
    regionCode,
    city,
    ...(timing && { timing }),
    duplicateOf,
    storyId,
    erased: true,
    ...NOTHING,
    prefix: "",
    region: null,
    relevanceScore: null,
    authors: [],
    organisations: [],
    tags: [],
    image: null,
  };
}

/** What is left of a change: that there was one, and of which kind. */
export function blankChange<T extends PendingChange>(change: T): T {
  const { item, revision } = change;
  // Why a revision is one may quote it.
  const told = revision && { revision: { ...revision, because: "" } };
  return { ...change, item: blankItem(item), ...told };
}

/** What is left of an article: that there was one, when, and where it stood in the stream. */
export function blankArticle(article: Article): Article {
  const { _id, version, sourceId, sourceVersion, status, country, language, topics } = article;
  const { captureId, extractor, duplicateOf, storyId, firstSeenAt, lastSeenAt } = article;
  const { sortAt, day, canonVersion, revision, pending, pendingAt } = article;
  return {
    _id,
    version,
    sourceId,
    sourceVersion,
    status,
    country,
    language,
    topics,
    captureId,
    extractor,
    duplicateOf,
    storyId,
    firstSeenAt,
    lastSeenAt,
    sortAt,
    day,
    canonVersion,
    revision,
    ...NOTHING,
    text: "",
    html: null,
    prefix: "",
    region: null,
    authors: null,
    organisations: null,
    tags: null,
    image: null,
    publishedPrecision: null,
    siteName: null,
    canonicalUrl: null,
    isAccessibleForFree: null,
    contentHash: "",
    evidence: {},
    pending: pending.map(blankChange),
    ...(pendingAt && { pendingAt }),
  };
}

const NOTHING = {
  url: "",
  title: "",
  teaser: null,
  section: null,
  publishedAt: null,
  modifiedAt: null,
  wordCount: null,
};

/** The change that tells readers that an article is gone, and the article as it then stands. */
export function retraction(
  article: Article,
  now: Date,
): { article: Article; change: PendingChange } {
  const gone: Article = { ...article, version: article.version + 1, status: "retracted" };
  const item = blankItem(toItem(gone));
  const before = toBefore(article);
  return {
    article: gone,
    change: { version: gone.version, kind: "retracted", before, item, at: now },
  };
}
