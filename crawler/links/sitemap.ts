import { constants, gunzipSync } from "node:zlib";
import { SaxesParser } from "saxes";
import { LINK_BOUNDS } from "../../config/limits.ts";
import { isGzip } from "../../lib/text.ts";
import type { Discovery, FoundLink } from "../../model/crawl/link.ts";
import { toHints } from "./hints.ts";
import { dateOf, MAX_ORDERED_ENTRIES, newestFirst } from "./published-at.ts";
import { absoluteUrl } from "./url.ts";

/**
 * Reads any form of sitemap, newest links first. `page` is the depth of this sitemap: 1 for an
 * entry point, 2 for a sitemap that the index at depth 1 lists.
 */
export function readSitemap(
  input: { body: Uint8Array; text: string; url: string; page: number },
  language: string | undefined,
  now: Date,
): Discovery {
  const answer: Discovery = { links: [], skipped: [], problems: [], ttl: null, hub: null };
  const text = textOf(input.body, input.text);
  if (text === null) {
    answer.problems.push("compressed data is damaged or larger than 64 MB");
    return answer;
  }
  const file = /^\s*</.test(text)
    ? readSitemapXml(text.trimStart(), LINK_BOUNDS.sitemapUrls)
    : { kind: "urlset" as const, entries: linesOf(text), problems: [] };
  answer.problems.push(...file.problems);
  if (file.kind === null) answer.problems.push("not a sitemap: no urlset or sitemapindex");
  else if (file.entries.length === 0) answer.problems.push("the sitemap has no entries");
  if (file.kind === "urlset") {
    const links = file.entries.flatMap((entry) => toLink(entry, input.url, language, now));
    answer.links = newestFirst(links);
    answer.order = orderOf(links, answer.links);
  } else if (file.kind === "index" && input.page > LINK_BOUNDS.indexDepth) {
    answer.problems.push("sitemap indexes are nested too deep");
  } else if (file.kind === "index") {
    addChildren(answer, file.entries, input, now);
  }
  return answer;
}

function orderOf(links: readonly FoundLink[], sorted: readonly FoundLink[]): string[] {
  const newest = new Set(sorted.slice(0, MAX_ORDERED_ENTRIES));
  return links.filter((link) => newest.has(link)).map(({ url }) => url);
}

function textOf(body: Uint8Array, text: string): string | null {
  const plain = text.replace(/^\ufeff/, "");
  if (!isGzip(body)) return plain;
  const bytes = unzipped(body);
  return bytes && new TextDecoder().decode(bytes);
}

