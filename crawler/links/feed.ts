import { parseFeed as parseLoosely } from "@rowanmanning/feed-parser";
import { parseFeed } from "feedsmith";
import { LINK_BOUNDS } from "../../config/limits.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { Discovery, FoundLink } from "../../model/crawl/link.ts";
import { DETAILS } from "../../model/crawl/outcome.ts";
import { seenAs } from "../../model/usage-rights.ts";
import { parseRsl, RSL_NAMESPACE, readFeedRsl } from "../rights/rsl.ts";
import { type RawHints, toHints } from "./hints.ts";
import { MAX_ORDERED_ENTRIES, newestFirst } from "./published-at.ts";
import { absoluteUrl } from "./url.ts";

/** The local names of the root elements of RSS, Atom and RSS 1.0. */
export const FEED_ROOTS = new Set(["rss", "feed", "rdf"]);
const NONE: ReadonlySet<string> = new Set();
const COMMENT_URL = /#comments?[-_]?\d+$/i;

/**
 * Reads RSS 0.9x to 2.0, RSS 1.0, Atom or JSON Feed, even if the XML is broken. Entries with the
 * same link get their permalink ids as URLs, except if `ids` is false.
 */
export function readFeed(
  text: string,
  url: string,
  language: string | undefined,
  now: Date,
  { ids = true }: { ids?: boolean | undefined } = {},
): Discovery {
  const answer: Discovery = { links: [], skipped: [], problems: [], ttl: null, hub: null };
  const feed = parse(text, answer.problems);
  if (!feed) return answer;
  const base = absoluteUrl(feed.base, url) ?? url;
  const shared = repeated(feed.entries.flatMap((entry) => entry.links[0] ?? []));
  const guids = repeated(feed.entries.flatMap((entry) => entry.guid ?? []));
  if (guids.size > 0) answer.problems.push(`ids that aren't unique: ${guids.size}`);
  for (const entry of feed.entries) {
    const found = urlOf(entry, absoluteUrl(entry.base, base) ?? base, ids ? shared : NONE);
    if (found === null) {
      answer.skipped.push({ url: entry.guid ?? "", reason: "bad-url", detail: "no URL" });
    } else if (COMMENT_URL.test(found)) {
      answer.skipped.push({ url: found, reason: "filtered", detail: DETAILS.comment });
    } else {
      const guid = entry.guid !== undefined && !guids.has(entry.guid) ? entry.guid : undefined;
      const stated = { ...entry, guid, base: found, language: entry.language ?? feed.language };
      const hints = toHints(stated, now, language);
      answer.links.push({ url: found, kind: "article", page: 1, hints });
    }
  }
  if (text.includes(RSL_NAMESPACE)) license(answer.links, text, url, now);
  answer.order = answer.links.slice(0, MAX_ORDERED_ENTRIES).map((link) => link.url);
  answer.links = newestFirst(answer.links);
  for (const { url: rest } of answer.links.splice(LINK_BOUNDS.entries)) {
    answer.skipped.push({
      url: rest,
      reason: "too-many",
      detail: `beyond ${LINK_BOUNDS.entries} entries`,
    });
  }
  if (feed.entries.length === 0) answer.problems.push("the feed has no entries");
  else if (answer.links.length === 0) answer.problems.push("no entry of the feed is an article");
  answer.ttl = ttlOf(feed, now);
  const hub = absoluteUrl(feed.hub, base);
  if (hub) answer.hub = { url: hub, self: absoluteUrl(feed.self, base) ?? url };
  return answer;
}

function parse(text: string, problems: string[]): Feed | null {
  const refused =
    text.length > LINK_BOUNDS.feedCharacters
      ? "refused: longer than 32 million characters"
      : refusedXml(text);
  if (refused) {
    problems.push(refused);
    return null;
  }
  const clean = withoutControls(text).trimStart();
  const feed = read(clean);
  // An unclosed tag in the head hides the entries without an error.
  if (feed && (feed.entries.length > 0 || !/<(?:item|entry)[\s>]/i.test(clean))) return feed;
  const repaired = clean.startsWith("{") ? null : (entryByEntry(clean) ?? loosely(clean));
  if (repaired) problems.push(repaired.problem);
  else if (!feed) problems.push("not readable as RSS, Atom or JSON Feed");
  return repaired?.feed ?? feed;
}

