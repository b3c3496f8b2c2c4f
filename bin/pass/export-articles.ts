import type { Article } from "../../model/article.ts";
import type { Store } from "../../store/store.ts";

/** An article as `export` writes it: one JSON line. */
export type ExportedArticle = Pick<
  Article,
  | "url"
  | "canonicalUrl"
  | "sourceId"
  | "title"
  | "teaser"
  | "text"
  | "authors"
  | "publishedAt"
  | "modifiedAt"
  | "firstSeenAt"
  | "language"
  | "country"
  | "region"
  | "regionCode"
  | "city"
  | "topics"
  | "duplicateOf"
  | "storyId"
  | "version"
> & { id: string };

/** Every stored article but those that were erased, streamed. */
export async function* exportArticles(store: Store): AsyncGenerator<ExportedArticle> {
  const cursor = store.collections.articles.find(
    {},
    { projection: { html: 0, evidence: 0, pending: 0 } },
  );
  for await (const article of cursor) {
    // What is left of an erased article says nothing.
    if (article.contentHash !== "") yield exported(article);
  }
}

function exported(article: Article): ExportedArticle {
  const { url, canonicalUrl, sourceId, title, teaser, text, authors, publishedAt } = article;
  const { modifiedAt, firstSeenAt, language, country, region, topics } = article;
  const { regionCode = null, city = null, duplicateOf, storyId, version } = article;
  const place = { language, country, region, regionCode, city, topics };
  const words = { title, teaser, text, authors };
  const times = { publishedAt, modifiedAt, firstSeenAt };
  const story = { duplicateOf, storyId, version };
  return { id: article._id, url, canonicalUrl, sourceId, ...words, ...times, ...place, ...story };
}
