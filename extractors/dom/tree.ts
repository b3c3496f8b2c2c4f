import { decodeHTML } from "entities";
import { EXTRACT_BOUNDS } from "../../config/limits.ts";
import { forgetHints } from "./hints.ts";
import {
  Attributes,
  BLOCK,
  type Closing,
  endsName,
  FORMATTING,
  HEAD,
  IMPLIED_END_TAGS,
  INLINE,
  isBlank,
  nameIn,
  paragraph,
  SCOPE,
  TABLE_PART,
  Tag,
  Text,
  VOID,
} from "./node.ts";

/** A page as a tree of limited size; `tags` contains the tree's elements in document order. */
export interface Tree {
  root: Tag;
  tags: Tag[];
  /** Elements with an `itemprop`. */
  marked: Tag[];
}

type Limits = typeof EXTRACT_BOUNDS.tree;

/** Parses markup as browsers do, in one linear pass. Deep nesting can't overflow the stack. */
export function parseTree(html: string, limits: Limits = EXTRACT_BOUNDS.tree): Tree {
  forgetHints();
  const builder = new Builder(html.slice(0, limits.size), limits);
  scan(builder.html, builder);
  builder.onfinish();
  return builder;
}

class Builder implements Tree, Receiver {
  /** Every page has an `html` element, even if its tag is missing. */
  readonly root = new Tag("html");
  readonly tags: Tag[] = [];
  readonly marked: Tag[] = [];
  readonly html: string;
  readonly #limits: Limits;
  readonly #stack: Tag[] = [];
  #top: Tag | null = null;
  /** Number of open tags by name. An end tag whose name has no open tag needs no search. */
  readonly #open = new Map<string, number>();
  #opening = this.root;
  /** Number of open tags beyond the depth limit, which become leaves. */
  #beyond = 0;
  #drawing = 0;

  constructor(html: string, limits: Limits) {
    this.html = html;
    this.#limits = limits;
    this.#add(this.root);
  }

  onname(name: string, attributes: Attributes): void {
    this.#opening = new Tag(name, this.html, attributes.at);
  }

