import type { Element } from "domhandler";
import { getAttributeValue } from "domutils";
import { readPublishedAt } from "../published-at.ts";
import { read, select } from "../selector.ts";
import { ancestorsOf, classesOf, lineOf, parentOf } from "./dom.ts";
import type { Item } from "./groups.ts";
import { type DateContext, hasCjk, isDate } from "./text.ts";

const MIN_MATCHED_ENTRY_SHARE = 0.6;
const MIN_TEASER_CHARS = 40;
const MIN_CJK_TEASER_CHARS = 16;
const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/** The entries of a list, and the language and current time for reading their dates. */
export interface Reading extends DateContext {
  items: Item[];
}

/** Returns a selector that finds the link of each entry, relative to the entry. */
export function linkSelector({ items }: Reading): string {
  const headings = HEADINGS.filter((name) =>
    items.every(({ link }) => ancestorsOf(link).some((up) => up.name === name)),
  );
  const classes = shared(items.map(({ link }) => classesOf(link)));
  const parents = shared(
    items.map(({ link }) => {
      const parent = parentOf(link);
      return parent ? [parent.name, ...classesOf(parent).map((name) => `.${name}`)] : [];
    }),
  );
  const options = [
    ...headings.map((name) => `${name} a`),
    "a",
    ...classes.map((name) => `a.${name}`),
    ...parents.map((name) => `${name} > a`),
  ];
  const reads = (selector: string) =>
    items.every(({ link, element }) => select(selector, element)[0] === link);
  return options.find(reads) ?? "a";
}

/** Returns the headline's selector; undefined if none fits or the link's text is the headline. */
export function titleSelector(reading: Reading): string | undefined {
  const { items } = reading;
  if (items.every(({ link, title }) => lineOf(link) === title)) return undefined;
  const says = (selector: string) =>
    shareOf(items, ({ element, title }) => read(selector, element)?.replace(/\s+/g, " ") === title);
  const holds = ({ element, title }: { element: Element; title: string }) =>
    lineOf(element) === title;
  return bestOf([...HEADINGS, ...selectorsIn(items, holds)], says);
}

export function dateSelector(reading: Reading): string | undefined {
  const { items, language, now } = reading;
  const dated = (selector: string) =>
    shareOf(items, ({ element }) => {
      const text = read(selector, element);
      return text !== undefined && readPublishedAt(text, language, now) !== null;
    });
  const machine = ["time@datetime", "[itemprop=datePublished]@content", "abbr@title"];
  const stated = bestOf(machine, dated);
  if (stated) return stated;
  return bestOf(
    selectorsIn(items, ({ element, title }) => {
      const text = lineOf(element);
      return text !== title && isDate(text, reading);
    }),
    dated,
  );
}

export function teaserSelector({ items }: Reading): string | undefined {
  const isTeaser = (text: string, title: string) => {
    const least = hasCjk(text) ? MIN_CJK_TEASER_CHARS : MIN_TEASER_CHARS;
    return text.length >= least && !text.includes(title);
  };
  const shareOfTeasers = (selector: string) =>
    shareOf(items, ({ element, title }) => {
      const text = read(selector, element)?.replace(/\s+/g, " ");
      return text !== undefined && isTeaser(text, title);
    });
  const holds = ({ element, title }: { element: Element; title: string }) =>
    isTeaser(lineOf(element), title);
  return bestOf(selectorsIn(items, holds), shareOfTeasers);
}

function selectorsIn(
  items: Item[],
  holds: (found: { element: Element; title: string }) => boolean,
): string[] {
  const counts = new Map<string, number>();
  for (const { element, title } of items.slice(0, 30)) {
    const names = new Set<string>();
    for (const below of select("*", element)) {
      if (below === element || below.name === "a" || HEADINGS.includes(below.name)) continue;
      if (!holds({ element: below, title })) continue;
      for (const name of classesOf(below)) names.add(`.${name}`);
      const property = attributeOf(below, "itemprop");
      if (/^\w+$/.test(property)) names.add(`[itemprop=${property}]`);
      names.add(below.name);
    }
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1] || rank(a[0]) - rank(b[0]));
  return sorted.map(([name]) => name);
}

function rank(name: string): number {
  if (/^[.[]/.test(name)) return 0;
  return name === "p" || name === "time" ? 1 : name === "div" ? 3 : 2;
}

function bestOf(selectors: string[], shareFor: (selector: string) => number): string | undefined {
  let best: { selector: string; share: number } | undefined;
  for (const selector of selectors) {
    const share = shareFor(selector);
    if (share >= MIN_MATCHED_ENTRY_SHARE && share > (best?.share ?? 0)) best = { selector, share };
  }
  return best?.selector;
}

function shareOf<T>(all: T[], is: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(is).length / all.length;
}

/** Returns the names that are in all lists. */
export function shared(lists: string[][]): string[] {
  const [first = [], ...rest] = lists;
  return first.filter((name) => rest.every((list) => list.includes(name)));
}

/** Returns the value of an element's attribute on one line; empty if the attribute is missing. */
export function attributeOf(element: Element, name: string): string {
  return getAttributeValue(element, name)?.replace(/\s+/g, " ").trim() ?? "";
}
