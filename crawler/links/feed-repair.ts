import { parseFeed as parseLoosely } from "@rowanmanning/feed-parser";
import { parseFeed } from "feedsmith";
import { type Entry, type Feed, toFeed } from "./feed-entry.ts";
import { rootName } from "./xml.ts";

const MAX_ENTRIES = 2000;
const MAX_HEAD = 65_536;
const CLOSING: Record<string, string> = { rss: "</channel></rss>", feed: "</feed>" };

/** A feed whose XML is broken, with what had to be done, in words; null when nothing can be read. */
export function repairFeed(xml: string): { feed: Feed; problem: string } | null {
  return entryByEntry(xml) ?? loosely(xml);
}

/** Reads each entry for itself, so that a broken one harms only itself. */
function entryByEntry(xml: string): { feed: Feed; problem: string } | null {
  const closing = closingOf(xml);
  if (closing === null) return null;
  const { head, parts } = split(xml, closing === CLOSING["feed"] ? "entry" : "item");
  if (head.length > MAX_HEAD) return null;
  // A head that is broken itself is replaced by the root's tag, which declares the namespaces.
  const heads = [head, plainHead(head)];
  const usable = heads.find((each) =>
    parts.some((part) => parsed(each + part + closing)?.entries.length),
  );
  if (usable === undefined) return null;
  const feeds = parts.map((part) => {
    const entry = usable + part + closing;
    return parsed(entry) ?? leniently(entry);
  });
  const good = feeds.filter((feed) => feed !== null && feed.entries.length > 0);
  const [first] = good;
  if (!first) return null;
  const count = `${good.length} of ${parts.length}`;
  return {
    feed: { ...first, entries: good.flatMap((feed) => feed?.entries[0] ?? []) },
    problem: `broken XML: read ${count} entries one by one`,
  };
}

/** The second parser's word on one entry, where it leads somewhere. */
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

/** What ends the document after an entry; null when the root is none of a feed. */
function closingOf(xml: string): string | null {
  const root = rootName(xml) ?? "";
  // RSS 1.0 closes its channel before its items, and its root has a prefix.
  if (root === "rdf") return `</${/<([\w.-]{0,30}:?rdf)[\s>]/i.exec(xml)?.[1] ?? "rdf:RDF"}>`;
  return CLOSING[root] ?? null;
}

/** Everything before the first entry, and each entry from its tag to the next one's. */
function split(xml: string, name: string): { head: string; parts: string[] } {
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

function parsed(xml: string): Feed | null {
  try {
    return toFeed(parseFeed(xml));
  } catch {
    return null;
  }
}

/** The second parser: forgives other things than the first. */
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
      base: undefined,
      title: item.title ?? undefined,
      summary: item.description ?? undefined,
      content: item.content ?? undefined,
      authors: item.authors.map((author) => author.name ?? undefined),
      published: [item.published?.toISOString()],
      modified: [item.updated?.toISOString()],
      tags: item.categories.map((category) => category.label ?? category.term),
      language: undefined,
    }),
  );
  const feed: Feed = {
    title: loose.title ?? undefined,
    base: undefined,
    language: loose.language ?? undefined,
    ttlMinutes: undefined,
    skipHours: [],
    hub: undefined,
    self: loose.self ?? undefined,
    entries,
  };
  return { feed, problem: `broken XML: read ${entries.length} entries with the lenient parser` };
}
