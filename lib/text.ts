import { createHash, hash } from "node:crypto";
import ipaddr from "ipaddr.js";

/** The limit of Unicode's stream-safe format (UAX #15). */
const MAX_COMBINING_MARKS = 30;
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MAX_COMBINING_MARKS}})\\p{M}+`, "gu");
/** Half of a surrogate pair can belong to a mark. */
const MAY_BE_MARK = /[\p{M}\p{Surrogate}]/u;
const FIRST_MARK_CODE_UNIT = 0x300;

/**
 * Normalises a text and limits consecutive combining marks to 30. More marks would take quadratic
 * time.
 */
export function normalized(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
  const plain = hasManyMarks(text) ? text.replace(TOO_MANY_MARKS, "$1") : text;
  return plain.normalize(form);
}

function hasManyMarks(text: string): boolean {
  // Every run of more than 30 marks contains a tested position.
  for (let at = 0; at < text.length; at += MAX_COMBINING_MARKS) {
    if (!mayBeMark(text, at)) continue;
    let [from, to] = [at, at + 1];
    while (to - from <= MAX_COMBINING_MARKS && mayBeMark(text, from - 1)) from -= 1;
    while (to - from <= MAX_COMBINING_MARKS && mayBeMark(text, to)) to += 1;
    if (to - from > MAX_COMBINING_MARKS) return true;
  }
  return false;
}

function mayBeMark(text: string, at: number): boolean {
  return text.charCodeAt(at) >= FIRST_MARK_CODE_UNIT && MAY_BE_MARK.test(text.charAt(at));
}

/**
 * Returns the part in which two texts differ, extended to whole paragraphs; empty for equal texts.
 */
export function differenceOf(one: string, other: string): Difference {
  const shortest = Math.min(one.length, other.length);
  if (one === other) return { start: shortest, one: shortest, other: shortest };
  let same = 0;
  while (same < shortest && one.charCodeAt(same) === other.charCodeAt(same)) same += 1;
  const start = Math.max(0, one.lastIndexOf(PARAGRAPH_BREAK, same - PARAGRAPH_BREAK.length));
  let [left, right] = [one.length, other.length];
  while (
    Math.min(left, right) > start &&
    one.charCodeAt(left - 1) === other.charCodeAt(right - 1)
  ) {
    left -= 1;
    right -= 1;
  }
  const end = one.indexOf(PARAGRAPH_BREAK, left);
  const tail = end < 0 ? 0 : one.length - end;
  return { start, one: one.length - tail, other: other.length - tail };
}

export interface Difference {
  /** Where the difference begins in both texts. */
  start: number;
  /** Where the difference ends in the first text. */
  one: number;
  /** Where the difference ends in the second text. */
  other: number;
}

const PARAGRAPH_BREAK = "\n\n";

/** Returns parsed JSON; null if the text isn't JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Cuts a text to at most `max` characters, the last of which is an ellipsis if it was longer. */
export function shorten(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

/** Cuts a text after `limit` characters, at a space if one is near, and adds an ellipsis. */
export function clipped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  const space = cut.lastIndexOf(" ");
  return `${(space > limit * 0.8 ? cut.slice(0, space) : cut).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Joins words to lines of at most `width` characters, with `gap` between the words. */
export function wrapped(words: readonly string[], width: number, gap: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.pop();
    const longer = line ? line + gap + word : word;
    if (longer.length <= width || !line) lines.push(longer);
    else lines.push(line, word);
  }
  return lines;
}

/** Decodes the escapes of a URL; returns a text with an invalid escape unchanged. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Formats a share from 0 to 1 as `83 %`; empty for undefined. */
export function percent(share: number | undefined): string {
  return share === undefined ? "" : `${Math.round(share * 100)} %`;
}

const DIGIT = /\p{Nd}/u;
const FOREIGN_DIGITS = /[^\P{Nd}0-9\u{10000}-\u{10ffff}]/gu;

/**
 * Replaces digits of other scripts by 0 to 9. Leaves digits above U+FFFF, so that all indexes in
 * the text stay the same.
 */
export function latinDigits(text: string): string {
  return text.replace(FOREIGN_DIGITS, (digit) => {
    const code = digit.charCodeAt(0);
    // The ten digits of a script are consecutive, and the zero comes first.
    let value = 0;
    while (DIGIT.test(String.fromCharCode(code - value - 1))) value += 1;
    return String(value % 10);
  });
}

/** Yields lines. Splits at "\n" only: `node:readline` also splits at U+2028, which JSON allows. */
export async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let line = "";
  for await (const part of parts) {
    const [first = "", ...others] = part.split("\n");
    line += first;
    for (const other of others) {
      yield line;
      line = other;
    }
  }
  if (line !== "") yield line;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that is safe to insert into a page. The constructor escapes nothing; use `html`. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

/** A value in a template: text is escaped, arrays joined, and null, undefined and false omitted. */
export type Part = Html | string | number | null | undefined | false | Part[];

/** Template tag for markup: escapes every value except `Html`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let markup = strings[0] ?? "";
  for (const [index, part] of parts.entries()) markup += render(part) + (strings[index + 1] ?? "");
  return new Html(markup);
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (Array.isArray(part)) return part.map(render).join("");
  return part instanceof Html ? part.markup : escapeText(String(part));
}

/**
 * Matches text without characters to escape or remove. Lists only ASCII, because a larger character
 * class takes longer to test.
 */
const PLAIN = /^[\w !#$%()*+,\-./:;=?@[\\\]^`{|}~]*$/;

/** Returns a text with `& < > " '` as entities, and without characters that XML forbids. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/(?![\t\n\r])\p{Control}|\p{Surrogate}|[\uFFFE\uFFFF]/gu, "")
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Returns a URL of any scheme, resolved against `base`; null if the text isn't a URL. */
export function parseUrl(text: string, base?: string): URL | null {
  // After a few thousand calls with a base, `URL.canParse` of Node.js 20 rejects `//müller.example`.
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** Returns a normalised http(s) URL, resolved against `base`; null for others, such as `data:`. */
export function httpUrl(text: string, base?: string): string | null {
  const url = parseUrl(text, base);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url.href : null;
}

/** Returns the first 32 hex characters (128 bits) of a text's SHA-256. */
export function shortHash(text: string): string {
  return hash("sha256", text).slice(0, 32);
}

/** Returns the SHA-256 as 64 lower-case hex characters, which is the id of a stored body. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whether the PDF signature is within the first 1024 bytes (ISO 32000-1 annex H). */
export function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 1024)).includes("%PDF-");
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Returns a number in [0, 1) that depends only on the id, to spread fetch times for example. */
export function spread(id: string): number {
  return Number.parseInt(shortHash(id).slice(0, 8), 16) / 0x1_0000_0000;
}

/** One subscriber usually gets a whole /64 network. */
const IPV6_NETWORK_BITS = 64;

/** Returns an IPv4 address itself, an IPv6 address's /64 network, and other text unchanged. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const network = `${parsed.toNormalizedString().split("%")[0]}/${IPV6_NETWORK_BITS}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(network).toString()}/${IPV6_NETWORK_BITS}`;
}

/** Returns a host in lower case and Punycode; null if the text isn't just a host name. */
export function hostNameOf(text: string): string | null {
  const url = parseUrl(`http://${text}`);
  if (!url || url.hostname.includes("*")) return null;
  return url.href === `http://${url.hostname}/` ? url.hostname : null;
}
