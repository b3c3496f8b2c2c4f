const WORD_FLAGS = new Map<string, number>();
let bit = 1;

/** Assigns a new bit to the words in a list, separated by white space, and returns the bit. */
export function flagForWords(list: string): number {
  const flag = bit;
  bit <<= 1;
  for (const word of list.split(/\s+/).filter(Boolean)) {
    WORD_FLAGS.set(word, (WORD_FLAGS.get(word) ?? 0) | flag);
  }
  return flag;
}

/** The meaning of a class name or id, with its offsets in the attribute. */
export interface NameSays {
  start: number;
  end: number;
  /** The meanings of all words of the name, as bits. */
  says: number;
  /** The meanings of the name's last word, as bits. */
  last: number;
  /** Number of words. */
  count: number;
}

/** Calls `tell` for each name in a class or id. Skips names with a variant, such as `md:hidden`. */
export function eachName(text: string, tell: (name: NameSays) => void): void {
  const name = { start: 0, end: 0, says: 0, last: 0, count: 0 };
  for (let at = 0; at < text.length; at = name.end + 1) {
    name.start = at;
    name.says = 0;
    name.count = 0;
    if (readName(text, name)) tell(name);
  }
}

function readName(text: string, name: NameSays): boolean {
  let counts = true;
  let word = -1;
  let wasSmall = false;
  let at = name.start;
  for (; ; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0x20;
    const small = code >= 0x61 && code <= 0x7a;
    const capital = code >= 0x41 && code <= 0x5a;
    const letter = small || capital || code > 0x7f;
    if (word >= 0 && ((capital && wasSmall) || !letter)) {
      name.last = saysOf(text, word, at);
      name.says |= name.last;
      name.count++;
      word = -1;
    }
    if (word < 0 && letter) word = at;
    wasSmall = small;
    if (code <= 0x20) break;
    // `:`, `[`, `]` and `!` belong to variants, which apply to another medium or state.
    if (code === 0x3a || code === 0x5b || code === 0x5d || code === 0x21) counts = false;
  }
  name.end = at;
  return counts;
}

function saysOf(text: string, from: number, to: number): number {
  return WORD_FLAGS.get(text.slice(from, to).toLowerCase()) ?? 0;
}

const BEYOND_ASCII = /[^\0-\x7f]/;

/** Returns a name's words: `article` and `body` for `articleBody` and `article__body`. */
export function wordsIn(name: string): string[] {
  const apart = /[a-z][A-Z]/.test(name) ? name.replace(/([a-z])([A-Z])/g, "$1-$2") : name;
  const lower = apart.toLowerCase();
  return lower.match(BEYOND_ASCII.test(lower) ? /\p{L}+/gu : /[a-z]+/g) ?? [];
}
