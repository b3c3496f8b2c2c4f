/** Combining marks in a row that normalisation gets to see: Unicode's stream-safe format (UAX #15) has 30. */
const MOST_MARKS = 30;
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, "gu");
/** A mark, or half of a character that may be one. */
const MAY_BE_MARK = /[\p{M}\p{Surrogate}]/u;
/** Below it no character is a mark. */
const FIRST_MARK = 0x300;

/**
 * A text in a Unicode normal form, with at most 30 combining marks in a row: sorting a long row of them
 * takes the square of its length, and no script writes more.
 */
export function normalized(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
  const plain = hasManyMarks(text) ? text.replace(TOO_MANY_MARKS, "$1") : text;
  return plain.normalize(form);
}

/** Whether more marks may stand in a row; looks at every thirtieth character, since a longer row holds one of those. */
function hasManyMarks(text: string): boolean {
  for (let at = 0; at < text.length; at += MOST_MARKS) {
    if (!mayBeMark(text, at)) continue;
    let [from, to] = [at, at + 1];
    while (to - from <= MOST_MARKS && mayBeMark(text, from - 1)) from -= 1;
    while (to - from <= MOST_MARKS && mayBeMark(text, to)) to += 1;
    if (to - from > MOST_MARKS) return true;
  }
  return false;
}

function mayBeMark(text: string, at: number): boolean {
  return text.charCodeAt(at) >= FIRST_MARK && MAY_BE_MARK.test(text.charAt(at));
}

/** Number of characters that are compared at once, which costs far less than one by one. */
const CHUNK = 4096;

/**
 * Where two texts differ: `start` is behind the paragraphs that both begin with, `one` and `other` are
 * before those that both end with. Paragraphs end with a blank line. Takes time in proportion to the length.
 */
export function differenceOf(one: string, other: string): Difference {
  const shortest = Math.min(one.length, other.length);
  if (one === other) return { start: shortest, one: shortest, other: shortest };
  let same = sameLength(shortest, (from, to) => one.slice(from, to) === other.slice(from, to));
  const start = Math.max(0, one.lastIndexOf(BREAK, same - BREAK.length));
  const [left, right] = [one.length, other.length];
  const most = shortest - start;
  same = sameLength(
    most,
    (from, to) => one.slice(left - to, left - from) === other.slice(right - to, right - from),
  );
  const end = one.indexOf(BREAK, left - same);
  const tail = end < 0 ? 0 : left - end;
  return { start, one: left - tail, other: right - tail };
}

/** Offsets of the difference in each of two texts. */
export interface Difference {
  start: number;
  one: number;
  other: number;
}

const BREAK = "\n\n";

/** Counts equal positions among `most`, chunk by chunk, and the last ones one by one. */
function sameLength(most: number, isSame: (from: number, to: number) => boolean): number {
  let at = 0;
  while (at < most && isSame(at, Math.min(at + CHUNK, most))) at = Math.min(at + CHUNK, most);
  const end = Math.min(at + CHUNK, most);
  while (at < end && isSame(at, at + 1)) at += 1;
  return at;
}

/** A share, 0 to 1, as people read it: `83 %`; empty when there is none. */
export function percent(share: number | undefined): string {
  return share === undefined ? "" : `${Math.round(share * 100)} %`;
}
