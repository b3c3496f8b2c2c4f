import { isUnspaced } from "../lib/segments.ts";

/**
 * What a character is. `unspaced` means a script without spaces between words, `half` one half of a
 * surrogate pair, and `stored` that the bits of the code unit are known.
 */
const BIT = { letterOrMark: 1, wordLetter: 2, unspaced: 4, half: 8, stored: 16 };
/** A cache, because regular expressions are slow. */
const bitsByCodeUnit = new Uint8Array(1 << 16);

function bitsAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return bitsByCodeUnit[code] || (bitsByCodeUnit[code] = BIT.stored | bitsOf(text.charAt(at)));
}

function bitsOf(char: string): number {
  if (/^\p{Surrogate}$/u.test(char)) return BIT.half;
  const letterOrMark = /[\p{L}\p{N}\p{M}]/u.test(char) ? BIT.letterOrMark : 0;
  if (isUnspaced(char)) return letterOrMark | BIT.unspaced;
  return letterOrMark | (/[\p{L}\p{N}]/u.test(char) ? BIT.wordLetter : 0);
}

/** These marks, if single, can occur within a word. */
const JOINTS = "'’.,-";

/** Returns a text's number of words. In scripts without spaces, two characters count as a word. */
export function countWords(text: string): number {
  let words = 0;
  let unspaced = 0;
  let inWord = false;
  let afterLetter = false;
  for (let at = 0; at < text.length; at++) {
    let bits = bitsAt(text, at);
    let size = 1;
    if (bits & BIT.half) {
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bits = bitsOf(char);
      size = char.length;
    }
    if (bits & BIT.wordLetter) {
      if (!inWord) words++;
      inWord = true;
      afterLetter = true;
    } else {
      if (bits & BIT.unspaced) unspaced += size;
      inWord = afterLetter && JOINTS.includes(text.charAt(at));
      afterLetter = false;
    }
    at += size - 1;
  }
  return words + Math.round(unspaced / 2);
}

/** A longer text, such as millions of dashes, could overflow a regular expression's stack. */
const MAX_KEY_INPUT_CHARS = 20_000;

const ASCII = /^[\0-~]*$/;
const NON_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu;

/** Returns the normalised letters, digits and marks of a text's first 20,000 characters. */
export function keyOf(text: string): string {
  const start = text.slice(0, MAX_KEY_INPUT_CHARS);
  return lettersOf((ASCII.test(start) ? start : start.normalize("NFKC")).toLowerCase());
}

/** Returns letters, digits and marks; a regular expression would take three times as long. */
function lettersOf(text: string): string {
  let letters = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const bits = bitsAt(text, at);
    if (bits & BIT.letterOrMark) continue;
    if (bits & BIT.half) return text.replace(NON_LETTERS, "");
    if (at > from) letters += text.slice(from, at);
    from = at + 1;
  }
  return letters + text.slice(from);
}

const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}]+/gu;

/**
 * Returns how alike two titles are, 0 to 1: the share of the shorter title's words in the longer
 * title, halved for very short titles.
 */
export function likeness(one: string, other: string): number {
  return likenessOf(tokensOf(one), tokensOf(other));
}

/** Returns the words of a title; each Chinese, Japanese or Thai character counts as a word. */
export function tokensOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(TOKEN));
}

/** Like `likeness`, given the titles' words. */
export function likenessOf(a: Set<string>, b: Set<string>): number {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  if (few.size === 0) return 0;
  let shared = 0;
  for (const word of few) if (many.has(word)) shared++;
  // A title of one or two words within a longer one is weak evidence.
  const damped = few.size < 3 && many.size > 4 ? 0.5 : 1;
  return (shared / few.size) * damped;
}

const SEPARATOR =
  /\s+(?:[|¦•·:»«›‹/\\~—–-]|::|--|<|>)\s+|\s*[|｜_]\s*|--|(?<=\S)\s*[–—]\s+|:\s+(?=[^:]{2,30}$)/gu;

/** Removes the site's `names` from both ends of a title, and section names from its end. */
export function stripSite(title: string, names: string[], sections: string[] = []): string {
  const within = new Set(sections.map(keyOf));
  const keys = new Set(names.map(keyOf));
  const parts = splitTitle(title);
  const isSite = (text: string | undefined) =>
    text !== undefined &&
    (keys.has(keyOf(text)) ||
      /^(?:www\.)?[\w-]+\.(?:com|org|net|de|at|ch|fr|it|es|pl|co\.uk|info|tv|ru|cn|jp|nl|se|no|dk|fi|cz|br)$/i.test(
        text.trim(),
      ));
  let from = 0;
  let to = parts.length;
  while (to - from > 1 && isSite(parts[to - 1]?.text)) to--;
  while (to - from > 1 && isSite(parts[from]?.text)) from++;
  while (to - from > 1 && within.has(keyOf(parts[to - 1]?.text ?? ""))) to--;
  const start = parts[from]?.start ?? 0;
  const end = parts[to - 1]?.end ?? title.length;
  return title.slice(start, end).trim() || title;
}

function splitTitle(title: string): { text: string; start: number; end: number }[] {
  const parts: { text: string; start: number; end: number }[] = [];
  let start = 0;
  for (const match of title.matchAll(SEPARATOR)) {
    parts.push({ text: title.slice(start, match.index), start, end: match.index });
    start = match.index + match[0].length;
  }
  parts.push({ text: title.slice(start), start, end: title.length });
  return parts.filter((part) => part.text.trim());
}
