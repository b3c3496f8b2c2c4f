import { parseDate, type Reading } from "../../lib/dates.ts";
import type {
  PickerField,
  SelectorCandidate,
  SelectorMatch,
} from "../../model/sources/selector-picker.ts";
import { Tag, textOf } from "../dom/node.ts";
import { parseTree } from "../dom/tree.ts";
import { readingOf } from "../fields/dates.ts";
import { namesIn } from "../fields/names.ts";
import { declaredLanguage } from "../language.ts";
import { openPage, type Page, withoutMojibake } from "../page.ts";
import { selectorsOf } from "./build.ts";
import { selectTags, selectTexts } from "./select.ts";

export interface PointInput {
  html: string;
  url: string;
  now: Date;
  language?: string | null;
  field: PickerField;
  /** Index of the clicked element in document order; null to search for candidates. */
  at: number | null;
  selectors: readonly string[];
}

export interface Pointed {
  candidates: SelectorCandidate[];
  found: SelectorMatch[];
}

const MAX_SELECTORS_IF_CLICKED = 6;
const MAX_SELECTORS_PER_CANDIDATE = 2;
const MAX_LARGER_ELEMENTS = 2;
const TITLE_CHARS = [3, 300] as const;
const MIN_BODY_CHARS = 100;
const DATE_ATTRIBUTES = ["datetime", "content", "title"] as const;

/**
 * Proposes selectors for a field: for the clicked element or, without a click, for all likely
 * elements. Also returns what `selectors` find on the page.
 */
export function point(input: PointInput): Pointed {
  const page = openPage(input);
  const { field, at, selectors } = input;
  const reading = readingOf(page, declaredLanguage(page) ?? input.language ?? null);
  const tag = at === null ? null : (page.tree.tags[at] ?? null);
  const meant = tag
    ? around(likelyTarget(tag, field, reading), field)
    : at === null
      ? findCandidates(page, field, reading)
      : [];
  const each = tag ? MAX_SELECTORS_IF_CLICKED : MAX_SELECTORS_PER_CANDIDATE;
  const candidates = new Map<string, SelectorCandidate>();
  for (const one of meant) {
    for (const css of selectorsOf(one, page.tree.root, each)) {
      const selector = withAttribute(css, one, field, reading);
      const { value } = find(page, selector, field, reading);
      if (value !== null) candidates.set(selector, { at: one.order, selector, value });
    }
  }
  return {
    candidates: [...candidates.values()],
    found: selectors.map((selector) => find(page, selector, field, reading)),
  };
}

function around(tag: Tag, field: PickerField): Tag[] {
  const found = [tag];
  if (field !== "text") return found;
  for (
    let one = tag.parent;
    one && one.name !== "body" && found.length <= MAX_LARGER_ELEMENTS;
    one = one.parent
  )
    found.push(one);
  return found;
}

function withAttribute(css: string, tag: Tag, field: PickerField, reading: Reading): string {
  if (tag.name === "meta") return `${css}@content`;
  if (field !== "publishedAt") return css;
  const name = DATE_ATTRIBUTES.find((one) => parseDate(tag.attribs[one] ?? "", reading) !== null);
  return name ? `${css}@${name}` : css;
}

function find(page: Page, selector: string, field: PickerField, reading: Reading): SelectorMatch {
  const count = selectTags(page, selector).length;
  const texts = selectTexts(page, selector);
  const [first = ""] = texts;
  if (field === "title") {
    const fits = first.length >= TITLE_CHARS[0] && first.length <= TITLE_CHARS[1];
    return { count, value: fits ? first : null };
  }
  if (field === "publishedAt") {
    for (const text of texts) {
      const stamp = parseDate(text, reading);
      if (stamp) return { count, value: stamp.at.toISOString() };
    }
    return { count, value: null };
  }
  if (field === "authors") {
    const names = texts.flatMap((text) => namesIn(text, []).map((name) => name.text));
    return { count, value: [...new Set(names)].join(", ") || null };
  }
  const text = texts.join("\n");
  return { count, value: text.length >= MIN_BODY_CHARS ? text : null };
}

/** The attribute that holds an element's index in document order. */
export const PLACE_ATTRIBUTE = "data-newsgather";

/** Adds each element's index as an attribute, so that a click identifies the element. */
export function marked(html: string): string {
  const whole = withoutMojibake(html);
  const places = parseTree(whole)
    .tags.filter(({ from }) => from >= 0)
    .toSorted((a, b) => a.from - b.from);
  const parts: string[] = [];
  let at = 0;
  for (const { from, order } of places) {
    parts.push(whole.slice(at, from), ` ${PLACE_ATTRIBUTE}="${order}"`);
    at = from;
  }
  return [...parts, whole.slice(at)].join("");
}

const HEADING = /^h[1-4]$/;
const MAX_DATE_OR_BYLINE_CHARS = 120;
const MIN_CANDIDATE_BODY_CHARS = 300;
const MAX_CANDIDATES = 3000;
const MAX_RETURNED_CANDIDATES = 12;
const CANDIDATE_TITLE_CHARS = [15, 200] as const;
const MAX_NAME_CHARS = 80;
const HEAD = new Set(["title", "script", "style", "meta", "option"]);
const DATE_META = /^(?:article:published_time|date|dc\.date(?:\.issued)?|pubdate|publishdate)$/i;
const BYLINE = /(?:^|[-_\s])(?:author|authors|byline|autor|verfasser|writer)(?:$|[-_\s])/i;
const NAMED_TITLE = /(?:^|[-_\s])(?:title|headline|heading|titel|überschrift)(?:$|[-_\s])/i;
const NAMED_BODY =
  /(?:^|[-_\s])(?:article-?body|entry-content|post-content|content|article|text|body|story)(?:$|[-_\s])/i;

function likelyTarget(tag: Tag, field: PickerField, reading: Reading): Tag {
  if (field === "title") return nearest(tag, ({ name }) => HEADING.test(name)) ?? tag;
  if (field === "publishedAt") {
    const dated = (one: Tag) => one.name === "time" || isDate(one, reading);
    return nearest(tag, dated, 3) ?? tag;
  }
  if (field === "authors") return tag;
  return (
    nearest(
      tag,
      (one) => paragraphsOf(one).length > 1 && textOf(one).length >= MIN_CANDIDATE_BODY_CHARS,
    ) ?? tag
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
    const lines = leaves(page).filter((tag) => within(textOf(tag, 400), CANDIDATE_TITLE_CHARS));
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
    .map((tag) => ({ tag, weight: paragraphsOf(tag).length > 1 ? ownTextLength(tag) : 0 }))
    .filter(({ weight }) => weight > MIN_CANDIDATE_BODY_CHARS)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
  const byName = tags.filter(
    (tag) => isCalled(tag, NAMED_BODY) && textOf(tag).length >= MIN_CANDIDATE_BODY_CHARS,
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

function ownTextLength(tag: Tag): number {
  return paragraphsOf(tag).reduce((sum, one) => sum + textOf(one).length, 0);
}

function paragraphsOf(tag: Tag): Tag[] {
  return tag.children.filter((node): node is Tag => node instanceof Tag && node.name === "p");
}