  onattribute(attributes: Attributes): void {
    // Parts of a drawing aren't stored. Only a block can end an unclosed drawing.
    const opening = this.#opening;
    if (this.#drawing > 0 && !BLOCK.has(opening.name)) return;
    switch (attributes.nameEnd - attributes.nameStart) {
      case 2:
        if (attributes.isCalled("id")) opening.id ??= attributes.value();
        break;
      case 3:
        if (attributes.isCalled("rel")) opening.rel ??= attributes.value();
        break;
      case 4:
        if (attributes.isCalled("role")) opening.role ??= attributes.value();
        break;
      case 5:
        if (attributes.isCalled("class")) opening.classes ??= attributes.value();
        else if (attributes.isCalled("style")) opening.mayHide = true;
        break;
      case 6:
        if (attributes.isCalled("hidden")) opening.mayHide = true;
        break;
      case 8:
        if (attributes.isCalled("itemprop")) opening.itemprop ??= attributes.value();
        break;
      case 11:
        if (attributes.isCalled("aria-hidden")) opening.mayHide = true;
    }
  }

  onend(name: string): void {
    if (this.#drawing > 0) {
      if (name === "svg") this.#drawing--;
      if (this.#drawing > 0) return;
    }
    if (name === "br") return this.#add(new Tag(name));
    if (this.#beyond > 0) return void this.#beyond--;
    if (!this.#open.get(name) || name === "body" || name === "html") return;
    const at = matchingStart(this.#stack, name);
    if (at >= 0) while (this.#stack.length > at) this.#pop();
  }

  ontext(start: number, end: number): void {
    const top = this.#top?.name;
    if (this.#drawing > 0 || top === "style") return;
    const text = this.html.slice(start, end);
    this.#text(top === "script" || !text.includes("&") ? text : decodeHTML(text));
  }

  onfinish(): void {
    while (this.#stack.length > 0) this.#pop();
  }

  oncdata(start: number, end: number): void {
    const isScript = this.#drawing === 0 && this.#top?.name === "script";
    if (isScript) this.#text(this.html.slice(start, end));
  }

  onstart(closed: boolean): void {
    const { name } = this.#opening;
    const opensDrawing = name === "svg" && !closed;
    if (this.#drawing > 0) {
      if (!BLOCK.has(name)) {
        if (opensDrawing) this.#drawing++;
        return;
      }
      this.#drawing = 0;
    }
    if (name === "html") return this.#toHtml();
    if (this.#top?.name === "head" && !HEAD.has(name)) this.#pop();
    const implied = IMPLIED_END_TAGS.get(name);
    if (implied) this.#closeImplied(implied);
    if (name === "li" || name === "dd" || name === "dt") this.#closeImplied(paragraph);
    this.#add(this.#opening);
    if (opensDrawing) this.#drawing = 1;
  }

  #toHtml(): void {
    const { root } = this;
    Object.assign(root.attribs, this.#opening.attribs);
    root.classes = root.attribs["class"];
    root.id = root.attribs["id"];
    root.role = root.attribs["role"];
    root.itemprop = root.attribs["itemprop"];
  }

  #add(tag: Tag): void {
    if (this.tags.length >= this.#limits.tags) return;
    const { name } = tag;
    tag.order = this.tags.length;
    tag.last = tag.order;
    tag.parent = this.#top;
    this.tags.push(tag);
    if (tag.itemprop !== undefined) this.marked.push(tag);
    this.#top?.append(tag);
    if (name === "svg" || VOID.has(name)) return;
    if (this.#stack.length >= this.#limits.depth) {
      this.#beyond++;
      return;
    }
    this.#stack.push(tag);
    this.#top = tag;
    this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
  }

  #text(data: string): void {
    const top = this.#top;
    const previous = top?.children.at(-1);
    if (previous instanceof Text) previous.data += data;
    else top?.append(new Text(data, top));
  }

  #pop(): void {
    const tag = this.#stack.pop();
    if (!tag) return;
    this.#top = this.#stack.at(-1) ?? null;
    tag.last = this.tags.length - 1;
    this.#open.set(tag.name, (this.#open.get(tag.name) ?? 1) - 1);
  }

  #closeImplied(closing: Closing): void {
    let isOpen = false;
    for (const name of closing.closes) if (this.#open.get(name)) isOpen = true;
    if (!isOpen) return;
    const at = impliedEnd(this.#stack, closing);
    if (at >= 0) while (this.#stack.length > at) this.#pop();
  }
}

type Stack = readonly { name: string }[];

function matchingStart(stack: Stack, name: string): number {
  const part = TABLE_PART.has(name);
  const inline = INLINE.has(name) && !FORMATTING.has(name);
  for (let at = stack.length - 1; at >= 0; at--) {
    const open = stack[at]?.name ?? "";
    if (open === name) return at;
    if (part ? open === "table" : SCOPE.has(open)) return -1;
    if (inline && BLOCK.has(open) && open !== "p") return -1;
  }
  return -1;
}

function impliedEnd(stack: Stack, { closes, until }: Closing): number {
  for (let at = stack.length - 1; at >= 0; at--) {
    const name = stack[at]?.name ?? "";
    if (closes.has(name)) return at;
    if (until ? until.has(name) : !INLINE.has(name)) return -1;
  }
  return -1;
}

/** A start tag calls `onname`, `onattribute` for each attribute, then `onstart`. */
interface Receiver {
  onname(name: string, attributes: Attributes): void;
  onattribute(attributes: Attributes): void;
  onstart(closed: boolean): void;
  onend(name: string): void;
  ontext(start: number, end: number): void;
  oncdata(start: number, end: number): void;
}

const RAW_TEXT_TAGS = new Set(["script", "style", "title", "textarea", "xmp"]);

const BANG = 0x21;
const SLASH = 0x2f;
const GREATER_THAN = 0x3e;
const QUESTION = 0x3f;

/** Splits markup into tags and text, twice as fast as `htmlparser2`. */
export function scan(html: string, receiver: Receiver): void {
  const attributes = new Attributes(html);
  let at = 0;
  /** Start of the text that hasn't been reported yet. */
  let text = 0;
  // Jumps from delimiter to delimiter instead of reading every character.
  for (let bracket = html.indexOf("<"); bracket >= 0; bracket = html.indexOf("<", at)) {
    const code = html.charCodeAt(bracket + 1);
    const isTag = isLetter(code);
    if (!isTag && code !== SLASH && code !== BANG && code !== QUESTION) {
      at = bracket + 1;
      continue;
    }
    if (bracket > text) receiver.ontext(text, bracket);
    if (!isTag)
      at =
        code === SLASH
          ? endTag(html, bracket + 2, receiver)
          : markupDeclaration(html, bracket, receiver);
    else {
      attributes.at = nameEnd(html, bracket + 2);
      const name = nameIn(html, bracket + 1, attributes.at);
      receiver.onname(name, attributes);
      while (attributes.next()) receiver.onattribute(attributes);
      if (attributes.unfinished) return;
      receiver.onstart(attributes.closed);
      at = attributes.at;
      if (RAW_TEXT_TAGS.has(name) && !attributes.closed) at = rawText(html, name, at, receiver);
    }
    text = at;
  }
  if (text < html.length) receiver.ontext(text, html.length);
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

function nameEnd(html: string, from: number): number {
  let at = from;
  for (let code = html.charCodeAt(at); code === code && !endsName(code); )
    code = html.charCodeAt(++at);
  return at;
}

function offsetAfter(html: string, end: string, from: number): number {
  const at = html.indexOf(end, from);
  return at < 0 ? html.length : at + end.length;
}

function endTag(html: string, from: number, receiver: Receiver): number {
  let at = from;
  while (isBlank(html.charCodeAt(at))) at++;
  if (isLetter(html.charCodeAt(at))) {
    const end = nameEnd(html, at + 1);
    receiver.onend(nameIn(html, at, end));
    at = end;
  }
  return offsetAfter(html, ">", at);
}

function markupDeclaration(html: string, bracket: number, receiver: Receiver): number {
  if (html.startsWith("<!--", bracket)) return offsetAfter(html, "-->", bracket + 2);
  if (!html.startsWith("<![CDATA[", bracket)) return offsetAfter(html, ">", bracket + 2);
  const end = offsetAfter(html, "]]>", bracket + 9);
  if (html.endsWith("]]>", end)) receiver.oncdata(bracket + 9, end - 3);
  return end;
}

function rawText(html: string, name: string, from: number, receiver: Receiver): number {
  for (
    let bracket = html.indexOf("</", from);
    bracket >= 0;
    bracket = html.indexOf("</", bracket + 2)
  ) {
    const end = bracket + 2 + name.length;
    const code = html.charCodeAt(end);
    if (code !== GREATER_THAN && !isBlank(code)) continue;
    if (html.slice(bracket + 2, end).toLowerCase() !== name) continue;
    if (bracket > from) receiver.ontext(from, bracket);
    receiver.onend(name);
    return offsetAfter(html, ">", end);
  }
  if (from < html.length) receiver.ontext(from, html.length);
  return html.length;
}
