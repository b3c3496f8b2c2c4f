import { type Document, DomHandler } from "domhandler";
import { Parser } from "htmlparser2";
import { LINK_BOUNDS } from "../../config/limits.ts";
import { clipped, httpUrl } from "../../lib/text.ts";
import type { Hints } from "../../model/crawl/link.ts";
import { isArticleUrl } from "./infer/groups.ts";
import { readPublishedAt } from "./published-at.ts";
import { siteOf } from "./url.ts";

/** What a document, such as a feed, says about an article, before any processing. */
export interface RawHints {
  title?: string | undefined;
  teaser?: string | undefined;
  content?: string | undefined;
  authors?: (string | undefined)[];
  /** Date strings, best first. */
  published?: unknown[];
  modified?: unknown[];
  tags?: (string | undefined)[];
  language?: string | undefined;
  guid?: string | undefined;
  /** URL of the article's picture, absolute or relative to `base`. */
  image?: string | undefined;
  base?: string | undefined;
}

const MAX_IMAGE_URL = 2000;

const MAX_TEASER_CHARS = 1000;

/**
 * Turns raw hints into plain text and dates; omits implausible dates. `assumed` is the language of
 * dates if `raw` names none.
 */
export function toHints(raw: RawHints, now: Date, assumed?: string): Hints {
  const { content, guid } = raw;
  const language = primaryLanguage(raw.language);
  const dated = raw.language ?? assumed;
  const hints: Hints = {};
  const title = plainText(raw.title ?? "", 500);
  const teaser = plainText(raw.teaser ?? "");
  const authors = names(raw.authors);
  const tags = names(raw.tags);
  const published = firstDate(raw.published, dated, now);
  const modified = firstDate(raw.modified, dated, now);
  // Some feeds put the whole article where the summary belongs.
  const html = content?.trim()
    ? content
    : teaser.length > MAX_TEASER_CHARS
      ? raw.teaser
      : undefined;
  if (title) hints.title = title;
  if (teaser && teaser.length <= MAX_TEASER_CHARS) hints.teaser = teaser;
  if (authors.length > 0) hints.authors = authors;
  if (published) hints.publishedAt = published;
  if (modified) hints.modifiedAt = modified;
  if (language) hints.language = language;
  if (tags.length > 0) hints.tags = tags;
  if (html) hints.contentText = paragraphsIn(html);
  const image = pictureOf(raw);
  if (image) hints.image = image;
  if (guid) hints.guid = guid.slice(0, 1000);
  return hints;
}

function pictureOf({ image, base }: RawHints): string | null {
  const url = image ? httpUrl(image, base) : null;
  return url !== null && url.length <= MAX_IMAGE_URL ? url : null;
}

function primaryLanguage(tag: string | undefined): string | undefined {
  return /^([a-z]{2,3})(?:[-_].*)?$/i.exec(tag?.trim() ?? "")?.[1]?.toLowerCase();
}

function names(values: (string | undefined)[] = []): string[] {
  const texts = values.slice(0, 50).map((value) => plainText(value ?? "", 200));
  return [...new Set(texts)].filter((text) => text !== "").slice(0, 30);
}

function firstDate(values: unknown[] = [], language: string | undefined, now: Date): Date | null {
  for (const value of values) {
    const date = typeof value === "string" ? readPublishedAt(value, language, now) : null;
    if (date) return date;
  }
  return null;
}

const MAX_MARKUP = 100_000;
const HIDDEN = new Set(["script", "style", "template", "noscript"]);
const BLOCK = new Set("p div br li td th tr h1 h2 h3 h4 h5 h6 section article dt dd".split(" "));

/** Returns the visible text of an HTML fragment on one line, cut at about `limit` characters. */
export function plainText(html: string, limit = 2000): string {
  const head = html.slice(0, MAX_MARKUP);
  return clipped(oneLine(/[<&]/.test(head) ? withoutMarkup(head) : head), limit);
}

const MAX_CONTENT_MARKUP = 40_000;

function paragraphsIn(html: string): string {
  return withoutMarkup(html.slice(0, MAX_CONTENT_MARKUP), "\n\n")
    .split(/\n\s*\n/)
    .map(oneLine)
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

function withoutMarkup(html: string, apart = " "): string {
  let text = "";
  let hidden = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (HIDDEN.has(name)) hidden += 1;
      if (BLOCK.has(name)) text += apart;
    },
    onclosetag(name) {
      if (HIDDEN.has(name)) hidden -= 1;
      if (BLOCK.has(name)) text += apart;
    },
    ontext(part) {
      if (hidden === 0) text += part;
    },
  });
  parser.end(html);
  return text;
}

function oneLine(text: string): string {
  // Khmer and other scripts separate words by zero-width spaces, which readers don't see.
  return text.replaceAll("\u200b", "").replace(/\s+/g, " ").trim();
}

/** Parsing time grows with the square of the depth. */
const HOSTILE_DEPTH = 10_000;

/** Omits elements deeper than `LINK_BOUNDS.depth`. Throws a `RangeError` beyond `HOSTILE_DEPTH`. */
export function parsePage(html: string): Document {
  const dom = new DomHandler();
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > HOSTILE_DEPTH) throw new RangeError("elements are nested too deep");
      if (depth <= LINK_BOUNDS.depth) dom.onopentag(name, attributes);
    },
    onclosetag() {
      if (depth <= LINK_BOUNDS.depth) dom.onclosetag();
      depth -= 1;
    },
    ontext(text) {
      if (depth <= LINK_BOUNDS.depth) dom.ontext(text);
    },
  });
  parser.end(html);
  dom.onend();
  return dom.root;
}

const MAX_MENTIONS = 100;

export function articlesOnOtherSites(html: string, url: string): string[] {
  const site = siteOf(url);
  const found = new Set<string>();
  for (const [, href = ""] of html.matchAll(/<a\b[^<>]*?\bhref="([^"<]+)"/gi)) {
    const address = href.replaceAll("&amp;", "&");
    if (!/^https?:/i.test(address) || !URL.canParse(address)) continue;
    if (siteOf(address) !== site && isArticleUrl(address)) found.add(address);
    if (found.size === MAX_MENTIONS) break;
  }
  return [...found];
}
