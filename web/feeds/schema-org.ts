import type { NewsArticle, WithContext } from "schema-dts";
import { type Entry, signedBy } from "./feed.ts";

/** An entry as a schema.org NewsArticle, of properties and values that its vocabulary has; `url` is the original, the portal's page is about it. */
export function newsArticle(entry: Entry): WithContext<NewsArticle> {
  const { url, title, paragraphs, content, published, updated, authors, source, language } = entry;
  const { country, city, region, image } = entry.item;
  const places = [city, region, country].filter((name) => typeof name === "string");
  return {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "@id": entry.id,
    url,
    mainEntityOfPage: entry.page,
    headline: title,
    datePublished: published.toISOString(),
    dateModified: updated.toISOString(),
    author: signedBy(entry).map((name) => ({
      "@type": authors.includes(name) ? "Person" : "Organization",
      name,
    })),
    publisher: {
      "@type": "Organization",
      name: source.name,
      ...(source.home && { url: source.home }),
    },
    ...(paragraphs.length > 0 && { abstract: paragraphs.join("\n\n") }),
    ...(content && { articleBody: content.join("\n\n") }),
    ...(language && { inLanguage: language }),
    ...(entry.topics.length > 0 && {
      about: entry.topics.map(({ name }) => ({ "@type": "Thing", name })),
    }),
    ...(entry.tags.length > 0 && { keywords: entry.tags }),
    ...(places.length > 0 && { contentLocation: { "@type": "Place", name: places.join(", ") } }),
    ...(image && { image: image.url }),
    ...(entry.credit && { creditText: entry.credit }),
  };
}

/** JSON for a page's `<script type="application/ld+json">`: no text can end the element. */
export function asScript(value: object): string {
  return JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
}
