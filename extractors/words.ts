/** Runs are bounded, so that a hostile one doesn't overflow the stack of the pattern; a longer one comes in parts. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{1,10000}/gu;

/** Where scripts without spaces are: beyond Thai, apart from punctuation and symbols. */
const BEYOND = /[\u0e00-\u1fff\u2e80-\uffff]/;

const WORD = /[\p{L}\p{N}]{1,10000}(?:['’.,-][\p{L}\p{N}]{1,10000}){0,100}/gu;

/** Words of a text; scripts without spaces count two characters as a word. */
export function countWords(text: string): number {
  let unspaced = 0;
  const spaced = BEYOND.test(text)
    ? text.replace(UNSPACED, (run) => {
        unspaced += run.length;
        return " ";
      })
    : text;
  if (!BEYOND_LATIN.test(spaced)) return latinWords(spaced) + Math.round(unspaced / 2);
  let words = 0;
  let end = -1;
  for (const { index, 0: word } of spaced.matchAll(WORD)) {
    // Of one word, where it begins right behind the last part, or behind a mark within the word.
    const goesOn = index === end || (index === end + 1 && isJoint(spaced.charCodeAt(end)));
    if (!goesOn) words++;
    end = index + word.length;
  }
  return words + Math.round(unspaced / 2);
}

/** Beyond Latin letters and the marks that go with them: what `latinWords` doesn't know. */
const BEYOND_LATIN = /[^\0-\u024f\u2010-\u203e\u20ac]/;

/** The same count without a pattern, which takes a while over long texts. */
function latinWords(text: string): number {
  let words = 0;
  /** Whether a word goes on with the next letter, and whether it was at a letter or digit just now. */
  let open = false;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isLatin(code)) {
      if (!open) words++;
      open = true;
      inside = true;
    } else {
      // One mark may stand within a word.
      open = inside && isJoint(code);
      inside = false;
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
  // Ordinals, micro, superscripts and fractions.
  return "ªµº²³¹¼½¾".includes(String.fromCharCode(code));
}

function isJoint(code: number): boolean {
  return code === 0x27 || code === 0x2019 || code === 0x2e || code === 0x2c || code === 0x2d;
}
