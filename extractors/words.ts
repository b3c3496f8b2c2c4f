const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/** Where scripts without spaces are: beyond Thai, apart from punctuation and symbols. */
const BEYOND = /[\u0e00-\u1fff\u2e80-\uffff]/;

const WORD = /[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*/gu;

/** Words of a text; scripts without spaces count two characters as a word. */
export function countWords(text: string): number {
  let unspaced = 0;
  const spaced = BEYOND.test(text)
    ? text.replace(UNSPACED, (run) => {
        unspaced += run.length;
        return " ";
      })
    : text;
  let words = 0;
  WORD.lastIndex = 0;
  while (WORD.test(spaced)) words++;
  return words + Math.round(unspaced / 2);
}
