import { decodeHTMLAttribute } from "entities";
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
  order = 0;
  /** `order` of the last descendant; the element's own `order` if it has no descendants. */
  last = 0;
  parent: Tag | null = null;
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

  constructor(name: string, html = "", from = -1) {
    this.name = name;
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
 * HTML's scope markers. An end tag closes nothing outside the nearest open element with one of
 * these tags.
 */
export const SCOPE = words("table td th caption object template body html");

/** Parts of a table. Their end tags close nothing outside the nearest open `table`. */
export const TABLE_PART = words("table tbody thead tfoot tr td th caption");

/** Block tags. Opening one ends an open paragraph and an unclosed `svg`. */
export const BLOCK = words(
  "address article aside blockquote body center details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section table ul li dd dt",
);

/**
 * Tags of lines and paragraphs. Only `itemprop` or a selector can make such an element the
 * article's container.
 */
export const LINE_TAGS = words("p li h1 h2 h3 h4 h5 h6 dd dt span a pre");

/** The elements that a new tag closes without an end tag. */
export interface Closing {
  closes: Set<string>;
  /**
   * The search outwards for an element to close stops at these tags. If null, the search stops at
   * any tag that isn't inline.
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

const WITHOUT_WIDTH = /[\u00ad\u200b\u200e\u200f\u2060\ufeff]+/g;

/** Single spaces don't match: they need no replacement. */
const SPACES = / \s+|[^\S ]\s*/g;

/** Returns a text as one trimmed line with single spaces, without invisible characters. */
export function fold(text: string): string {
  return squeeze(text.replace(WITHOUT_WIDTH, "")).trim();
}

/**
 * Once a process has compiled many patterns, V8 compiles further ones without optimisation. Such a
 * `SPACES` would overflow V8's stack in a run of 5 million spaces.
 */
const MIN_LONG_TEXT_CHARS = 1_000_000;
const LONG_SPACES = /\s{100,9999}/g;

export function squeeze(text: string): string {
  const short = text.length < MIN_LONG_TEXT_CHARS ? text : text.replace(LONG_SPACES, " ");
  return short.replace(SPACES, " ");
}

/** Returns about the first `limit` characters of an element's text, on one line. */
export function textOf(tag: Tag, limit = 20_000): string {
  let text = "";
  let end = "";
  const visit = ({ name, children }: Tag) => {
    if (INVISIBLE_TAGS.has(name)) return;
    const isSpaced = name === "br" || BLOCK.has(name);
    if (isSpaced) text += " ";
    for (const child of children) {
      if (text.length >= limit) return;
      if (child instanceof Text) {
        text += joint(end, child.data) + child.data;
        end = child.data;
      } else visit(child);
    }
    if (isSpaced) {
      text += " ";
      end = "";
    }
  };
  visit(tag);
  return fold(text);
}

function joint(before: string, after: string): string {
  // The common case: spaces, digits and small ASCII letters.
  const first = after.charCodeAt(0);
  if (first < 0x41 || (first > 0x5a && first < 0x80)) return "";
  // Only CSS separates such words.
  return /\p{Ll}$/u.test(before.slice(-2)) && /^\p{Lu}/u.test(after.slice(0, 2)) ? " " : "";
}

export function scriptOf(tag: Tag): string {
  return tag.children.map((child) => (child instanceof Text ? child.data : "")).join("");
}

const GREATER = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

export function isBlank(code: number): boolean {
  return code === 0x20 || (code <= 0x0d && code >= 0x09 && code !== 0x0b);
}

export function endsName(code: number): boolean {
  return code === GREATER || code === SLASH || isBlank(code);
}

/** Iterates over a tag's attributes without copying text. All positions are offsets in `html`. */
export class Attributes {
  readonly html: string;
  /** Current offset. Once `next` has returned false, the offset after the tag. */
  at = 0;
  nameStart = 0;
  nameEnd = 0;
  start = 0;
  end = 0;
  /** Whether the tag ended in `/>`. */
  closed = false;
  /** Whether the markup ends within the tag. Such a tag is ignored. */
  unfinished = false;

  constructor(html: string) {
    this.html = html;
  }

  next(): boolean {
    const { html } = this;
    let at = this.at;
    let code = html.charCodeAt(at);
    let slash = false;
    for (; code === SLASH || isBlank(code); code = html.charCodeAt(++at)) slash ||= code === SLASH;
    if (code === GREATER) {
      this.closed = slash;
      this.at = at + 1;
      return false;
    }
    this.nameStart = at;
    // The first character belongs to the name, whatever it is.
    code = html.charCodeAt(++at);
    while (code !== EQUALS && code === code && !endsName(code)) code = html.charCodeAt(++at);
    this.nameEnd = at;
    while (isBlank(code)) code = html.charCodeAt(++at);
    if (code === EQUALS) {
      do code = html.charCodeAt(++at);
      while (isBlank(code));
      at = this.#scanValue(code, at);
    } else {
      this.start = at;
      this.end = at;
    }
    if (at >= html.length) this.unfinished = true;
    this.at = at;
    return !this.unfinished;
  }

  /** Sets `start` and `end` to a value's offsets. Returns the offset after the value. */
  #scanValue(code: number, from: number): number {
    const { html } = this;
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      this.start = from + 1;
      this.end = html.indexOf(code === DOUBLE_QUOTE ? '"' : "'", from + 1);
      return this.end < 0 ? html.length : this.end + 1;
    }
    let at = from;
    for (let own = code; own !== GREATER && own === own && !isBlank(own); )
      own = html.charCodeAt(++at);
    this.start = from;
    this.end = at;
    return at;
  }

  value(): string {
    const value = this.html.slice(this.start, this.end);
    return value.includes("&") ? decodeHTMLAttribute(value) : value;
  }

  /** Whether the attribute has this lower-case name. Callers must compare the lengths first. */
  isCalled(name: string): boolean {
    const { html, nameStart } = this;
    for (let at = name.length - 1; at >= 0; at--) {
      // Setting this bit turns capitals into small letters, and no other character into a letter or
      // `-` of a name.
      if ((html.charCodeAt(nameStart + at) | 0x20) !== name.charCodeAt(at)) return false;
    }
    return true;
  }
}

