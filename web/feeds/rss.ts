import type { Entry, Feed } from "./feed.ts";
import { asHtml, document, element } from "./xml.ts";

/** An RSS 2.0 document with the content, dc, media and atom modules. */
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
    [...entry.authors, ...entry.organisations].map((name) => element("dc:creator", {}, name)),
    element("dc:publisher", {}, entry.source.name),
    element("dc:date", {}, entry.updated.toISOString()),
    entry.language && element("dc:language", {}, entry.language),
    entry.topics.map(({ name }) => element("category", {}, name)),
    entry.paragraphs.length > 0 && element("description", {}, entry.paragraphs[0]),
    shown.length > 0 && element("content:encoded", {}, asHtml(shown)),
    entry.credit !== null && element("dc:rights", {}, entry.credit),
    image &&
      element(
        "media:content",
        { url: image.url, medium: "image" },
        image.alt !== null && element("media:description", {}, image.alt),
      ),
  );
}
