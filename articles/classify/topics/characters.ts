import { normalized } from "../../../lib/text.ts";
import { TRADITIONAL } from "./traditional.ts";

/** Accents of Latin, Cyrillic and Greek; vowel signs, hamza and stretching of Arabic. */
const MARKS = /\u0640|[\u0300-\u036f]|[\u064b-\u0655\u0670]/g;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/gu;
/** Marks that stay, and parts of Korean syllables. */
const CLINGS = /[\p{M}\u1100-\u11ff]/u;
/** Halves of pairs, and a letter whose small form is another one at the end of a word. */
const TURNS = /[\ud800-\udfffΣ]/u;
const LETTERS: Readonly<Record<string, string>> = { ß: "ss", ة: "ه", ى: "ي" };
/** Most units that one may become by itself. */
const MOST = 3;

/** What stands between words. */
export const SPACE = 32;
/** Of a unit, that what it becomes hangs on its neighbours. */
export const JOINS = -1;
/** Of a unit, that it becomes none or several. */
export const SEVERAL = -2;

/** What each UTF-16 unit becomes; 0 where it wasn't met yet. */
const singles = new Int32Array(1 << 16);
const several = new Map<number, readonly number[]>();

/** What a UTF-16 unit of a text becomes: another unit, `SPACE`, `SEVERAL` or `JOINS`. */
export function singleOf(code: number): number {
  return singles[code] || learn(code);
}

/** What a unit becomes that is `SEVERAL`. */
export function severalOf(code: number): readonly number[] {
  return several.get(code) ?? [];
}

/** A text in lower case without accents, with spaces between its words. */
export function plain(text: string): string {
  const bare = normalized(text, "NFKD").replace(MARKS, "").normalize("NFC");
  return bare.toLowerCase().replace(BETWEEN_WORDS, " ");
}

function learn(code: number): number {
  const char = String.fromCharCode(code);
  const even = Array.from(plain(char), (each) => LETTERS[each] ?? TRADITIONAL.get(each) ?? each);
  const units = even
    .join("")
    .split("")
    .map((each) => each.charCodeAt(0));
  let single = units.length === 1 ? (units[0] ?? JOINS) : SEVERAL;
  if (TURNS.test(char.normalize("NFKD")) || CLINGS.test(even.join("")) || units.length > MOST) {
    single = JOINS;
  }
  if (single === SEVERAL) several.set(code, units);
  singles[code] = single;
  return single;
}