function read(xml: string): Feed | null {
  try {
    return toFeed(parseFeed(xml));
  } catch {
    return null;
  }
}

function license(links: FoundLink[], text: string, url: string, seenAt: Date): void {
  const licences = parseRsl(text, { isFeed: true });
  for (const link of links) {
    const statements = /^https?:/.test(link.url) ? readFeedRsl(licences, url, link.url) : [];
    const usage = seenAs(statements, { place: "licence", url, seenAt });
    if (usage.length > 0) link.hints.usage = usage;
  }
}

function urlOf(entry: Entry, base: string, shared: ReadonlySet<string>): string | null {
  const guid = entry.isPermalink && /^https?:\/\//i.test(entry.guid ?? "") ? entry.guid : undefined;
  const [link] = entry.links;
  const chosen = link !== undefined && guid !== undefined && shared.has(link) ? guid : link;
  return absoluteUrl(chosen ?? guid, base);
}

function ttlOf(feed: Feed, now: Date): number | null {
  const end = now.getTime() + DAY_MS;
  let at = now.getTime() + Math.max(0, (feed.ttlMinutes ?? 0) * MINUTE_MS);
  while (at < end && feed.skipHours?.includes(new Date(at).getUTCHours())) {
    at += HOUR_MS - (at % HOUR_MS);
  }
  return at > now.getTime() ? Math.min(at, end) - now.getTime() : null;
}

function repeated(values: string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(values.filter((value) => seen.has(value) || !seen.add(value)));
}

/** Returns why an XML text must not be parsed; null if it is safe. */
function refusedXml(text: string): string | null {
  let seen = 0;
  for (const { index: at } of text.matchAll(/<!DOCTYPE/gi)) {
    seen += 1;
    if (seen > 20) return "refused: too many DOCTYPEs";
    if (isInside(text, at, "<![CDATA[", "]]>") || isInside(text, at, "<!--", "-->")) continue;
    const end = text.indexOf(">", at);
    const subset = text.indexOf("[", at);
    if (subset >= 0 && (end < 0 || subset < end))
      return "refused: a DOCTYPE that declares entities";
  }
  return null;
}

/** Returns the local name of the root element in lower case; null if the text has none. */
export function rootName(text: string): string | null {
  let at = 0;
  for (;;) {
    at = text.indexOf("<", at);
    if (at < 0) return null;
    if (text.startsWith("<!--", at)) at = after(text, "-->", at);
    else if (/^<[?!]/.test(text.slice(at, at + 2))) at = after(text, ">", at);
    else break;
    if (at < 0) return null;
  }
  const name = /^<([^\s/>]{1,100})/.exec(text.slice(at, at + 102))?.[1];
  return name?.replace(/^.*:/, "").toLowerCase() ?? null;
}

/** Removes the control characters that XML forbids, because they stop parsers. */
function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
}

function isInside(text: string, at: number, open: string, close: string): boolean {
  return text.lastIndexOf(open, at) > text.lastIndexOf(close, at);
}

function after(text: string, delimiter: string, from: number): number {
  const at = text.indexOf(delimiter, from);
  return at < 0 ? -1 : at + delimiter.length;
}

const MAX_ENTRIES = 2000;
const MAX_HEAD = 65_536;
const CLOSING_TAGS: Record<string, string> = { rss: "</channel></rss>", feed: "</feed>" };

function entryByEntry(xml: string): { feed: Feed; problem: string } | null {
  const closing = closingOf(xml);
  if (closing === null) return null;
  const { head, parts } = splitEntries(xml, closing === CLOSING_TAGS["feed"] ? "entry" : "item");
  if (head.length > MAX_HEAD) return null;
  // A head that is itself broken is replaced by the root's tag, which declares the namespaces.
  const heads = [head, plainHead(head)];
  const usable = heads.find((each) =>
    parts.some((part) => read(each + part + closing)?.entries.length),
  );
  if (usable === undefined) return null;
  const feeds = parts.map((part) => {
    const entry = usable + part + closing;
    return read(entry) ?? leniently(entry);
  });
  const good = feeds.filter((feed) => feed !== null && feed.entries.length > 0);
  const [first] = good;
  if (!first) return null;
  const count = `${good.length} of ${parts.length}`;
  return {
    feed: { ...first, entries: good.flatMap((feed) => feed?.entries[0] ?? []) },
    problem: `broken XML: entries read one by one: ${count}`,
  };
}

