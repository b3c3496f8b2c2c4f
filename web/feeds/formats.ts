import type { NewsArticle, WithContext } from "schema-dts";
import { type Html, html, type Part } from "../../lib/text.ts";
import { asHtml, document, type Entry, type Feed, rightsOf, signedBy } from "./feed.ts";

/** Returns Atom (RFC 4287) with links to the next page and the archives (RFC 5005). */
export function atomFeed(feed: Feed): string {
  return document(html`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"${langOf(feed.language)}>
<id>${feed.id}</id>
<title>${feed.title}</title>
<subtitle>${feed.description}</subtitle>
<updated>${feed.updated.toISOString()}</updated>
<generator>Newsgather</generator>
<link rel="self" type="application/atom+xml" href="${feed.self}"/>
<link rel="alternate" type="text/html" href="${feed.home}"/>
${feed.hub && html`<link rel="hub" href="${feed.hub}"/>`}
${feed.next && html`<link rel="next" href="${feed.next}"/>`}
${feed.archive && archiveLinks(feed.archive)}
${feed.entries.map(atomEntry)}</feed>`);
}

function langOf(language: string | null): Part {
  return language && html` xml:lang="${language}"`;
}

function archiveLinks({ current, previous, next }: NonNullable<Feed["archive"]>): Part[] {
  return [
    current !== null && html`<fh:archive/><link rel="current" href="${current}"/>`,
    previous !== null && html`<link rel="prev-archive" href="${previous}"/>`,
    next !== null && html`<link rel="next-archive" href="${next}"/>`,
  ];
}

const COMPLETENESS_SCHEME = "tag:newsgather,2026:completeness";

function atomEntry(entry: Entry): Html {
  const { item, source } = entry;
  const summary = asHtml(entry.paragraphs);
  const rights = rightsOf(entry);
  // RFC 4946
  const licences = entry.terms.map((href) => html`<link rel="license" href="${href}"/>`);
  return html`<entry${langOf(item.language)}>
<id>${entry.id}</id>
<title>${entry.title}</title>
<updated>${entry.updated.toISOString()}</updated>
<published>${entry.published.toISOString()}</published>
${signedBy(entry).map((name) => html`<author><name>${name}</name></author>`)}
<link rel="alternate" type="text/html" href="${entry.url}"/>
<link rel="related" type="text/html" href="${entry.page}"/>
${entry.topics.map(({ id, name }) => html`<category term="${id}" label="${name}"/>`)}
${item.completeness !== "full" && html`<category scheme="${COMPLETENESS_SCHEME}" term="${item.completeness}"/>`}
${licences}
${rights !== null && html`<rights>${rights}</rights>`}
${summary !== "" && html`<summary type="html">${summary}</summary>`}
${entry.content && html`<content type="html">${asHtml(entry.content)}</content>`}
<source>${source.home && html`<id>${source.home}</id>`}<title>${source.name}</title></source>
</entry>
`;
}

/** Returns an RSS 2.0 document with the content, dc, media, atom and creativeCommons modules. */
export function rssFeed(feed: Feed): string {
  return document(html`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule">
<channel>
<title>${feed.title}</title>
<link>${feed.home}</link>
<description>${feed.description}</description>
${feed.language && html`<language>${feed.language}</language>`}
<lastBuildDate>${feed.updated.toUTCString()}</lastBuildDate>
<generator>Newsgather</generator>
<ttl>5</ttl>
<atom:link rel="self" type="application/rss+xml" href="${feed.self}"/>
${feed.hub && html`<atom:link rel="hub" href="${feed.hub}"/>`}
${feed.next && html`<atom:link rel="next" href="${feed.next}"/>`}
${feed.entries.map(rssItem)}</channel>
</rss>`);
}

function rssItem(entry: Entry): Html {
  const { item, paragraphs } = entry;
  const shown = entry.content ?? paragraphs;
  const { image, language, completeness } = item;
  const rights = rightsOf(entry);
  const creators = [...item.authors, ...entry.organisations];
  return html`<item>
<title>${entry.title}</title>
<link>${entry.url}</link>
<guid isPermaLink="false">${entry.id}</guid>
<pubDate>${entry.published.toUTCString()}</pubDate>
${creators.map((name) => html`<dc:creator>${name}</dc:creator>`)}
<dc:publisher>${entry.source.name}</dc:publisher>
<dc:date>${entry.updated.toISOString()}</dc:date>
${language && html`<dc:language>${language}</dc:language>`}
${entry.topics.map(({ name }) => html`<category>${name}</category>`)}
${completeness !== "full" && html`<category domain="${COMPLETENESS_SCHEME}">${completeness}</category>`}
${paragraphs.length > 0 && html`<description>${asHtml(paragraphs.slice(0, 1))}</description>`}
${shown.length > 0 && html`<content:encoded>${asHtml(shown)}</content:encoded>`}
${entry.terms.map((url) => html`<creativeCommons:license>${url}</creativeCommons:license>`)}
${rights !== null && html`<dc:rights>${rights}</dc:rights>`}
${image && html`<media:content url="${image.url}" medium="image">${image.alt !== null && html`<media:description>${image.alt}</media:description>`}</media:content>`}
</item>
`;
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
