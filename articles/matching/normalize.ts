import type { Even } from "./plain.ts";

/** A text as near-duplicate search sees it. */
export interface Normalized {
  /** Words, or single characters of scripts that don't put spaces between words. */
  tokens: readonly string[];
  /** How many tokens make a shingle: 3 words or 5 characters. */
  shingle: 3 | 5;
  /** Length in words; two characters count as a word where there are no spaces. */
  words: number;
}

const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/**
 * Normalises a text: Unicode NFKC, lower case, letters and digits only. Markup must be gone before.
 * Chinese, Japanese, Thai and the like are taken by characters, all else by words.
 */
export function normalize({ plain, words }: Even): Normalized {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const unspaced = letters > 0 ? (plain.match(UNSPACED)?.length ?? 0) : 0;
  if (unspaced * 2 < letters || letters === 0) {
    return { tokens: words, shingle: 3, words: words.length };
  }
  const tokens = Array.from(words.join(""));
  return { tokens, shingle: 5, words: Math.round(tokens.length / 2) };
}
