import type { NewsArticle, WithContext } from "schema-dts";
import { type Entry, type Feed, signedBy } from "./feed.ts";

/** Returns JSON Feed 1.1. `_newsgather` has the fields that JSON Feed doesn't define. */
export function jsonFeed(feed: Feed): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    description: feed.description,
    home_page_url: feed.home,
    feed_url: feed.self,
    ...(feed.next && { next_url: feed.next }),
    ...(feed.hub && { hubs: [{ type: "WebSub", url: feed.hub }] }),
    ...(feed.language && { language: feed.language }),
    items: feed.entries.map(jsonItem),
  });
}

function jsonItem(entry: Entry) {
  const { item } = entry;
  return {
    id: entry.id,
    url: entry.url,
    title: entry.title,
    content_text: (entry.content ?? entry.paragraphs).join("\n\n"),
    ...(entry.paragraphs[0] && { summary: entry.paragraphs[0] }),
    ...(item.image && { image: item.image.url }),
    date_published: entry.published.toISOString(),
    date_modified: entry.updated.toISOString(),
    authors: signedBy(entry).map((name) => ({ name })),
    tags: [...new Set([...entry.topics.map((topic) => topic.name), ...item.tags])],
    ...(item.language && { language: item.language }),
    _newsgather: {
      id: item.id,
      version: item.version,
      page: entry.page,
      sourceId: item.sourceId,
      source: entry.source.name,
      prefix: item.prefix,
      country: item.country,
      region: item.region,
      regionCode: item.regionCode ?? null,
      city: item.city ?? null,
      topics: item.topics,
      storyId: item.storyId,
      completeness: item.completeness,
      incompleteReason: item.incompleteReason,
      image: item.image,
      credit: item.credit,
      rights: item.rights,
    },
  };
}

/** Returns IPTC ninjs 3.1, always `usable`, because feeds contain no retracted articles. */
export function ninjs(entry: Entry): object {
  const { item, title, paragraphs, content, published, updated, source, topics } = entry;
  const text = (role: string, value: string) => ({ role, contentType: "text/plain", value });
  const places = [item.city, item.region, item.country].filter((name) => typeof name === "string");
  return {
    uri: entry.id,
    standard: {
      name: "ninjs",
      version: "3.1",
      schema: "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
    },
    type: "text",
    pubStatus: "usable",
    version: String(item.version),
    ...(item.language && { language: item.language }),
    firstCreated: published.toISOString(),
    versionCreated: updated.toISOString(),
    headlines: [text("main", title)],
    ...(paragraphs.length > 0 && { descriptions: [text("teaser", paragraphs.join("\n\n"))] }),
    ...(content && { bodies: [text("main", content.join("\n\n"))] }),
    by: signedBy(entry).join(", "),
    ...(item.credit && { copyrightNotice: item.credit }),
    ...(entry.usage && { usageTerms: entry.usage }),
    ...(places.length > 0 && { places: [{ name: places.join(", "), rel: "about" }] }),
    ...(topics.length > 0 && {
      subjects: topics.map(({ id, name }) => ({
        name,
        uri: `tag:newsgather,2026:topic/${encodeURIComponent(id)}`,
        rel: "about",
      })),
    }),
    infoSources: [{ name: source.name, ...(source.home && { uri: source.home }), role: "origin" }],
    altIds: [{ role: "original", value: entry.url }],
  };
}

/** Returns a schema.org NewsArticle. `url` is the publisher's page, `mainEntityOfPage` ours. */
export function newsArticle(entry: Entry): WithContext<NewsArticle> {
  const { item, url, title, paragraphs, content, published, updated, source } = entry;
  const { country, city, region, image, language, credit } = item;
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
      "@type": item.authors.includes(name) ? "Person" : "Organization",
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
    ...(item.tags.length > 0 && { keywords: item.tags }),
    ...(places.length > 0 && { contentLocation: { "@type": "Place", name: places.join(", ") } }),
    ...(image && { image: image.url }),
    ...(credit && { creditText: credit }),
    ...(entry.usage && { conditionsOfAccess: entry.usage }),
    ...(entry.terms.length > 0 && { usageInfo: entry.terms }),
    ...(item.completeness !== "full" && { creativeWorkStatus: item.completeness }),
  };
}

/** Returns a value as JSON, escaped so that no text in it can end a `<script>` element. */
export function asScript(value: object): string {
  return JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
}
