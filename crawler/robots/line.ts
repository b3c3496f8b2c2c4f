/** One line of robots.txt with a known key. The characters of `value` are its bytes (Latin-1). */
export interface Directive {
  key: "user-agent" | "allow" | "disallow" | "crawl-delay";
  value: string;
}

/** The rest of a longer line is ignored, as Google does. */
const MAX_LINE_BYTES = 2083 * 8 - 1;

// Frequent typos that Google's parser accepts; keys match by prefix.
const KEYS: [Directive["key"], string[]][] = [
  ["user-agent", ["user-agent", "useragent", "user agent"]],
  ["allow", ["allow"]],
  ["disallow", ["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]],
  ["crawl-delay", ["crawl-delay"]],
];

/** Yields the directives of a robots.txt. `bytes` has one character per byte (see `latin1`). */
export function* directives(bytes: string): Generator<Directive> {
  for (const line of lines(bytes)) {
    const key = line && keyOf(line.name);
    if (key) yield { key, value: line.value };
  }
}

/** `name` (lower-case) and `value` are empty for a line without them, such as a comment. */
interface Line {
  name: string;
  value: string;
}

/** Yields each line of a robots.txt; null for a blank line. */
export function* lines(bytes: string): Generator<Line | null> {
  // A byte order mark is skipped, even an incomplete one.
  let start = 0;
  for (const byte of ["\u00ef", "\u00bb", "\u00bf"]) {
    if (bytes[start] !== byte) break;
    start += 1;
  }
  while (start <= bytes.length) {
    const { end, isPlain, isEmpty } = scanLine(bytes, start);
    if (isPlain) yield isEmpty ? null : NO_DIRECTIVE;
    else yield toLine(bytes.slice(start, Math.min(end, start + MAX_LINE_BYTES)));
    start = bytes[end] === "\r" && bytes[end + 1] === "\n" ? end + 2 : end + 1;
  }
}

const NO_DIRECTIVE: Line = { name: "", value: "" };

/** Copies no text, because a file can have a quarter of a million lines without directives. */
function scanLine(
  bytes: string,
  from: number,
): { end: number; isPlain: boolean; isEmpty: boolean } {
  let [end, isPlain, isEmpty] = [from, true, true];
  for (; end < bytes.length; end++) {
    const code = bytes.charCodeAt(end);
    if (code === 0x0a || code === 0x0d) break;
    if (code === 0x3a || code === 0x20 || code === 0x09) isPlain = false;
    if (!isBlank(code)) isEmpty = false;
  }
  return { end, isPlain, isEmpty };
}

function toLine(line: string): Line | null {
  const text = strip(until(until(line, "\0"), "#"));
  const separator = separatorOf(text);
  if (separator === -1) return strip(line) === "" ? null : NO_DIRECTIVE;
  const name = strip(text.slice(0, separator)).toLowerCase();
  return { name, value: strip(text.slice(separator + 1)) };
}

function keyOf(name: string): Directive["key"] | undefined {
  return KEYS.find(([, spellings]) => spellings.some((each) => name.startsWith(each)))?.[0];
}

/** Without a colon, the blank between exactly two words is the separator. */
function separatorOf(text: string): number {
  const colon = text.indexOf(":");
  if (colon !== -1) return colon;
  const blank = text.search(/[ \t]/);
  if (blank === -1) return -1;
  const value = text.slice(blank).replace(/^[ \t]+/, "");
  return /[ \t]/.test(value) ? -1 : blank;
}

function until(text: string, delimiter: string): string {
  const at = text.indexOf(delimiter);
  return at === -1 ? text : text.slice(0, at);
}

/** Removes only ASCII white space; `trim` would also remove other blanks. */
function strip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  // A loop, because a pattern ending in `+$` takes quadratic time on blanks within a line.
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
