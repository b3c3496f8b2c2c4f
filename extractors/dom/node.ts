import { attributesAt } from "./attributes.ts";
import type { Hint } from "./hints.ts";

/** A piece of text. */
export class Text {
  data: string;
  readonly parent: Tag | null;

  constructor(data: string, parent: Tag | null) {
    this.data = data;
    this.parent = parent;
  }
}

const CHILDLESS: (Tag | Text)[] = [];

/**
 * An element that knows its place: `order` counts in document order, `last` is its last descendant's,
 * `up` its parent's (-1 at the root).
 */
export class Tag {
  readonly name: string;
  readonly order: number;
  last: number;
  readonly up: number;
  readonly parent: Tag | null;
  children = CHILDLESS;
  /** The attributes that rules ask every element for; the others are read when one is asked for. */
  classes: string | undefined = undefined;
  id: string | undefined = undefined;
  role: string | undefined = undefined;
  itemprop: string | undefined = undefined;
  rel: string | undefined = undefined;
  /** It has one of the attributes that can hide it. */
  mayHide = false;
  /** What its class and id say, once `hintOf` was asked. */
  hint: Hint | null = null;
  readonly #html: string;
  /** Where its attributes begin in the markup; -1 where it has no start tag. */
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

  /** Every attribute by its name in lower case. */
  get attribs(): Record<string, string> {
    this.#attribs ??= this.from < 0 ? {} : attributesAt(this.#html, this.from);
    return this.#attribs;
  }

  /** Puts a node behind those that it holds. */
  append(node: Tag | Text): void {
    // An array of one is made for one; most elements hold no more.
    if (this.children.length === 0) this.children = [node];
    else this.children.push(node);
  }
}

/** The element around an element, or null at the root. */
export function parentOf(node: Tag | Text): Tag | null {
  return node.parent;
}
