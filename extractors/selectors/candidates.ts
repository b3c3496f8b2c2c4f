import type { PickerField } from "../../model/sources/selector-picker.ts";
import { parseDate } from "../dates/parse.ts";
import type { Reading } from "../dates/stamp.ts";
import { Tag, textOf } from "../dom/node.ts";
import { namesIn } from "../fields/names.ts";
import type { Page } from "../page.ts";

const HEADING = /^h[1-4]$/;
const MAX_DATE_OR_BYLINE_CHARS = 120;
const MIN_BODY_CHARS = 300;
const MAX_CANDIDATES = 3000;
const MAX_RETURNED_CANDIDATES = 12;
/** Minimum and maximum length of a title that neither its tag nor its class marks as one. */
const TITLE_CHARS = [15, 200] as const;
const MAX_NAME_CHARS = 80;
const HEAD = new Set(["title", "script", "style", "meta", "option"]);
const DATE_META = /^(?:article:published_time|date|dc\.date(?:\.issued)?|pubdate|publishdate)$/i;
const BYLINE = /(?:^|[-_\s])(?:author|authors|byline|autor|verfasser|writer)(?:$|[-_\s])/i;
const NAMED_TITLE = /(?:^|[-_\s])(?:title|headline|heading|titel|überschrift)(?:$|[-_\s])/i;
const NAMED_BODY =
  /(?:^|[-_\s])(?:article-?body|entry-content|post-content|content|article|text|body|story)(?:$|[-_\s])/i;

/** Returns the element that a user who clicks on `tag` most likely means. */
export function meantBy(tag: Tag, field: PickerField, reading: Reading): Tag {
  if (field === "title") return nearest(tag, ({ name }) => HEADING.test(name)) ?? tag;
  if (field === "publishedAt") {
    const dated = (one: Tag) => one.name === "time" || isDate(one, reading);
    return nearest(tag, dated, 3) ?? tag;
  }
  if (field === "authors") return tag;
  return (
    nearest(tag, (one) => paragraphsIn(one) > 1 && textOf(one).length >= MIN_BODY_CHARS) ?? tag
  );
}

/** Returns the elements of a page that can contain a field, likeliest first. */
export function findCandidates(page: Page, field: PickerField, reading: Reading): Tag[] {
  return [...new Set(likely(page, field, reading))].slice(0, MAX_RETURNED_CANDIDATES);
}

function likely(page: Page, field: PickerField, reading: Reading): Tag[] {
  const { tags } = page.tree;
  const prop = page.props;
  if (field === "title") {
    const byName = tags.filter((tag) => isCalled(tag, NAMED_TITLE) && textOf(tag).length < 400);
    const lines = leaves(page).filter((tag) => within(textOf(tag, 400), TITLE_CHARS));
    return [...prop("headline"), ...page.tags("h1"), ...byName, ...page.tags("h2"), ...lines];
  }
  if (field === "publishedAt") {
    const metas = page
      .tags("meta")
      .filter(({ attribs }) => DATE_META.test(attribs["property"] ?? attribs["name"] ?? ""));
    const short = leaves(page).filter((tag) => isDate(tag, reading));
    return [...prop("datepublished"), ...page.tags("time"), ...metas, ...short];
  }
  if (field === "authors") {
    const rel = page.tags("a").filter((tag) => /\bauthor\b/.test(tag.rel ?? ""));
    const called = tags.filter(
      (tag) => isCalled(tag, BYLINE) && textOf(tag).length < MAX_DATE_OR_BYLINE_CHARS,
    );
    const signed = leaves(page).filter((tag) => isSignature(textOf(tag, MAX_DATE_OR_BYLINE_CHARS)));
    return [...prop("author"), ...rel, ...called, ...signed];
  }
  const holders = tags
    .map((tag) => ({ tag, weight: paragraphsIn(tag) > 1 ? ownText(tag) : 0 }))
    .filter(({ weight }) => weight > MIN_BODY_CHARS)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
  const byName = tags.filter(
    (tag) => isCalled(tag, NAMED_BODY) && textOf(tag).length >= MIN_BODY_CHARS,
  );
  return [...prop("articlebody"), ...holders.slice(0, 4), ...page.tags("article"), ...byName];
}

function leaves({ tree }: Page): Tag[] {
  return tree.tags.slice(0, MAX_CANDIDATES).filter((tag) => !HEAD.has(tag.name) && isLeaf(tag));
}

function isSignature(text: string): boolean {
  return text.length < MAX_NAME_CHARS && namesIn(text, []).some(({ kind }) => kind === "person");
}

function within(text: string, [least, most]: readonly [number, number]): boolean {
  return text.length >= least && text.length <= most;
}

function nearest(tag: Tag, is: (tag: Tag) => boolean, levels = 40): Tag | null {
  let level = 0;
  for (let one: Tag | null = tag; one && one.name !== "body" && level < levels; one = one.parent) {
    if (is(one)) return one;
    level += 1;
  }
  return null;
}

function isCalled({ attribs }: Tag, pattern: RegExp): boolean {
  return pattern.test(`${attribs["class"] ?? ""} ${attribs["id"] ?? ""}`);
}

function isDate(tag: Tag, reading: Reading): boolean {
  const text = textOf(tag, MAX_DATE_OR_BYLINE_CHARS + 1);
  return (
    text.length <= MAX_DATE_OR_BYLINE_CHARS &&
    /\p{Nd}/u.test(text) &&
    parseDate(text, reading) !== null
  );
}

function isLeaf(tag: Tag): boolean {
  return tag.children.length > 0 && tag.children.length <= 3 && tag.last - tag.order <= 1;
}

function paragraphsIn(tag: Tag): number {
  return paragraphsOf(tag).length;
}

function ownText(tag: Tag): number {
  return paragraphsOf(tag).reduce((sum, one) => sum + textOf(one).length, 0);
}

function paragraphsOf(tag: Tag): Tag[] {
  return tag.children.filter((node): node is Tag => node instanceof Tag && node.name === "p");
}
