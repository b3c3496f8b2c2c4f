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
