import type {
  PickerField,
  SelectorCandidate,
  SelectorMatch,
} from "../../model/sources/selector-picker.ts";
import { parseDate } from "../dates/parse.ts";
import { type Reading, readingOf } from "../dates/stamp.ts";
import type { Tag } from "../dom/node.ts";
import { parseTree } from "../dom/tree.ts";
import { namesIn } from "../fields/names.ts";
import { declaredLanguage } from "../language/language.ts";
import { openPage, type Page, withoutMojibake } from "../page.ts";
import { selectorsOf } from "./build.ts";
import { findCandidates, meantBy } from "./candidates.ts";
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

/** Proposes selectors for a field on one page, and tries the given selectors. */
export function point(input: PointInput): Pointed {
  const page = openPage(input);
  const { field, at, selectors } = input;
  const reading = readingOf(page, declaredLanguage(page) ?? input.language ?? null);
  const tag = at === null ? null : (page.tree.tags[at] ?? null);
  const meant = tag
    ? around(meantBy(tag, field, reading), field)
    : findCandidates(page, field, reading);
  const each = tag ? MAX_SELECTORS_IF_CLICKED : MAX_SELECTORS_PER_CANDIDATE;
  const candidates =
    at !== null && !tag ? [] : meant.flatMap((one) => candidatesAt(page, one, each));
  return {
    candidates: [
      ...new Map(candidates.map((candidate) => [candidate.selector, candidate])).values(),
    ],
    found: selectors.map((selector) => find(page, selector, field, reading)),
  };

  function candidatesAt(where: Page, one: Tag, most: number): SelectorCandidate[] {
    const [root] = where.tree.tags;
    if (!root) return [];
    return selectorsOf(one, root, most).flatMap((css) => {
      const selector = withAttribute(css, one, field, reading);
      const { value } = find(where, selector, field, reading);
      return value === null ? [] : [{ at: one.order, selector, value }];
    });
  }
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
