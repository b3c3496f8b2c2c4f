import { compile, type Options, selectAll } from "css-select";
import { parseDate, type Reading, type Stamp } from "../../lib/dates.ts";
import type { Image } from "../../model/articles/fields.ts";
import type { Select } from "../../model/sources/source.ts";
import { closest, Tag, Text, textOf } from "../dom/node.ts";
import { pictureUrl } from "../fields/image.ts";
import { namesIn } from "../fields/names.ts";
import { absolute, type Page } from "../page.ts";
import { type Answer, type Answers, answer } from "../rules.ts";

/** Returns the latest selectors that are valid at a time; null if none are. */
export function selectAt(selects: Select[], now: Date): Select | null {
  const past = selects.filter(({ validFrom }) => !validFrom || validFrom <= now);
  const sorted = past.toSorted((a, b) => Number(a.validFrom ?? 0) - Number(b.validFrom ?? 0));
  return sorted.at(-1) ?? null;
}

/** Returns the elements that a selector matches; empty if the selector is invalid. */
export function selectTags(page: Page, selector: string): Tag[] {
  const { css } = split(selector);
  try {
    return tagsBy(css, page.tree.root);
  } catch {
    return [];
  }
}

/**
 * Returns the texts of matching elements, or an attribute's values if the selector ends in `@NAME`.
 */
export function selectTexts(page: Page, selector: string): string[] {
  const { attribute } = split(selector);
  return selectTags(page, selector)
    .map((tag) => (attribute ? (tag.attribs[attribute] ?? "") : textOf(tag)))
    .filter(Boolean);
}

function split(selector: string): { css: string; attribute: string | null } {
  const [, css, attribute] = /^(.*)@([\w:-]+)$/s.exec(selector) ?? [];
  return css === undefined
    ? { css: selector, attribute: null }
    : { css: css.trim() || "*", attribute: attribute ?? null };
}

/** Fields read by selectors. A field without a selector or a match is missing. */
export interface Selected
  extends Pick<Answers, "title" | "teaser" | "section" | "authors" | "tags" | "image"> {
  publishedAt?: Answer<Stamp>;
  modifiedAt?: Answer<Stamp>;
  body?: { containers: Tag[]; remove: Tag[] };
}

export function selectedFields(page: Page, select: Select, reading: Reading): Selected {
  const fields: Selected = {};
  const texts = (selector: string | undefined) => (selector ? selectTexts(page, selector) : []);
  for (const name of ["title", "teaser", "section"] as const) {
    const [text] = texts(select[name]);
    if (text) fields[name] = won(text, text);
  }
  const tags = texts(select.tags);
  if (tags.length > 0) fields.tags = won(tags, tags.join(", "));
  const bylines = texts(select.authors);
  const names = [...new Set(bylines.flatMap((text) => namesIn(text, []).map((name) => name.text)))];
  if (names.length > 0) fields.authors = won(names, bylines.join("; "));
  for (const name of ["publishedAt", "modifiedAt"] as const) {
    for (const text of texts(select[name])) {
      const stamp = parseDate(text, reading);
      if (stamp) fields[name] ??= won(stamp, text);
    }
  }
  const image = select.image ? selectedImage(page, select.image) : null;
  if (image) fields.image = won(image, image.url);
  const containers = select.text ? selectTags(page, select.text) : [];
  const remove = select.remove.flatMap((selector) => selectTags(page, selector));
  if (containers.length > 0 || remove.length > 0) fields.body = { containers, remove };
  return fields;
}

function selectedImage(page: Page, selector: string): Image | null {
  const [tag] = selectTags(page, selector);
  if (!tag) return null;
  const [shown = tag] = tagsBy("img, amp-img", tag);
  const href = split(selector).attribute
    ? selectTexts(page, selector)[0]
    : (pictureUrl(shown, page) ?? shown.attribs["content"]);
  const url = absolute(href ?? "", page.base);
  const alt = shown.attribs["alt"] ?? null;
  return url === null ? null : { url, alt, caption: null, credit: null, width: null, height: null };
}

function won<T>(value: T, seen: string | undefined): Answer<T> {
  return answer(value, "select", seen ?? null, 1);
}

type Node = Tag | Text;

const ADAPTER: NonNullable<Options<Node, Tag>["adapter"]> = {
  isTag: (node): node is Tag => node instanceof Tag,
  getAttributeValue: (tag, name) => tag.attribs[name],
  hasAttrib: (tag, name) => name in tag.attribs,
  getChildren: (node) => (node instanceof Tag ? node.children : []),
  getName: (tag) => tag.name,
  getParent: (node) => node.parent,
  getSiblings: (node) => node.parent?.children ?? [node],
  getText,
  removeSubsets: (nodes) =>
    nodes.filter((node) => !nodes.some((other) => other !== node && holds(other, node))),
};

function getText(node: Node): string {
  return node instanceof Text ? node.data : node.children.map(getText).join("");
}

function holds(outer: Node, inner: Node): boolean {
  return closest(inner.parent, Number.POSITIVE_INFINITY, (tag) => tag === outer) !== null;
}

/** Returns the elements that match a CSS selector. Throws if the selector is invalid. */
export function tagsBy(css: string, root: Tag): Tag[] {
  const options = { adapter: ADAPTER };
  return selectAll<Node, Tag>(compile(css, options), [root], options);
}
