import type { parseFeed } from "feedsmith";

/** One entry of a feed of any format. The values are unchanged and can contain HTML. */
export interface Entry {
  links: string[];
  guid?: string | undefined;
  /** Whether the feed's format or the entry itself allows `guid` to be the entry's URL. */
  isPermalink: boolean;
  base?: string | undefined;
  title?: string | undefined;
  summary?: string | undefined;
  content?: string | undefined;
  authors: (string | undefined)[];
  published: unknown[];
  modified: unknown[];
  tags: (string | undefined)[];
  language?: string | undefined;
  image?: string | undefined;
}

/** A feed, in the same shape for all formats. */
export interface Feed {
  base?: string | undefined;
  language?: string | undefined;
  ttlMinutes?: number | undefined;
  /** Hours of the day (UTC) at which the publisher asks for no requests. */
  skipHours?: number[] | undefined;
  hub?: string | undefined;
  self?: string | undefined;
  entries: Entry[];
}

type Parsed = ReturnType<typeof parseFeed>;
type Of<Format extends Parsed["format"]> = Extract<Parsed, { format: Format }>["feed"];
type Entries<List> = NonNullable<List>[] extends (infer Inner)[] ? Inner : never;
type RssItem = Entries<Of<"rss">["items"]>[number] | Entries<Of<"rdf">["items"]>[number];
type AtomEntry = Entries<Of<"atom">["entries"]>[number];
type JsonItem = Entries<Of<"json">["items"]>[number];
interface AnyLink {
  href?: string | undefined;
  rel?: string | undefined;
}

export function toFeed(parsed: Parsed): Feed {
  if (parsed.format === "atom") return fromAtom(parsed.feed);
  if (parsed.format === "json") return fromJson(parsed.feed);
  return fromRss(parsed.feed);
}

const UPDATE_PERIOD_MINUTES: Record<string, number> = {
  hourly: 60,
  daily: 1440,
  weekly: 10_080,
  monthly: 43_200,
};

function fromRss(feed: Of<"rss"> | Of<"rdf">): Feed {
  const { updatePeriod, updateFrequency } = feed.sy ?? {};
  const period =
    (UPDATE_PERIOD_MINUTES[updatePeriod ?? ""] ?? 0) / Math.max(1, updateFrequency ?? 1);
  return {
    base: feed.xml?.base,
    language: ("language" in feed ? feed.language : undefined) ?? feed.dc?.languages?.[0],
    ttlMinutes: Math.max("ttl" in feed ? (feed.ttl ?? 0) : 0, period),
    skipHours: "skipHours" in feed ? feed.skipHours : undefined,
    hub: linkOf(feed.atom?.links, "hub"),
    self: linkOf(feed.atom?.links, "self"),
    entries: (feed.items ?? []).map(fromRssItem),
  };
}

function fromRssItem(item: RssItem): Entry {
  const guid = "guid" in item ? item.guid : undefined;
  const people = "authors" in item ? (item.authors ?? []) : [];
  const categories = "categories" in item ? (item.categories ?? []) : [];
  return {
    links: [item.link, linkOf(item.atom?.links, "alternate"), aboutOf(item)].filter(isText),
    guid: guid?.value,
    isPermalink: guid !== undefined && guid.isPermaLink !== false,
    base: item.xml?.base,
    title: item.title ?? item.dc?.titles?.[0],
    summary: item.description ?? item.dc?.descriptions?.[0],
    content: item.content?.encoded,
    authors: [...people.map((person) => person.name), ...(item.dc?.creators ?? [])],
    published: ["pubDate" in item ? item.pubDate : undefined, ...(item.dc?.dates ?? [])],
    modified: [item.atom?.updated, ...(item.dcterms?.modified ?? [])],
    tags: [...categories.map((category) => category.name), ...(item.dc?.subjects ?? [])],
    language: item.dc?.languages?.[0] ?? item.xml?.lang,
    image: imageIn(item),
  };
}

function fromAtom(feed: Of<"atom">): Feed {
  return {
    base: feed.xml?.base,
    language: feed.xml?.lang,
    hub: linkOf(feed.links, "hub"),
    self: linkOf(feed.links, "self"),
    entries: (feed.entries ?? []).map(fromAtomEntry),
  };
}

function fromAtomEntry(entry: AtomEntry): Entry {
  return {
    links: [
      linkOf(entry.links, "alternate"),
      entry.content?.src,
      linkOf(entry.links, "self"),
    ].filter(isText),
    guid: entry.id,
    isPermalink: true,
    base: entry.xml?.base,
    title: entry.title?.value,
    summary: entry.summary?.value,
    content: entry.content?.value,
    authors: (entry.authors ?? []).map((author) => author.name),
    published: [entry.published, ...(entry.dc?.dates ?? []), entry.updated],
    modified: [entry.updated],
    tags: (entry.categories ?? []).map((category) => category.label ?? category.term),
    language: entry.xml?.lang,
    image: imageIn({ media: entry.media, enclosures: enclosuresIn(entry.links) }),
  };
}

function fromJson(feed: Of<"json">): Feed {
  return {
    language: feed.language,
    hub: feed.hubs?.find((hub) => /^websub$/i.test(hub.type ?? ""))?.url,
    self: feed.feed_url,
    entries: (feed.items ?? []).map(fromJsonItem),
  };
}

function fromJsonItem(item: JsonItem): Entry {
  return {
    links: [item.url, item.external_url].filter(isText),
    guid: item.id,
    isPermalink: true,
    title: item.title,
    summary: item.summary,
    content: item.content_html ?? item.content_text,
    authors: (item.authors ?? []).map((author) => author.name),
    published: [item.date_published],
    modified: [item.date_modified],
    tags: item.tags ?? [],
    language: item.language,
    image: item.image ?? item.banner_image,
  };
}

function linkOf(links: AnyLink[] | undefined, rel: string): string | undefined {
  return links?.find((link) => (link.rel ?? "alternate").toLowerCase() === rel)?.href;
}

interface WithPictures {
  media?: { contents?: Picture[]; thumbnails?: Picture[] } | undefined;
  enclosures?: Picture[] | undefined;
}

interface Picture {
  url?: string | undefined;
  type?: string | undefined;
  medium?: string | undefined;
}

function imageIn(item: object): string | undefined {
  const { media = {}, enclosures = [] }: WithPictures = item;
  const { contents = [], thumbnails = [] } = media;
  const own = [...contents, ...enclosures].find(
    ({ type, medium }) => medium === "image" || type?.startsWith("image/"),
  );
  return own?.url ?? thumbnails[0]?.url;
}

function enclosuresIn(links: (AnyLink & { type?: string | undefined })[] | undefined): Picture[] {
  return (links ?? []).flatMap(({ href, rel, type }) =>
    rel?.toLowerCase() === "enclosure" ? [{ url: href, type }] : [],
  );
}

function aboutOf(item: RssItem): string | undefined {
  return "rdf" in item ? item.rdf?.about : undefined;
}

function isText(value: string | undefined): value is string {
  return typeof value === "string" && value.trim() !== "";
}
