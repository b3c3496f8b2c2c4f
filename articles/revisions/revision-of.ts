import { type ArticleFields, provenanceOf } from "../../model/articles/extraction.ts";
import type { Revision } from "../../model/articles/revision.ts";
import type { Draft } from "../publication/article.ts";

/** The revision that an article is at. */
export function revisionOf(article: Draft, at: Date): Revision {
  const { _id: articleId, revision, contentHash, captureId, extractor, sourceVersion } = article;
  const { kind, because } = article.revised ?? {};
  const { completeness, reservations } = article;
  const origin = { contentHash, captureId, extractor, sourceVersion, at };
  return {
    _id: `${articleId}:${revision}`,
    articleId,
    revision,
    fields: fieldsOf(article),
    provenance: provenanceOf(article.evidence),
    ...(kind && because !== undefined && { kind, because }),
    ...(completeness !== undefined && { completeness }),
    ...(reservations && { reservations }),
    ...origin,
  };
}

function fieldsOf(article: Draft): ArticleFields {
  const { title, text, html, teaser, authors, publishedAt, publishedPrecision } = article;
  const { modifiedAt, language, section, tags, image, siteName, canonicalUrl } = article;
  const { organisations, publishedOffset, isAccessibleForFree, wordCount } = article;
  return {
    title,
    text,
    html,
    teaser,
    authors,
    ...(organisations !== undefined && { organisations }),
    publishedAt,
    publishedPrecision,
    ...(publishedOffset !== undefined && { publishedOffset }),
    modifiedAt,
    language,
    section,
    tags,
    image,
    siteName,
    canonicalUrl,
    isAccessibleForFree,
    wordCount,
  };
}
