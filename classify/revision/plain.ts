/**
 * A text as it is compared: one spelling for quotation marks, dashes, dots and spaces, no invisible
 * characters. What differs only in these is the same to a reader.
 */
export function plain(text: string): string {
  return (
    text
      .normalize("NFKC")
      .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, "")
      .replace(/[‘’‚‛ʼ`´′]/g, "'")
      .replace(/[“”„‟«»″「」『』]/g, '"')
      .replace(/[‐‑‒–—―−]/g, "-")
      .replace(/…/g, "...")
      .replace(/\s+/g, " ")
      // Spaces around marks are the layout's: `« mot »`, `12 %`, `word —`.
      .replace(/(?<=") | (?=["!?;:%])| (?=-)|(?<=-) /g, "")
      .trim()
  );
}

/** A text in lower case without accents and other marks. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** The words and numbers of a text; those of Chinese, Japanese and Thai by dictionary (ICU). */
export function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) =>
    isWordLike ? segment : [],
  );
}
