import { type AnyNode, type Document, type Element, isText } from "domhandler";
import { getAttributeValue } from "domutils";
import { select } from "../selector.ts";
import { sameSite, targetUrl, urlKey } from "../url.ts";
import {
  ancestorsOf,
  containerByLink,
  isBoilerplate,
  lineOf,
  pageWrappers,
  parentOf,
  tagAndClassesOf,
} from "./dom.ts";
import { type DateContext, isDate, wordsIn } from "./text.ts";

export interface Item {
  link: Element;
  url: string;
  /** The largest element around the link that contains none of the group's links to other URLs. */
  element: Element;
  title: string;
}

/** Entries whose links are in similar positions; a high `score` suggests a list of articles. */
export interface Group {
  items: Item[];
  score: number;
}

const MIN_LIST_ENTRIES = 3;
const MAX_LINKS = 3000;
const MAX_SCORED_GROUPS = 60;
const HEADING = "h1, h2, h3, h4, h5, h6";
const MIN_HEADLINE_WORDS = 4;

export function groupsOf(document: Document, url: string, context: DateContext): Group[] {
  const wrappers = pageWrappers(document);
  const byPlace = new Map<string, { link: Element; url: string }[]>();
  for (const link of select("a[href]", document).slice(0, MAX_LINKS)) {
    const target = targetOf(link, url);
    if (target === null || isBoilerplate(link, wrappers)) continue;
    const place = [link, ...ancestorsOf(link).slice(0, 2)].map(tagAndClassesOf).join("<");
    const there = byPlace.get(place);
    if (there) there.push({ link, url: target });
    else byPlace.set(place, [{ link, url: target }]);
  }
  return [...byPlace.values()]
    .filter((links) => links.length >= MIN_LIST_ENTRIES)
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MAX_SCORED_GROUPS)
    .flatMap((links) => groupOf(links, context) ?? [])
    .toSorted((a, b) => b.score - a.score);
}

function groupOf(links: { link: Element; url: string }[], context: DateContext): Group | null {
  const alone = containerByLink(links);
  const texts = new Set(links.map(({ link }) => lineOf(link)));
  const shared = sharedPartKeys(links);
  // If the links all say "Read more", the headline is elsewhere in the entry.
  const lacksHeadlines = texts.size <= links.length / 2;
  const seen = new Set<string>();
  const items = links.flatMap(({ link, url }): Item[] => {
    const element = alone.get(link) ?? link;
    const [heading] = select(HEADING, lacksHeadlines ? element : link);
    const title = heading
      ? lineOf(heading)
      : lacksHeadlines
        ? ""
        : headlineIn(link, shared, context);
    const key = urlKey(url);
    if (title === "" || seen.has(key)) return [];
    seen.add(key);
    return [{ link, url, element, title }];
  });
  if (
    items.length < MIN_LIST_ENTRIES ||
    new Set(items.map(({ title }) => title)).size < MIN_LIST_ENTRIES
  )
    return null;
  return { items, score: scoreOf(items) };
}

function sharedPartKeys(links: { link: Element; url: string }[]): Set<string> {
  const urls = new Map<string, string>();
  const shared = new Set<string>();
  for (const { link, url } of links) {
    for (const key of link.children.map(partKey)) {
      if ((urls.get(key) ?? url) !== url) shared.add(key);
      urls.set(key, url);
    }
  }
  return shared;
}

/** Returns the same key for `3 min read` and `5 min read`. */
function partKey(part: AnyNode): string {
  return lineOf(part).replace(/^\p{Nd}+/u, "0");
}

function headlineIn(link: Element, shared: ReadonlySet<string>, context: DateContext): string {
  const texts = link.children.filter((child) => isText(child) && child.data.trim() !== "");
  // A text that goes on after an element, such as a highlighted word, is one sentence.
  if (texts.length > 1) return lineOf(link);
  const parts = link.children.map(lineOf).filter(Boolean);
  const own = link.children.filter((child) => !shared.has(partKey(child))).map(lineOf);
  const headline = own.find((part) => isHeadline(part) && !isDate(part, context));
  const [longest] = texts.length === 0 ? parts.toSorted((a, b) => b.length - a.length) : [];
  return headline ?? longest ?? lineOf(link);
}

function isHeadline(text: string): boolean {
  return wordsIn(text) >= MIN_HEADLINE_WORDS;
}

function scoreOf(items: Item[]): number {
  const share = (is: (item: Item) => boolean) => items.filter(is).length / items.length;
  const words = share(({ title }) => isHeadline(title));
  const heads = share(({ link, element }) => isHeaded(link, element));
  const paths = share(({ url }) => isArticleUrl(url));
  const rich = share(({ element, title }) => lineOf(element).length > title.length + 8);
  return Math.log2(1 + items.length) * (0.1 + 2 * words + heads + paths + rich);
}

function isHeaded(link: Element, element: Element): boolean {
  if (select(HEADING, link).length > 0) return true;
  for (let up = parentOf(link); up; up = parentOf(up)) {
    if (/^h[1-6]$/.test(up.name)) return true;
    if (up === element) return false;
  }
  return false;
}

/** Matches `news_id=12`, but not `pageNo=2`. */
const ARTICLE_ID =
  /[?&](?:\w+(?:\[|%5B))?(?:p|aid|nid|article|item|tt_news|\w*seq|(?:news|article|post|press|ntt)?_?(?:id|no))(?:\]|%5D)?=\w*\d/i;

/** Returns whether a URL looks like an article's, by the year, words, digits or id in it. */
export function isArticleUrl(url: string): boolean {
  const { pathname, search } = new URL(url);
  const last = pathname.split("/").findLast((part) => part !== "") ?? "";
  if (
    /(?:^|\/)(?:tags?|category|categories|author|authors|page|search|login)(?:\/|$)/i.test(pathname)
  )
    return false;
  if (/\/(?:19|20)\d\d\/?(?:\d{1,2}|[a-z]{3})?\//.test(pathname)) return true;
  if (last.split(/[-_]|%20/).filter((word) => word.length > 1).length >= 3) return true;
  return /\d{3,}/.test(last) || ARTICLE_ID.test(search);
}

/** Returns a link's URL if it leads to another page of the same site; otherwise null. */
export function targetOf(link: Element, base: string): string | null {
  const url = targetUrl(getAttributeValue(link, "href"), base);
  return url !== null && sameSite(url, base) && urlKey(url) !== urlKey(base) ? url : null;
}
