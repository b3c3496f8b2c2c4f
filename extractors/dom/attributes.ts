import { decodeHTMLAttribute } from "entities";

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
      at = this.#value(code, at);
    } else {
      this.start = at;
      this.end = at;
    }
    if (at >= html.length) this.unfinished = true;
    this.at = at;
    return !this.unfinished;
  }

  /** Sets `start` and `end` to a value's offsets. Returns the offset after the value. */
  #value(code: number, from: number): number {
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
      // Among characters that occur in names, setting this bit changes only capitals, to small
      // letters.
      if ((html.charCodeAt(nameStart + at) | 0x20) !== name.charCodeAt(at)) return false;
    }
    return true;
  }
}

/** Returns a tag's attributes by lower-case name. `at` is the offset after the tag's name. */
export function attributesAt(html: string, at: number): Record<string, string> {
  const all: Record<string, string> = {};
  const each = new Attributes(html);
  each.at = at;
  while (each.next()) {
    const name = nameIn(html, each.nameStart, each.nameEnd);
    if (!Object.hasOwn(all, name)) all[name] = each.value();
  }
  return all;
}

/** Lower-case names by their spelling in the markup, shared between pages. */
const names = new Map<string, string>();

/** Cache of recent names, because a page has few names but repeats them many times. */
const quick: string[] = Array.from({ length: 512 }, () => "");

/** Returns a name in lower case. Frequent names share one string, which is quick to compare. */
export function nameIn(html: string, start: number, end: number): string {
  const first = html.charCodeAt(start);
  const slot = ((end - start) * 61 + first * 7 + html.charCodeAt(end - 1)) & 511;
  const last = quick[slot] ?? "";
  if (last.length === end - start && html.startsWith(last, start)) return last;
  const name = attributeName(html.slice(start, end));
  quick[slot] = name;
  return name;
}

function attributeName(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  // A copy, because a slice would keep the whole page in memory.
  const name = ` ${written.toLowerCase()}`.slice(1);
  if (written.length < 30 && names.size < 5000) names.set(` ${written}`.slice(1), name);
  return name;
}