/** Returns a tag's attributes by lower-case name. `at` is the offset after the tag's name. */
function attributesAt(html: string, at: number): Record<string, string> {
  const all: Record<string, string> = {};
  const each = new Attributes(html);
  each.at = at;
  while (each.next()) {
    const name = nameIn(html, each.nameStart, each.nameEnd);
    if (!Object.hasOwn(all, name)) all[name] = each.value();
  }
  return all;
}

const recentNames: string[] = Array.from({ length: 512 }, () => "");

/** Returns a name in lower case. Frequent names share one string, which is quick to compare. */
export function nameIn(html: string, start: number, end: number): string {
  const first = html.charCodeAt(start);
  const slot = ((end - start) * 61 + first * 7 + html.charCodeAt(end - 1)) & 511;
  const last = recentNames[slot] ?? "";
  if (last.length === end - start && html.startsWith(last, start)) return last;
  // A copy, because a slice would keep the whole page in memory.
  const name = ` ${html.slice(start, end).toLowerCase()}`.slice(1);
  recentNames[slot] = name;
  return name;
}

export type BlockKind = "text" | "heading" | "item" | "quote" | "cell" | "pre" | "caption";

/** A line or paragraph of a page as it is laid out. The body consists of blocks. */
export interface Block {
  /** The innermost block-level element around the block. */
  tag: Tag;
  kind: BlockKind;
  /** The block's text nodes and `br` tags, in order. */
  nodes: (Text | Tag)[];
  /** Text with white space folded into single spaces; line breaks remain. */
  text: string;
  /** Length in characters. One character of a script such as Chinese or Thai counts as 2.5. */
  size: number;
  /** Share of the block's characters inside links, 0 to 1. */
  links: number;
}

