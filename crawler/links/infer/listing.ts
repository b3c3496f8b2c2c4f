import type { Document, Element } from "domhandler";
import { Listing } from "../../../model/source.ts";
import { select } from "../selector.ts";
import {
  attributeOf,
  dateSelector,
  linkSelector,
  teaserSelector,
  titleSelector,
} from "./fields.ts";
import { type Group, groupsOf } from "./groups.ts";
import { nextSelector } from "./next.ts";
import { selectorOf } from "./selector-of.ts";

/** Groups that are tried, the best first. */
const TRIED = 5;

/**
 * The selectors of a page that lists articles, read off its repeated structure: links that stand
 * alike, the largest element around each that holds it alone, and what repeats inside of these. null
 * when nothing on the page repeats like a list. After the idea of MDR (Liu et al., KDD 2003).
 */
export function inferListing(
  document: Document,
  url: string,
  { language, now }: { language: string | undefined; now: Date },
): Listing | null {
  for (const group of groupsOf(document, url).slice(0, TRIED)) {
    const found = listingOf(document, group, { url, language, now });
    if (found) return found;
  }
  return null;
}

function listingOf(
  document: Document,
  { items }: Group,
  { url, language, now }: { url: string; language: string | undefined; now: Date },
): Listing | null {
  const elements = items.map(({ element }) => element);
  const own = new Set<Element>(elements);
  const folder = commonest(items.map((one) => folderOf(one.url)));
  const harm = (matches: Element[]) =>
    matches.filter((one) => !own.has(one) && leadsElsewhere(one, url, folder)).length;
  const item = selectorOf(elements, document, harm);
  if (item === null) return null;
  const reading = { items, language, now };
  const parts = {
    title: titleSelector(reading),
    date: dateSelector(reading),
    teaser: teaserSelector(reading),
    next: nextSelector(document, url),
  };
  const named = Object.entries(parts).filter(([, selector]) => selector !== undefined);
  return Listing.parse({ url, item, link: linkSelector(reading), ...Object.fromEntries(named) });
}

/** Whether an element would be taken for an entry though it leads to something else. */
function leadsElsewhere(element: Element, base: string, folder: string): boolean {
  const hrefs = select("a[href]", element).map((link) => attributeOf(link, "href"));
  const urls = hrefs.filter((href) => !href.startsWith("#") && URL.canParse(href, base));
  const folders = urls.map((href) => folderOf(new URL(href, base).href));
  return folders.length > 0 && !folders.includes(folder);
}

/** Site and first folder of an address: articles of one list mostly share it. */
function folderOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}/${pathname.split("/")[1] ?? ""}`;
}

function commonest(values: string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}
