import { attributesAt } from "./attributes.ts";
import type { Hint } from "./hints.ts";

export class Text {
  data: string;
  readonly parent: Tag | null;

  constructor(data: string, parent: Tag | null) {
    this.data = data;
    this.parent = parent;
  }
}

const CHILDLESS: (Tag | Text)[] = [];

export class Tag {
  readonly name: string;
  /** Index in document order. */
  readonly order: number;
  /** `order` of the last descendant; the element's own `order` if it has no descendants. */
  last: number;
  /** `order` of the parent; -1 at the root. */
  readonly up: number;
  readonly parent: Tag | null;
  children = CHILDLESS;
  /** The `class` attribute. Frequent attributes have fields; others are parsed on demand. */
  classes: string | undefined = undefined;
  id: string | undefined = undefined;
  role: string | undefined = undefined;
  itemprop: string | undefined = undefined;
  rel: string | undefined = undefined;
  mayHide = false;
  /** The meaning of the element's class and id; null until `hintOf` reads them. */
  hint: Hint | null = null;
  readonly #html: string;
  /** Offset of the element's attributes in the markup; -1 if it has no start tag. */
  readonly from: number;
  #attribs: Record<string, string> | null = null;

  constructor(name: string, order: number, parent: Tag | null, html: string, from: number) {
    this.name = name;
    this.order = order;
    this.last = order;
    this.up = parent ? parent.order : -1;
    this.parent = parent;
    this.#html = html;
    this.from = from;
  }

  get attribs(): Record<string, string> {
    this.#attribs ??= this.from < 0 ? {} : attributesAt(this.#html, this.from);
    return this.#attribs;
  }

  append(node: Tag | Text): void {
    // Allocates only one slot, because most elements have one child.
    if (this.children.length === 0) this.children = [node];
    else this.children.push(node);
  }
}

/** Returns the first of `tag` and its ancestors that fits; null if the first `levels` don't. */
export function closest(tag: Tag | null, levels: number, fits: (tag: Tag) => boolean): Tag | null {
  for (let one = tag, level = 0; one && level < levels; one = one.parent, level++) {
    if (fits(one)) return one;
  }
  return null;
}

/** Returns the words of a list that is separated by spaces. */
export function words(list: string): Set<string> {
  return new Set(list.split(" "));
}

/** Tags that belong in the head. Any other tag ends the head. */
export const HEAD = words("title meta link script style base noscript template");

export const VOID = words(
  "area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr",
);

export const INLINE = words(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr amp-link",
);

/** Tags whose end tag can close blocks that are still open inside them. */
export const FORMATTING = words("a b big code em font i nobr s small strike strong tt u");

/**
 * Tags whose open element shields the elements around it: an end tag inside can't close them
 * (HTML's scope markers). For the end tags of a `TABLE_PART`, only `table` is such a shield.
 */
export const SCOPE = words("table td th caption object template body html");

/**
 * Parts of a table. When one of their end tags looks for the element to close, only an open `table`
 * stops the search, not the other `SCOPE` tags.
 */
export const TABLE_PART = words("table tbody thead tfoot tr td th caption");

/** Block tags. Opening one ends an open paragraph and an unclosed `svg`. */
export const BLOCK = words(
  "address article aside blockquote body center details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section table ul li dd dt",
);

/**
 * Tags of lines and paragraphs. Such an element can be the container of the article's text only if
 * `itemprop` or a selector says so.
 */
export const LINE_TAGS = words("p li h1 h2 h3 h4 h5 h6 dd dt span a pre");

/** The elements that a new tag closes without an end tag. */
export interface Closing {
  closes: Set<string>;
  /**
   * The search for an open element to close goes outwards, and stops at these tags. If null, it
   * stops at the first tag that isn't inline.
   */
  until: Set<string> | null;
}

/** The rule by which a block tag closes an open `p`, if all tags open inside the `p` are inline. */
export const paragraph: Closing = { closes: words("p"), until: null };
const cell: Closing = { closes: words("td th"), until: words("tr table") };
const item: Closing = {
  closes: words("li"),
  until: words("ul ol menu table td th section article"),
};
const term: Closing = { closes: words("dd dt"), until: words("dl table td th") };
const choice: Closing = { closes: words("option"), until: words("select datalist") };

/** The open elements that a start tag closes, by tag, because authors can omit end tags. */
export const IMPLIED_END_TAGS = new Map<string, Closing>([
  ...[...BLOCK].filter((name) => name !== "body").map((name) => [name, paragraph] as const),
  ["li", item],
  ["dd", term],
  ["dt", term],
  ["td", cell],
  ["th", cell],
  ["tr", { closes: words("tr"), until: words("table") }],
  ["tbody", { closes: words("tbody thead tfoot"), until: words("table") }],
  ["tfoot", { closes: words("tbody thead tfoot"), until: words("table") }],
  ["option", choice],
  ["button", { closes: words("button"), until: words("body") }],
  ["a", { closes: words("a"), until: null }],
  ["body", { closes: words("head"), until: words("body") }],
]);

const INVISIBLE_TAGS = words("script style noscript template iframe svg textarea rt rp");

/** Matches soft hyphens, break opportunities, and marks of direction or byte order. */
const WITHOUT_WIDTH = /[\u00ad\u200b\u200e\u200f\u2060\ufeff]+/g;

/** Matches runs of white space, except single spaces. */
const SPACES = / \s+|[^\S ]\s*/g;

/** Returns a text as one trimmed line with single spaces, without zero-width characters. */
export function fold(text: string): string {
  return squeeze(text.replace(WITHOUT_WIDTH, "")).trim();
}

export function squeeze(text: string): string {
  return text.replace(SPACES, " ");
}

/** Returns about the first `limit` characters of an element's text, on one line. */
export function textOf(tag: Tag, limit = 20_000): string {
  let text = "";
  let end = "";
  const todo: (Tag | Text | string)[] = [tag];
  while (todo.length > 0 && text.length < limit) {
    const node = todo.pop();
    if (typeof node === "string") {
      text += node;
      end = "";
    } else if (node instanceof Text) {
      text += joint(end, node.data) + node.data;
      end = node.data;
    } else if (node instanceof Tag && !INVISIBLE_TAGS.has(node.name)) {
      const spaced = node.name === "br" || BLOCK.has(node.name);
      if (spaced) text += " ";
      if (spaced) todo.push(" ");
      pushChildren(todo, node);
    }
  }
  return fold(text);
}

/**
 * Returns a space if `before` ends with a small letter and `after` begins with a capital, because
 * only CSS separates such words; otherwise `""`.
 */
export function joint(before: string, after: string): string {
  // The common case: spaces, digits and small ASCII letters.
  const first = after.charCodeAt(0);
  if (first < 0x41 || (first > 0x5a && first < 0x80)) return "";
  return /\p{Ll}$/u.test(before.slice(-2)) && /^\p{Lu}/u.test(after.slice(0, 2)) ? " " : "";
}

export function scriptOf(tag: Tag): string {
  return tag.children.map((child) => (child instanceof Text ? child.data : "")).join("");
}

export function pushChildren(todo: unknown[], tag: Tag): void {
  for (let at = tag.children.length - 1; at >= 0; at--) todo.push(tag.children[at]);
}
