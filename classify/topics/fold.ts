import { TRADITIONAL } from "./traditional.ts";

const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\uac00-\\ud7af";
const IS_CJK = new RegExp(`[${CJK}]`);
const SPACE_IN_CJK = new RegExp(`(?<=[${CJK}]) (?=[${CJK}])`, "g");
const EDGE_OF_CJK = new RegExp(`(?<=[${CJK}])(?=[^ ${CJK}])|(?<=[^ ${CJK}])(?=[${CJK}])`, "g");
/** Accents of Latin, Cyrillic and Greek; vowel signs, hamza and stretching of Arabic. */
const MARKS = /\u0640|[\u0300-\u036f]|[\u064b-\u0655\u0670]/g;
const ARABIC = /[\u0621-\u064a]/;
/** `and`, `with`, `as`, `for` and `the` before an Arabic word of at least three more letters. */
const ARABIC_START = /(?<= )(?:[وف]?[بك]?ال|[وف]?لل|و)(?=[\u0621-\u064a]{3})/g;

/**
 * A text as keywords are compared: lower case, no accents, words between single spaces (one at each
 * end), no spaces inside Chinese, Japanese and Korean, which stand apart from other scripts.
 */
export function fold(text: string): string {
  let folded = text.normalize("NFKD").replace(MARKS, "").normalize("NFC").toLowerCase();
  folded = ` ${folded.replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")} `.replace(/ {2,}/g, " ");
  if (folded.includes("ß")) folded = folded.replaceAll("ß", "ss");
  if (ARABIC.test(folded)) folded = foldArabic(folded);
  if (!IS_CJK.test(folded)) return folded;
  const simple = folded.replace(/[\u3400-\u9fff]/g, (char) => TRADITIONAL.get(char) ?? char);
  return simple.replace(SPACE_IN_CJK, "").replace(EDGE_OF_CJK, " ");
}

/** Whether a character belongs to a script that puts no spaces where we could rely on them. */
export function isCjk(char: string): boolean {
  return IS_CJK.test(char);
}

/** Whether a character is Arabic, whose words take prepositions in front. */
export function isArabic(char: string): boolean {
  return ARABIC.test(char);
}

function foldArabic(text: string): string {
  return text.replace(/ة/g, "ه").replace(/ى/g, "ي").replace(ARABIC_START, "");
}