/** Removes layers of gzip, also from data that is cut off; null if unreadable or too large. */
function unzipped(body: Uint8Array): Uint8Array | null {
  let bytes = body;
  for (let layer = 0; isGzip(bytes); layer += 1) {
    if (layer === LINK_BOUNDS.gzipLayers) return null;
    try {
      bytes = gunzipSync(bytes, {
        maxOutputLength: LINK_BOUNDS.gzipBytes,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
    } catch {
      return null;
    }
  }
  return bytes;
}

function addChildren(
  answer: Discovery,
  entries: SitemapEntry[],
  input: { url: string; page: number },
  now: Date,
): void {
  const children = entries.flatMap(({ loc, lastmod }): FoundLink[] => {
    const url = absoluteUrl(loc, input.url);
    const stated = { modified: [lastmod, monthInName(loc)] };
    return url ? [{ url, kind: "sitemap", page: input.page + 1, hints: toHints(stated, now) }] : [];
  });
  const sorted = children.every((child) => dateOf(child) === Number.POSITIVE_INFINITY)
    ? children
    : newestFirst(children);
  answer.links = sorted.slice(0, LINK_BOUNDS.sitemapsOfIndex);
  answer.order = orderOf(children, sorted);
  for (const { url } of sorted.slice(LINK_BOUNDS.sitemapsOfIndex)) {
    answer.skipped.push({ url, reason: "too-many", detail: "older sitemap of an index" });
  }
}

function monthInName(url: string): string | undefined {
  const [, year, month] = /(?:^|\D)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d{3})/.exec(url) ?? [];
  return year && `${year}-${month}-01`;
}

function toLink(
  entry: SitemapEntry,
  base: string,
  language: string | undefined,
  now: Date,
): FoundLink[] {
  const url = absoluteUrl(entry.loc, base);
  if (!url) return [];
  const tags = entry.newsKeywords?.split(/[,，、;]/);
  const hints = toHints(
    {
      title: entry.newsTitle,
      published: [entry.newsDate],
      modified: [entry.lastmod],
      language: entry.newsLanguage,
      ...(tags && { tags }),
    },
    now,
    language,
  );
  return [{ url, kind: "article", page: 1, hints }];
}

function linesOf(text: string): SitemapEntry[] {
  return text
    .split(/\r\n?|\n/, LINK_BOUNDS.sitemapUrls)
    .map((line) => line.trim())
    .filter((line) => /^https?:\/\//i.test(line))
    .map((loc) => ({ loc }));
}

interface SitemapEntry {
  loc: string;
  lastmod?: string;
  newsTitle?: string;
  newsDate?: string;
  newsLanguage?: string;
  newsKeywords?: string;
}

interface SitemapFile {
  kind: "urlset" | "index" | null;
  entries: SitemapEntry[];
  problems: string[];
}

const CHUNK_CHARS = 65_536;
const MAX_VALUE = 8192;
const FIELDS: Record<string, keyof SitemapEntry> = {
  loc: "loc",
  lastmod: "lastmod",
  "news/title": "newsTitle",
  "news/publication_date": "newsDate",
  "news/publication/language": "newsLanguage",
  "news/keywords": "newsKeywords",
};

function readSitemapXml(xml: string, max: number): SitemapFile {
  const file: SitemapFile = { kind: null, entries: [], problems: [] };
  const path: string[] = [];
  let entry: Partial<SitemapEntry> = {};
  let value = "";
  const state = { stopped: false };
  const parser = new SaxesParser({ position: false });
  parser.on("doctype", () => {
    state.stopped = true;
    file.problems.push("refused: a sitemap with a DOCTYPE");
  });
  parser.on("error", (error) => {
    if (file.problems.length === 0) file.problems.push(`broken XML: ${error.message}`);
  });
  parser.on("opentag", (tag) => {
    path.push(localName(tag.name));
    value = "";
    if (path.length === 1) file.kind = kindOf(path[0]);
    if (path.length === 2) entry = {};
  });
  const addText = (text: string) => {
    if (value.length < MAX_VALUE) value += text;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const field = FIELDS[path.slice(2).join("/")];
    if (field !== undefined && value.trim()) entry[field] ??= value.trim();
    value = "";
    if (path.length === 2 && entry.loc !== undefined && !state.stopped) {
      if (file.entries.length < max) file.entries.push({ ...entry, loc: entry.loc });
      else state.stopped = true;
    }
    path.pop();
  });
  const whole = withEscapedAmpersands(xml);
  if (whole !== xml) file.problems.push("broken XML: unescaped & repaired");
  for (let at = 0; at < whole.length && !state.stopped; at += CHUNK_CHARS)
    parser.write(whole.slice(at, at + CHUNK_CHARS));
  if (!state.stopped) parser.close();
  else if (file.entries.length === max)
    file.problems.push(`more than ${max} entries; the rest is ignored`);
  return file;
}

function withEscapedAmpersands(xml: string): string {
  // After a bare ampersand, the parser would lose the text up to the next semicolon.
  let isCdata = false;
  return xml.replace(/<!\[CDATA\[|\]\]>|&(?!#?\w{1,10};)/g, (found) => {
    if (found !== "&") isCdata = found !== "]]>";
    return found === "&" && !isCdata ? "&amp;" : found;
  });
}

function kindOf(root: string | undefined): SitemapFile["kind"] {
  if (root === "urlset") return "urlset";
  return root === "sitemapindex" ? "index" : null;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}
