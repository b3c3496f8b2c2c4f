import { JOINS, plain, SEVERAL, SPACE, severalOf, singleOf } from "./characters.ts";

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]/;
const ARABIC = /[\u0621-\u064a]/;
/** `and`, `with`, `as`, `for` and `the` before an Arabic word of at least three more letters. */
const ARABIC_START = /(?<= )(?:[وف]?[بك]?ال|[وف]?لل|و)(?=[\u0621-\u064a]{3})/g;
const FIRST_CJK = 0x3040;
/** Most characters that one becomes, and a space before each. */
const GROWS = 6;

/** Where texts are written to, as long as the longest so far. */
let room = new Uint16Array(1 << 14);

/**
 * A text as keywords are compared: lower case, no accents, words between single spaces (one at each
 * end), no spaces inside Chinese, Japanese and Korean, which stand apart from other scripts.
 */
export function fold(text: string): string {
  const folded = characters(text) ?? characters(plain(text), true) ?? "";
  return ARABIC.test(folded) ? folded.replace(ARABIC_START, "") : folded;
}

/** Whether a character belongs to a script that puts no spaces where we could rely on them. */
export function isCjk(char: string): boolean {
  return CJK.test(char);
}

/** Whether a character is Arabic, whose words take prepositions in front. */
export function isArabic(char: string): boolean {
  return ARABIC.test(char);
}

/** A text folded character by character; null where it must be made plain as a whole before. */
function characters(text: string, isPlain = false): string | null {
  if (room.length < text.length * GROWS + 2) room = new Uint16Array(text.length * GROWS + 2);
  const to = room;
  to[0] = SPACE;
  let end = 1;
  let [isApart, wasCjk] = [false, false];
  const put = (code: number) => {
    if (code === SPACE) {
      isApart = true;
      return;
    }
    const cjk = code >= FIRST_CJK && CJK.test(String.fromCharCode(code));
    if (end > 1 && (isApart ? !(cjk && wasCjk) : cjk !== wasCjk)) to[end++] = SPACE;
    to[end++] = code;
    wasCjk = cjk;
    isApart = false;
  };
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const single = singleOf(code);
    if (single === JOINS) {
      if (!isPlain) return null;
      put(code);
    } else if (single === SEVERAL) severalOf(code).forEach(put);
    else put(single);
  }
  if (end > 1) to[end++] = SPACE;
  return Buffer.from(to.buffer, 0, end * 2).toString("utf16le");
}
