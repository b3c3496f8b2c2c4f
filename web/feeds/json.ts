import { type Entry, type Feed, signedBy } from "./feed.ts";

/** A JSON Feed 1.1 document; what the format has no word for is under `_newsgather`. */
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
    tags: [...new Set([...entry.topics.map((topic) => topic.name), ...entry.tags])],
    ...(entry.language && { language: entry.language }),
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
      image: item.image,
      credit: entry.credit,
    },
  };
}
