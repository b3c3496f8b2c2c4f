import type { NewsArticle, WithContext } from "schema-dts";
import { asHtml, document, type Entry, element, type Feed, rightsOf, signedBy } from "./feed.ts";

/** Returns Atom (RFC 4287) with links to the next page and the archives (RFC 5005). */
export function atomFeed(feed: Feed): string {
  return document(
    element(
      "feed",
      {
        xmlns: "http://www.w3.org/2005/Atom",
        "xmlns:fh": "http://purl.org/syndication/history/1.0",
        "xml:lang": feed.language,
      },
      element("id", {}, feed.id),
      element("title", {}, feed.title),
      element("subtitle", {}, feed.description),
      element("updated", {}, feed.updated.toISOString()),
      element("generator", {}, "Newsgather"),
      element("link", { rel: "self", type: "application/atom+xml", href: feed.self }),
      element("link", { rel: "alternate", type: "text/html", href: feed.home }),
      feed.hub && element("link", { rel: "hub", href: feed.hub }),
      feed.next && element("link", { rel: "next", href: feed.next }),
      feed.archive && archiveLinks(feed.archive),
      feed.entries.map(atomEntry),
    ),
  );
}

function archiveLinks({ of, current, previous, next }: NonNullable<Feed["archive"]>) {
  const archived = of === "day";
  return [
    archived && element("fh:archive", {}),
    archived && element("link", { rel: "current", href: current }),
    previous !== null && element("link", { rel: "prev-archive", href: previous }),
    next !== null && element("link", { rel: "next-archive", href: next }),
  ];
}

const COMPLETENESS_SCHEME = "tag:newsgather,2026:completeness";

function isShort({ item }: Entry): boolean {
  return item.completeness !== "full";
}

function atomEntry(entry: Entry) {
  const summary = asHtml(entry.paragraphs);
  return element(
    "entry",
    { "xml:lang": entry.item.language },
    element("id", {}, entry.id),
    element("title", {}, entry.title),
    element("updated", {}, entry.updated.toISOString()),
    element("published", {}, entry.published.toISOString()),
    signedBy(entry).map((name) => element("author", {}, element("name", {}, name))),
    element("link", { rel: "alternate", type: "text/html", href: entry.url }),
    element("link", { rel: "related", type: "text/html", href: entry.page }),
    entry.topics.map(({ id, name }) => element("category", { term: id, label: name })),
    isShort(entry) &&
      element("category", { scheme: COMPLETENESS_SCHEME, term: entry.item.completeness }),
    // RFC 4946
    entry.terms.map((href) => element("link", { rel: "license", href })),
    rightsOf(entry) !== null && element("rights", {}, rightsOf(entry)),
    summary !== "" && element("summary", { type: "html" }, summary),
    entry.content && element("content", { type: "html" }, asHtml(entry.content)),
    element(
      "source",
      {},
      entry.source.home && element("id", {}, entry.source.home),
      element("title", {}, entry.source.name),
    ),
  );
}

/** Returns an RSS 2.0 document with the content, dc, media, atom and creativeCommons modules. */
export function rssFeed(feed: Feed): string {
  return document(
    element(
      "rss",
      {
        version: "2.0",
        "xmlns:atom": "http://www.w3.org/2005/Atom",
        "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
        "xmlns:media": "http://search.yahoo.com/mrss/",
        "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        "xmlns:creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
      },
      element(
        "channel",
        {},
        element("title", {}, feed.title),
        element("link", {}, feed.home),
        element("description", {}, feed.description),
        feed.language && element("language", {}, feed.language),
        element("lastBuildDate", {}, feed.updated.toUTCString()),
        element("generator", {}, "Newsgather"),
        element("ttl", {}, 5),
        element("atom:link", { rel: "self", type: "application/rss+xml", href: feed.self }),
        feed.hub && element("atom:link", { rel: "hub", href: feed.hub }),
        feed.next && element("atom:link", { rel: "next", href: feed.next }),
        feed.entries.map(rssItem),
      ),
    ),
  );
}

function rssItem(entry: Entry) {
  const shown = entry.content ?? entry.paragraphs;
  const { image } = entry.item;
  return element(
    "item",
    {},
    element("title", {}, entry.title),
    element("link", {}, entry.url),
    element("guid", { isPermaLink: "false" }, entry.id),
    element("pubDate", {}, entry.published.toUTCString()),
    [...entry.item.authors, ...entry.organisations].map((name) => element("dc:creator", {}, name)),
    element("dc:publisher", {}, entry.source.name),
    element("dc:date", {}, entry.updated.toISOString()),
    entry.item.language && element("dc:language", {}, entry.item.language),
    entry.topics.map(({ name }) => element("category", {}, name)),
    isShort(entry) && element("category", { domain: COMPLETENESS_SCHEME }, entry.item.completeness),
    entry.paragraphs.length > 0 && element("description", {}, asHtml(entry.paragraphs.slice(0, 1))),
    shown.length > 0 && element("content:encoded", {}, asHtml(shown)),
    entry.terms.map((url) => element("creativeCommons:license", {}, url)),
    rightsOf(entry) !== null && element("dc:rights", {}, rightsOf(entry)),
    image &&
      element(
        "media:content",
        { url: image.url, medium: "image" },
        image.alt !== null && element("media:description", {}, image.alt),
      ),
  );
}

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
      regionCode: item.regionCode,
      city: item.city,
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

/** Returns a schema.org NewsArticle: `url` is the publisher's, `mainEntityOfPage` the portal's. */
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
