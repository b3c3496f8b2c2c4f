const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether a text contains a character of a script that has no spaces between words. */
export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

/** The segmenter's time grows with the square of a text's length. */
const MAX_SEGMENT_CHARS = 400;
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Splits a text of a script without spaces into words, with a dictionary (ICU). */
export function* segmentsOf(text: string) {
  for (let from = 0; from < text.length; from += MAX_SEGMENT_CHARS) {
    const part = text.slice(from, from + MAX_SEGMENT_CHARS);
    for (const { segment, index, isWordLike } of segmenter.segment(part)) {
      yield { segment, index: from + index, isWordLike };
    }
  }
}
