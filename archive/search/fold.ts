import { normalized } from "../../lib/text.ts";

/** Combining marks of Latin, Greek and Cyrillic, points of Hebrew, vowels of Arabic, and Arabic's tatweel. */
const MARKS =
  /[\u0300-\u036f]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a]|\u0640|[\u064b-\u065f\u0670]|[\u06d6-\u06ed]|\u200c|\u200d/g;

/** Letters that decompose into nothing simpler. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ð: "d",
  đ: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ı: "i",
  ς: "σ",
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

/** A word in lower case without diacritics, full-width forms made normal; marks that are vowels of Indic scripts stay. */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  return normalized(lower, "NFKD")
    .replace(MARKS, "")
    .normalize("NFC")
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter);
}
