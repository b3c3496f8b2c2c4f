/** How a character takes part in words: in none, as a word of its own, in Katakana, in others, or in both. */
const NONE = 1;
const SINGLE = 2;
const KATAKANA = 3;
const LETTER = 4;
const BOTH = 5;

/** The kind of each UTF-16 unit; 0 where it wasn't met yet. */
const kinds = new Uint8Array(1 << 16);

/** Where the word that begins at a place ends; the place itself where none begins. */
export function wordEnd(text: string, start: number): number {
  const kind = kindAt(text, start);
  if (kind === NONE) return start;
  const first = start + widthAt(text, start);
  if (kind === SINGLE) return first;
  const own = kind === LETTER ? LETTER : KATAKANA;
  let end = first;
  for (let next = end; next < text.length; next = end) {
    const there = kindAt(text, next);
    if (there !== own && there !== BOTH) break;
    end += widthAt(text, next);
  }
  return end;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (isHalf(code)) return kindOf(String.fromCodePoint(text.codePointAt(at) ?? 0));
  return kinds[code] || (kinds[code] = kindOf(String.fromCharCode(code)));
}

function kindOf(char: string): number {
  if (/[\p{Script=Han}\p{Script=Hiragana}々]/u.test(char)) return SINGLE;
  if (char === "ー") return BOTH;
  if (/\p{Script=Katakana}/u.test(char)) return KATAKANA;
  return /[\p{L}\p{N}\p{M}]/u.test(char) ? LETTER : NONE;
}

function widthAt(text: string, at: number): number {
  return isHalf(text.charCodeAt(at)) && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Whether a unit is half of a pair. */
function isHalf(code: number): boolean {
  return code >= 0xd800 && code < 0xe000;
}
