/** A match of unlimited length could overflow the regular expression's stack. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{1,10000}/gu;

/** A quick first test, which must match all texts that `UNSPACED` matches. */
const MAY_BE_UNSPACED = /[\u0e00-\u1fff\u2e80-\uffff]/;

const WORD = /[\p{L}\p{N}]{1,10000}(?:['’.,-][\p{L}\p{N}]{1,10000}){0,100}/gu;

/** Returns a text's number of words. In scripts without spaces, two characters count as a word. */
export function countWords(text: string): number {
  let unspaced = 0;
  const spaced = MAY_BE_UNSPACED.test(text)
    ? text.replace(UNSPACED, (run) => {
        unspaced += run.length;
        return " ";
      })
    : text;
  if (!BEYOND_LATIN.test(spaced)) return latinWords(spaced) + Math.round(unspaced / 2);
  let words = 0;
  let end = -1;
  for (const { index, 0: word } of spaced.matchAll(WORD)) {
    // A part right after the previous one, or after a joining mark, continues the same word.
    const goesOn = index === end || (index === end + 1 && isJoint(spaced.charCodeAt(end)));
    if (!goesOn) words++;
    end = index + word.length;
  }
  return words + Math.round(unspaced / 2);
}

const BEYOND_LATIN = /[^\0-\u024f\u2010-\u203e\u20ac]/;

/** Counts words without a regular expression, which would be slow. */
function latinWords(text: string): number {
  let words = 0;
  let inWord = false;
  let afterLetter = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isLatin(code)) {
      if (!inWord) words++;
      inWord = true;
      afterLetter = true;
    } else {
      // A single joining mark can occur within a word.
      inWord = afterLetter && isJoint(code);
      afterLetter = false;
    }
  }
  return words;
}

function isLatin(code: number): boolean {
  if (code < 0x80) {
    const small = code | 0x20;
    return (small >= 0x61 && small <= 0x7a) || (code >= 0x30 && code <= 0x39);
  }
  if (code >= 0xc0) return code < 0x250 && code !== 0xd7 && code !== 0xf7;
  return "ªµº²³¹¼½¾".includes(String.fromCharCode(code));
}

function isJoint(code: number): boolean {
  return code === 0x27 || code === 0x2019 || code === 0x2e || code === 0x2c || code === 0x2d;
}

/** A longer text, such as millions of dashes, could overflow a regular expression's stack. */
const MAX_KEY_INPUT_CHARS = 20_000;

const ASCII = /^[\0-~]*$/;

const LETTER = /[\p{L}\p{N}\p{M}]/u;
const NON_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu;

const kindByCodeUnit = new Uint8Array(1 << 16);
const KIND = { letter: 1, other: 2, half: 3 } as const;

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
    const code = text.charCodeAt(at);
    const kind = kindByCodeUnit[code] || (kindByCodeUnit[code] = kindOf(code));
    if (kind === KIND.letter) continue;
    if (kind === KIND.half) return text.replace(NON_LETTERS, "");
    if (at > from) letters += text.slice(from, at);
    from = at + 1;
  }
  return letters + text.slice(from);
}

function kindOf(code: number): number {
  if (code >= 0xd800 && code < 0xe000) return KIND.half;
  return LETTER.test(String.fromCharCode(code)) ? KIND.letter : KIND.other;
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
