/** A word where it stands in a text. */
export interface Word {
  word: string;
  start: number;
  end: number;
}

/** Begins with a letter or digit: the marks of an emoji alone are no word. */
const RUN = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u200c\u200d]*/gu;
/** Scripts that set no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** The segmenter takes the square of what it is given; runs between punctuation are shorter. */
const MOST = 400;

/** Whether a text has words with no space between them. */
export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** The words of a text, in order: runs of letters and digits, segmented where the script sets no spaces. */
export function* wordsOf(text: string): Generator<Word> {
  for (const match of text.matchAll(RUN)) {
    const [run] = match;
    if (!UNSPACED.test(run)) {
      yield { word: run, start: match.index, end: match.index + run.length };
      continue;
    }
    for (let from = 0; from < run.length; from += MOST) {
      for (const { segment, index } of segmenter.segment(run.slice(from, from + MOST))) {
        const start = match.index + from + index;
        yield { word: segment, start, end: start + segment.length };
      }
    }
  }
}
