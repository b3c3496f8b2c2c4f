import { normalized } from "../../lib/text.ts";

/** Zeros of the digits that news is printed in, ascending. */
const ZEROS = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0x1040,
  0x17e0,
];
const ASCII = /^[\t\n\r -~]*$/;
const OTHER_DIGIT = /[^\P{Nd}0-9]/gu;

/** A text in NFKC and lower case, with the digits of any script as ASCII: `٢٠٢٦` is `2026`. */
export function plain(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return normalized(text, "NFKC")
    .toLowerCase()
    .replace(OTHER_DIGIT, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      const zero = ZEROS.findLast((each) => each <= code) ?? code;
      return code - zero < 10 ? String(code - zero) : digit;
    });
}

/** A word: letters and digits, with the marks that belong to them. */
export const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** A text as several readers of it need it, made once. */
export interface Even {
  plain: string;
  words: readonly string[];
}

/** A text made plain, with its words. */
export function evenOf(text: string): Even {
  const even = plain(text);
  return { plain: even, words: even.match(WORD) ?? [] };
}
