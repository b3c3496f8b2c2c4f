/** A text as near-duplicate search sees it. */
export interface Normalized {
  /** Words, or single characters of scripts that don't put spaces between words. */
  tokens: string[];
  /** How many tokens make a shingle: 3 words or 5 characters. */
  shingle: number;
  /** Length in words; two characters count as a word where there are no spaces. */
  words: number;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/**
 * Normalises a text: Unicode NFKC, lower case, letters and digits only. Markup must be gone before.
 * Chinese, Japanese, Thai and the like are taken by characters, all else by words.
 */
export function normalize(text: string): Normalized {
  const words = text.normalize("NFKC").toLowerCase().match(WORD) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const unspaced = letters > 0 ? (text.match(UNSPACED)?.length ?? 0) : 0;
  if (unspaced * 2 < letters || letters === 0) {
    return { tokens: words, shingle: 3, words: words.length };
  }
  const tokens = Array.from(words.join(""));
  return { tokens, shingle: 5, words: Math.round(tokens.length / 2) };
}

// Digits within Latin words (`H2O`, `w3c`) are no numbers; next to ideographs they are.
const NUMBER = /(?<![\p{sc=Latin}\d])\d+(?:[.,:/-]\d+)*/gu;

/** Numbers in a text (with their separators, so `3.5` and `2026-11-10` are one), each once. */
export function numbersOf(text: string, limit: number): string[] {
  const found = text.normalize("NFKC").match(NUMBER) ?? [];
  return [...new Set(found)].slice(0, limit);
}

/** A title without its numbers: equal for reports of one series. */
export function formOf(title: string): string {
  return (title.normalize("NFKC").toLowerCase().replace(NUMBER, " ").match(WORD) ?? []).join(" ");
}
