import { Document, Element, Text } from "domhandler";
import { decodeHTML, decodeHTMLAttribute } from "entities";
import { Tokenizer } from "htmlparser2";
import { BOUNDS } from "../bounds.ts";
import { impliedEnd, matchingStart } from "./ends.ts";
import type { Hint } from "./hints.ts";
import { nameIn } from "./name.ts";
import { BLOCK, type Closing, HEAD, HIDING, IMPLIED, paragraph, VOID } from "./tags.ts";

/**
 * An element that knows its place: `order` counts in document order, `last` is its last descendant's,
 * `up` its parent's (-1 at the root).
 */
export class Tag extends Element {
  order = 0;
  last = 0;
  up = -1;
  /** It has one of the attributes that can hide it. */
  mayHide = false;
  /** What its class and id say, once `hintOf` was asked. */
  hint: Hint | null = null;
}

/** A page as a tree, bounded in size: `tags` holds every element in document order. */
export interface Tree {
  root: Document;
  tags: Tag[];
  /** Those with an `itemprop`. */
  marked: Tag[];
  /** Part of the page was left out because it passed a limit. */
  truncated: boolean;
}

type Limits = typeof BOUNDS.tree;

/** Parses markup as browsers read it, in one linear pass that no nesting can overflow. */
export function parseTree(html: string, limits: Limits = BOUNDS.tree): Tree {
  const builder = new Builder(html.slice(0, limits.size), limits);
  if (html.length > limits.size) builder.truncated = true;
  // It leaps over text and values that it need not look into: entities are decoded here, where there are any.
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: false }, builder);
  tokenizer.write(builder.html);
  tokenizer.end();
  builder.onend();
  return builder;
}

/** Receives the tokenizer's events; a class because that is what `Tokenizer` calls back. */
class Builder implements Tree {
  readonly root = new Document([]);
  readonly tags: Tag[] = [];
  readonly marked: Tag[] = [];
  truncated = false;
  readonly html: string;
  readonly #limits: Limits;
  readonly #stack: Tag[] = [];
  /** How many tags of a name are open: spares the search for end tags that match nothing. */
  readonly #open = new Map<string, number>();
  #name = "";
  #attribs: Record<string, string> = BARE;
  #attribute = "";
  #value = "";
  #isMarked = false;
  #mayHide = false;
  /** Open tags beyond the depth limit, which are kept as leaves. */
  #beyond = 0;
  /** Depth inside `svg`, whose content is not text. */
  #drawing = 0;

  constructor(html: string, limits: Limits) {
    this.html = html;
    this.#limits = limits;
    // Every page has its `html`, also one that begins with a paragraph.
    this.#add("html", {});
  }

  onopentagname(start: number, end: number): void {
    this.#name = nameIn(this.html, start, end);
    this.#attribs = BARE;
    this.#isMarked = false;
    this.#mayHide = false;
  }

  onattribname(start: number, end: number): void {
    this.#attribute = nameIn(this.html, start, end);
  }

  onattribdata(start: number, end: number): void {
    this.#value = this.html.slice(start, end);
  }

  onattribend(): void {
    // A drawing's parts are not kept; only a block can end an unclosed one.
    if (this.#drawing > 0 && !BLOCK.has(this.#name)) return;
    const name = this.#attribute;
    if (name === "itemprop") this.#isMarked = true;
    if (HIDING.has(name)) this.#mayHide = true;
    if (this.#attribs === BARE) this.#attribs = {};
    if (!Object.hasOwn(this.#attribs, name)) {
      const value = this.#value;
      this.#attribs[name] = value.includes("&") ? decodeHTMLAttribute(value) : value;
    }
    this.#value = "";
  }

  onopentagend(): void {
    this.#openTag(false);
  }

  onselfclosingtag(): void {
    this.#openTag(this.#drawing > 0 || this.#name === "svg");
  }

  onclosetag(start: number, end: number): void {
    const name = nameIn(this.html, start, end);
    if (this.#drawing > 0) {
      if (name === "svg") this.#drawing--;
      if (this.#drawing > 0) return;
    }
    if (name === "br") {
      this.onopentagname(start, end);
      return this.#add(name, BARE);
    }
    if (this.#beyond > 0) return void this.#beyond--;
    if (!this.#open.get(name) || name === "body" || name === "html") return;
    const at = matchingStart(this.#stack, name);
    if (at >= 0) while (this.#stack.length > at) this.#pop();
  }

  ontext(start: number, end: number): void {
    const text = this.html.slice(start, end);
    const isRaw = this.#stack.at(-1)?.name === "script";
    this.#text(isRaw || !text.includes("&") ? text : decodeHTML(text));
  }

  onend(): void {
    while (this.#stack.length > 0) this.#pop();
  }

  oncdata(start: number, end: number, offset: number): void {
    if (this.#stack.at(-1)?.name === "script") this.#text(this.html.slice(start, end - offset));
  }

  onattribentity(): void {}
  ontextentity(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}

  #openTag(closed: boolean): void {
    const name = this.#name;
    if (this.#drawing > 0) {
      if (!BLOCK.has(name)) {
        if (name === "svg" && !closed) this.#drawing++;
        return;
      }
      this.#drawing = 0;
    }
    if (name === "html") return void Object.assign(this.tags[0]?.attribs ?? {}, this.#attribs);
    if (!HEAD.has(name) && this.#stack.at(-1)?.name === "head") this.#pop();
    const implied = IMPLIED.get(name);
    if (implied) this.#closeImplied(implied);
    if (name === "li" || name === "dd" || name === "dt") this.#closeImplied(paragraph);
    this.#add(name, this.#attribs);
    if (name === "svg" && !closed) this.#drawing = 1;
  }

  #add(name: string, attribs: Record<string, string>): void {
    if (this.tags.length >= this.#limits.tags) {
      this.truncated = true;
      return;
    }
    const tag = new Tag(name, attribs, []);
    tag.order = this.tags.length;
    tag.last = tag.order;
    this.tags.push(tag);
    tag.up = this.#stack.at(-1)?.order ?? -1;
    tag.mayHide = this.#mayHide;
    if (this.#isMarked) this.marked.push(tag);
    this.#append(tag);
    if (VOID.has(name)) return;
    if (name === "svg") return;
    if (this.#stack.length >= this.#limits.depth) {
      this.#beyond++;
      this.truncated = true;
      return;
    }
    this.#stack.push(tag);
    this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
  }

  #append(node: Tag | Text): void {
    const parent = this.#stack.at(-1) ?? this.root;
    const previous = parent.children.at(-1);
    if (previous) {
      previous.next = node;
      node.prev = previous;
    }
    node.parent = parent;
    parent.children.push(node);
  }

  #text(data: string): void {
    if (this.#drawing > 0) return;
    const parent = this.#stack.at(-1) ?? this.root;
    if (parent instanceof Tag && parent.name === "style") return;
    const previous = parent.children.at(-1);
    if (previous instanceof Text) previous.data += data;
    else this.#append(new Text(data));
  }

  #pop(): void {
    const tag = this.#stack.pop();
    if (!tag) return;
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

/** The attributes of elements that have none. */
const BARE: Record<string, string> = Object.freeze({});

/** The element around an element, or null at the root. */
export function parentOf(tag: Tag | Text): Tag | null {
  return tag.parent instanceof Tag ? tag.parent : null;
}