function leniently(xml: string): Feed | null {
  const feed = loosely(xml)?.feed;
  return feed?.entries[0]?.links[0] ? feed : null;
}

function plainHead(head: string): string {
  const root = /<(?:[\w.-]{0,30}:)?(rss|feed|rdf)\b[^<>]*>/i.exec(head);
  const channel = { rss: "<channel><title>-</title>", rdf: "<channel><title>-</title></channel>" };
  const name = root?.[1]?.toLowerCase();
  return (root?.[0] ?? "") + (name === "rss" || name === "rdf" ? channel[name] : "");
}

function closingOf(xml: string): string | null {
  const root = rootName(xml) ?? "";
  // RSS 1.0 closes its channel before its items, and its root has a prefix.
  if (root === "rdf") return `</${/<([\w.-]{0,30}:?rdf)[\s>]/i.exec(xml)?.[1] ?? "rdf:RDF"}>`;
  return CLOSING_TAGS[root] ?? null;
}

function splitEntries(xml: string, name: string): { head: string; parts: string[] } {
  const starts: number[] = [];
  const open = new RegExp(`<${name}[\\s>]`, "gi");
  for (const match of xml.matchAll(open)) {
    starts.push(match.index);
    if (starts.length > MAX_ENTRIES) break;
  }
  const parts = starts.slice(0, MAX_ENTRIES).map((start, i) => {
    const part = xml.slice(start, starts[i + 1] ?? xml.length);
    const end = part.toLowerCase().lastIndexOf(`</${name}>`);
    return end < 0 ? part : part.slice(0, end + name.length + 3);
  });
  return { head: xml.slice(0, starts[0] ?? xml.length), parts };
}

function loosely(xml: string): { feed: Feed; problem: string } | null {
  let loose: ReturnType<typeof parseLoosely>;
  try {
    loose = parseLoosely(xml);
  } catch {
    return null;
  }
  if (loose.items.length === 0) return null;
  const entries = loose.items.map(
    (item): Entry => ({
      links: item.url ? [item.url] : [],
      guid: item.id ?? undefined,
      isPermalink: false,
      title: item.title ?? undefined,
      teaser: item.description ?? undefined,
      content: item.content ?? undefined,
      authors: item.authors.map((author) => author.name ?? undefined),
      published: [item.published?.toISOString()],
      modified: [item.updated?.toISOString()],
      tags: item.categories.map((category) => category.label ?? category.term),
    }),
  );
  const feed: Feed = {
    language: loose.language ?? undefined,
    self: loose.self ?? undefined,
    entries,
  };
  return { feed, problem: `broken XML: entries read with the lenient parser: ${entries.length}` };
}

/** The values are as in the feed, so they can contain HTML. */
interface Entry extends RawHints {
  links: string[];
  isPermalink: boolean;
}

interface Feed {
  base?: string | undefined;
  language?: string | undefined;
  ttlMinutes?: number | undefined;
  /** The hours are in UTC. */
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

function toFeed(parsed: Parsed): Feed {
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
  const about = "rdf" in item ? item.rdf?.about : undefined;
  const guid = "guid" in item ? item.guid : undefined;
  const people = "authors" in item ? (item.authors ?? []) : [];
  const categories = "categories" in item ? (item.categories ?? []) : [];
  return {
    links: [item.link, linkOf(item.atom?.links, "alternate"), about].filter(isText),
    guid: guid?.value,
    isPermalink: guid !== undefined && guid.isPermaLink !== false,
    base: item.xml?.base,
    title: item.title ?? item.dc?.titles?.[0],
    teaser: item.description ?? item.dc?.descriptions?.[0],
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
    teaser: entry.summary?.value,
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
    teaser: item.summary,
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

function isText(value: string | undefined): value is string {
  return typeof value === "string" && value.trim() !== "";
}
