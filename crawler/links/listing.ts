import type { Document, Element } from "domhandler";
import { getAttributeValue, textContent } from "domutils";
import { LINK_BOUNDS } from "../../config/limits.ts";
import type { Discovery, FoundLink } from "../../model/crawl/link.ts";
import type { Listing } from "../../model/sources/source.ts";
import { parsePage, toHints } from "./hints.ts";
import { ancestorsOf, containerByLink, pageWrappers } from "./infer/dom.ts";
import { hasCjk } from "./infer/text.ts";
import { parts, read, select } from "./selector.ts";
import { targetUrl, urlKey } from "./url.ts";

/**
 * Returns the articles that a page lists, and the next page as a link of kind `listing`. Without
 * `listing.item`, selectors are relative to an element around each link.
 */
export function readListing(
  input: { text: string; url: string; page: number; listing: Listing },
  language: string | undefined,
  now: Date,
): Discovery {
  const { listing, page, url } = input;
  const answer: Discovery = { links: [], skipped: [], problems: [], ttl: null, hub: null };
  try {
    const document = parsePage(input.text);
    const base = baseOf(document, url);
    answer.links = itemsOf(document, listing, base, language, now);
    const next = listing.next && nextOf(document, listing.next, base);
    if (next && page < listing.pages && urlKey(next) !== urlKey(url)) {
      answer.links.push({ url: next, kind: "listing", page: page + 1, hints: {} });
    }
  } catch (error) {
    answer.problems.push(`the page can't be read with the listing's selectors: ${String(error)}`);
  }
  if (answer.links.length === 0 && answer.problems.length === 0) {
    answer.problems.push("the listing's selectors match nothing on this page");
  }
  return answer;
}

/** Returns the listing with this URL, or the one whose URL has the longest common beginning. */
export function listingFor(url: string, listings: Listing[]): Listing | null {
  const key = urlKey(url);
  const exact = listings.find((listing) => urlKey(listing.url) === key);
  const shared = listings.map((listing) => commonStart(listing.url, url));
  return exact ?? listings[shared.indexOf(Math.max(...shared))] ?? null;
}

function itemsOf(
  document: Document,
  listing: Listing,
  base: string,
  language: string | undefined,
  now: Date,
): FoundLink[] {
  const found = new Map<string, FoundLink>();
  const self = urlKey(base);
  for (const { link, card } of linksOf(document, listing)) {
    const url = targetOf(link, listing.link, base);
    if (url === null || urlKey(url) === self) continue;
    const value = (selector: string | undefined) =>
      selector === undefined ? undefined : read(selector, card);
    const hints = toHints(
      {
        title: value(listing.title) || textContent(link) || getAttributeValue(link, "title"),
        teaser: value(listing.teaser),
        published: [value(listing.date)],
      },
      now,
      language,
    );
    const earlier = found.get(url);
    // A card often links both its picture and its headline, and the headline says more.
    if (!earlier) found.set(url, { url, kind: "article", page: 1, hints });
    else if ((hints.title?.length ?? 0) > (earlier.hints.title?.length ?? 0)) earlier.hints = hints;
    if (found.size >= LINK_BOUNDS.entries) break;
  }
  return [...found.values()];
}

function linksOf(document: Document, listing: Listing): Card[] {
  const { item, link: selector } = listing;
  if (item === undefined) {
    const links = select(selector, document);
    // The default selector matches all links.
    return cardsOf(parts(selector).css === "a" ? likelyArticles(links, document) : links);
  }
  return select(item, document).flatMap((card) => {
    const [link] = select(selector, card);
    return link ? [{ link, card }] : [];
  });
}

function targetOf(element: Element, selector: string, base: string): string | null {
  const { attribute } = parts(selector);
  const attributeValue = getAttributeValue(element, attribute ?? "href");
  if (attributeValue !== undefined || attribute) return targetUrl(attributeValue, base);
  const link =
    select("a[href]", element)[0] ??
    [element, ...ancestorsOf(element)].find(({ name }) => name === "a");
  return targetUrl(link ? getAttributeValue(link, "href") : undefined, base);
}

function nextOf(document: Document, selector: string, base: string): string | null {
  const [element] = select(selector, document);
  return element ? targetOf(element, selector, base) : null;
}

export function baseOf(document: Document, url: string): string {
  const [base] = select("base[href]", document);
  return targetUrl(base && getAttributeValue(base, "href"), url) ?? url;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

const BOILERPLATE_TAGS = new Set(["nav", "header", "footer", "aside"]);
const HEADING = /^h[1-6]$/;
const MIN_HEADLINE_CHARS = 25;
const MIN_IDEOGRAPHIC_HEADLINE_CHARS = 8;
/** Links to legal notices in kana or hangul are shorter. */
const MIN_CJK_HEADLINE_CHARS = 12;

interface Card {
  link: Element;
  card: Element | Document;
}

function cardsOf(links: Element[]): Card[] {
  const alone = containerByLink(
    links.map((link) => ({ link, url: getAttributeValue(link, "href") ?? "" })),
  );
  return links.map((link) => ({ link, card: alone.get(link) ?? link }));
}

function likelyArticles(links: Element[], document: Document): Element[] {
  const wrappers = pageWrappers(document);
  return links.filter((link) => {
    const text = textContent(link).trim();
    if (!getAttributeValue(link, "href") || text === "") return false;
    const chain = ancestorsOf(link);
    if (chain.some(({ name }) => name === "article")) return true;
    if (chain.some((one) => isBoilerplate(one, wrappers))) return false;
    if (chain.some(({ name }) => HEADING.test(name)) || hasHeading(link)) return true;
    return text.length >= minHeadlineChars(text);
  });
}

function minHeadlineChars(text: string): number {
  if (/\p{Ideographic}/u.test(text)) return MIN_IDEOGRAPHIC_HEADLINE_CHARS;
  return hasCjk(text) ? MIN_CJK_HEADLINE_CHARS : MIN_HEADLINE_CHARS;
}

function isBoilerplate(element: Element, wrappers: ReadonlySet<Element>): boolean {
  return element.name === "form" ? !wrappers.has(element) : BOILERPLATE_TAGS.has(element.name);
}

function hasHeading(link: Element): boolean {
  return link.children.some((child) => "name" in child && HEADING.test(child.name));
}
