import { readPublishedAt } from "../published-at.ts";

const CJK = /[\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const UNSPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const MAX_DATE_CHARS = 60;
const CJK_CHARS_PER_WORD = 2;
const UNSPACED_CHARS_PER_WORD = 4;

/** Estimates a text's number of words; by its characters if the script doesn't separate words. */
export function wordsIn(text: string): number {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return Math.max(
    count(CJK) / CJK_CHARS_PER_WORD,
    count(UNSPACED) / UNSPACED_CHARS_PER_WORD,
    count(/[\p{L}\p{M}\p{N}]+/gu),
  );
}

/** Returns whether a text has ideographs, kana or hangul, in which words have fewer characters. */
export function hasCjk(text: string): boolean {
  return text.search(CJK) >= 0;
}

export interface DateContext {
  language: string | undefined;
  now: Date;
}

/** Returns whether a text is a date, perhaps with a few words. */
export function isDate(text: string, { language, now }: DateContext): boolean {
  const fits = text.length <= MAX_DATE_CHARS && /\p{Nd}/u.test(text);
  return fits && readPublishedAt(text, language, now) !== null;
}