const NON_ARTICLE_TAGS = words(
  "rt rp script style noscript template iframe object svg canvas audio video map select option datalist button input textarea head title dialog amp-ad amp-analytics amp-social-share amp-sidebar",
);

interface Opened {
  tag: Tag;
  nodes: (Text | Tag)[];
  raw: string;
  /** The last text added to `raw`. Reading it from `raw` would copy the whole growing string. */
  end: string;
  linked: number;
  breaks: number;
}

const CJK =
  /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]/g;

export function blocksOf(
  root: Tag,
  drop: (tag: Tag) => boolean,
  skip: Set<string> = NON_ARTICLE_TAGS,
): Block[] {
  const blocks: Block[] = [];
  let open: Opened | null = null;
  const flush = () => {
    const block = open && finish(open);
    if (block) blocks.push(block);
    open = null;
  };
  const addText = (node: Text, owner: Tag, isLinked: boolean) => {
    const { length } = node.data.trim();
    if (length === 0 && !open) return;
    open ??= { tag: owner, nodes: [], raw: "", end: "", linked: 0, breaks: 0 };
    open.nodes.push(node);
    open.raw += joint(open.end, node.data) + squeeze(node.data);
    open.end = node.data;
    if (length > 0) open.breaks = 0;
    if (isLinked) open.linked += length;
  };
  const addBreak = (node: Tag) => {
    if (!open) return;
    open.breaks++;
    if (open.breaks > 1) return flush();
    open.nodes.push(node);
    open.raw += "\n";
  };
  // The tree's depth is limited.
  const visit = (tag: Tag, around: Tag, isInLink: boolean) => {
    if (skip.has(tag.name) || drop(tag) || tag.name === "img") return;
    if (tag.name === "br") return addBreak(tag);
    const isInline = INLINE.has(tag.name);
    const owner = isInline ? around : tag;
    const isLinked = isInLink || tag.name === "a";
    if (!isInline) flush();
    for (const child of tag.children) {
      if (child instanceof Text) addText(child, owner, isLinked);
      else visit(child, owner, isLinked);
    }
    if (!isInline) flush();
  };
  visit(root, root, false);
  flush();
  return blocks;
}

function finish(open: Opened): Block | null {
  const text = open.raw.includes("\n")
    ? open.raw.split("\n").map(fold).filter(Boolean).join("\n")
    : fold(open.raw);
  if (!text) return null;
  const cjk = text.match(CJK)?.length ?? 0;
  const size = text.length + 1.5 * cjk;
  const kind = kindOf(open.tag);
  return {
    tag: open.tag,
    // Long text in a cell means a layout table, so it counts as a paragraph.
    kind: kind === "cell" && size > 150 ? "text" : kind,
    nodes: open.nodes,
    text,
    size,
    links: Math.min(1, open.linked / text.length),
  };
}

function kindOf(tag: Tag): BlockKind {
  if (/^h[1-6]$/.test(tag.name)) return "heading";
  let kind: BlockKind = "text";
  let node: Tag | null = tag;
  for (let level = 0; node && level < 6; node = node.parent, level++) {
    if (node.name === "figcaption") return "caption";
    if (node.name === "figure" && kind === "text") return "caption";
    if (node.name === "caption" && node.parent?.name === "table") return "caption";
    if (kind !== "text") continue;
    if (node.name === "li" || node.name === "dd" || node.name === "dt") kind = "item";
    else if (node.name === "blockquote") kind = "quote";
    else if (node.name === "pre") kind = "pre";
    else if (node.name === "td" || node.name === "th") kind = "cell";
  }
  return kind;
}

/** Whether `inner` is `outer` or one of its descendants. */
export function within(inner: Tag, outer: Tag): boolean {
  return inner.order >= outer.order && inner.order <= outer.last;
}
