import type { PublicItem } from "../../articles/stream/item.ts";
import { paragraphsOf } from "../../articles/stream/lead.ts";
import { type Html, html, httpUrl } from "../../lib/text.ts";
import { usageText } from "../../model/usage-rights.ts";
import type { PublicSource } from "../../store/sources/sources.ts";
import type { PortalConfig } from "../server/config.ts";
import { topicName } from "../server/edition.ts";

/** A feed, independent of its format. */
export interface Feed {
  id: string;
  title: string;
  description: string;
  /** URL of the portal's page that lists the same articles as the feed. */
  home: string;
  self: string;
  /** URL of the next older page of the feed (RFC 5005 paged feeds); null on the last page. */
  next: string | null;
  /** Links to the archives of single days (RFC 5005 section 4). */
  archive?: {
    /** If this feed is an archive, URL of the feed with the newest articles; otherwise null. */
    current: string | null;
    previous: string | null;
    next: string | null;
  };
  /** WebSub hub that readers can subscribe to; null if there is none. */
  hub: string | null;
  updated: Date;
  language: string | null;
  entries: Entry[];
}

/** An article in a feed. `url` is the original article at the publisher. */
export interface Entry {
  id: string;
  url: string;
  /** URL of the article's page on the portal. */
  page: string;
  title: string;
  paragraphs: string[];
  /**
   * Paragraphs of the full text, if it was requested and readers are allowed to see it; otherwise
   * null.
   */
  content: string[] | null;
  /** The publisher's usage terms as a sentence; null if the publisher states none. */
  usage: string | null;
  terms: string[];
  published: Date;
  updated: Date;
  organisations: string[];
  source: { name: string; home: string | null };
  topics: { id: string; name: string }[];
  item: PublicItem;
}

/** Returns an article's entry; null if its URL isn't http(s). `text` is the full text or null. */
export function toEntry(
  item: PublicItem,
  source: PublicSource | undefined,
  config: PortalConfig,
  text: string | null = null,
): Entry | null {
  const url = httpUrl(item.url);
  if (!url) return null;
  const times = [item.modifiedAt, item.sortAt, item.firstSeenAt];
  return {
    // RFC 4151: the id stays the same if the portal moves.
    id: `tag:newsgather,2026:article/${item.id}`,
    url,
    page: `${config.baseUrl}/article/${encodeURIComponent(item.id)}`,
    title: item.prefix + item.title,
    paragraphs: paragraphsOf(item.teaser ?? ""),
    content: text === null ? null : paragraphsOf(text),
    usage: item.rights && usageText(item.rights),
    terms: item.rights?.terms ?? [],
    published: item.sortAt,
    updated: new Date(Math.max(...times.map((at) => at?.getTime() ?? 0))),
    organisations: item.organisations ?? [],
    source: { name: source?.name ?? item.sourceId, home: httpUrl(source?.home ?? "") },
    topics: item.topics.map((id) => ({ id, name: topicName(id, config) })),
    item,
  };
}

/** Returns authors and organisations; if none, the source, because some formats need an author. */
export function signedBy({ item, organisations, source }: Entry): string[] {
  const names = [...item.authors, ...organisations];
  return names.length > 0 ? names : [source.name];
}

export function rightsOf({ item, usage }: Entry): string | null {
  return [item.credit, usage].filter((line) => line !== null).join(" · ") || null;
}

export function document(root: Html): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root.markup}\n`;
}

export function asHtml(paragraphs: string[]): string {
  return html`${paragraphs.map((text) => html`<p>${text}</p>`)}`.markup;
}
