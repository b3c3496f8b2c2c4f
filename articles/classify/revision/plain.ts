import { normalized } from "../../../lib/text.ts";

/** Unifies quotation marks, dashes, dots and spaces; removes invisible characters. */
export function plain(text: string): string {
  return (
    spelt(text, "NFKC")
      .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, "")
      .replace(/[‘’‚‛ʼ`´′]/g, "'")
      .replace(/[“”„‟«»″「」『』]/g, '"')
      .replace(/[‐‑‒–—―−]/g, "-")
      .replace(/…/g, "...")
      .replace(/\s+/g, " ")
      // Spaces next to punctuation belong to the layout: `« mot »`, `12 %`, `word —`.
      .replace(/(?<=") | (?=["!?;:%])| (?=-)|(?<=-) /g, "")
      .trim()
  );
}

/** Returns a text in lower case without accents and other marks. */
export function fold(text: string): string {
  return spelt(text, "NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Cuts the result at about twice the text's length, because one letter can become 18. */
function spelt(text: string, form: "NFKC" | "NFKD"): string {
  return normalized(text, form).slice(0, 2 * text.length + 100);
}

/** Matches a word or number, including inner punctuation: `don't`, `12,000`, `10:30`. */
const WORD =
  /[\p{L}\p{M}\p{N}_]+(?:(?:(?<=\p{L})[.:'·](?=\p{L})|(?<=\p{N})[.,;'](?=\p{N}))[\p{L}\p{M}\p{N}_]+)*/gu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** The segmenter's time grows with the square of the length. */
const MAX_SEGMENT_CHARS = 400;
const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** Stops once it has `most` words or more. Splits unspaced scripts with a dictionary (ICU). */
export function wordsOf(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = [];
  for (const [run] of text.matchAll(WORD)) {
    if (words.length >= most) break;
    if (run.length === 1 || !UNSPACED.test(run)) words.push(run);
    else
      for (let from = 0; from < run.length; from += MAX_SEGMENT_CHARS)
        words.push(...segments(run, from));
  }
  return words;
}

function segments(run: string, from: number): string[] {
  return [...segmenter.segment(run.slice(from, from + MAX_SEGMENT_CHARS))].flatMap(
    ({ segment, isWordLike }) => (isWordLike ? segment : []),
  );
}
