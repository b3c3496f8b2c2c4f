/** One meaningful line of robots.txt, bytes as Latin-1 characters. */
export interface Directive {
  key: "user-agent" | "allow" | "disallow" | "sitemap" | "crawl-delay";
  value: string;
}

/** Maximum number of bytes read of a line; the rest is ignored (as Google does). */
const MAX_LINE = 2083 * 8 - 1;

// Frequent typos that Google's parser accepts; keys match by prefix.
const KEYS: [Directive["key"], string[]][] = [
  ["user-agent", ["user-agent", "useragent", "user agent"]],
  ["allow", ["allow"]],
  ["disallow", ["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]],
  ["sitemap", ["sitemap", "site-map"]],
  ["crawl-delay", ["crawl-delay"]],
];

/** Yields the directives of a robots.txt, given as Latin-1 characters. */
export function* directives(bytes: string): Generator<Directive> {
  for (const line of lines(bytes)) {
    const key = line && keyOf(line.name);
    if (key) yield { key, value: line.value };
  }
}

/** A line's lower-case name and its value; both empty for other lines, such as comments. */
interface Line {
  name: string;
  value: string;
}

/** Yields each line of a robots.txt; null for a blank one. */
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
    else yield toLine(bytes.slice(start, Math.min(end, start + MAX_LINE)));
    start = bytes[end] === "\r" && bytes[end + 1] === "\n" ? end + 2 : end + 1;
  }
}

const NO_DIRECTIVE: Line = { name: "", value: "" };

/**
 * Finds where the line ends (at CR, LF, or both), whether it lacks both colon and blank, and whether it is empty.
 * It extracts no text, because a file can have a quarter of a million lines that aren't directives.
 */
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

/**
 * Returns the position of the colon. Without a colon, returns that of the blank if it separates
 * exactly two words.
 */
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

/** Trims ASCII white space only; `trim` would remove Latin-1 and Unicode blanks too. */
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
