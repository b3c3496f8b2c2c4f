/** What windows-1252 shows for the bytes 0x80 to 0x9f. */
const CP1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const TAIL = `[\\u0080-\\u00bf${CP1252}]`;

/** UTF-8 sequences of two to four bytes, each byte shown as a character of its own. */
const SEQUENCE = new RegExp(
  `[\\u00c2-\\u00df]${TAIL}|[\\u00e0-\\u00ef]${TAIL}{2}|[\\u00f0-\\u00f4]${TAIL}{3}`,
  "g",
);

/** Quotation marks and dashes, as UTF-8 that was read as latin-1 or windows-1252 shows them. */
const SIGN = /\u00e2(?:\u0080[\u0093-\u009d]|€[\u0093-\u009d“”˜™œ\u009d])/g;

/** Text that was encoded as UTF-8 twice, read right; any other text as it is. */
export function withoutMojibake(text: string): string {
  if (!text.includes("\u00e2") || (text.match(SIGN)?.length ?? 0) < 3) return text;
  return text.replace(SEQUENCE, (shown) => {
    const bytes = Uint8Array.from(shown, byteOf);
    const read = new TextDecoder().decode(bytes);
    return read.includes("\ufffd") ? shown : read;
  });
}

function byteOf(char: string): number {
  const at = CP1252.indexOf(char);
  return at >= 0 ? 0x80 + at : char.charCodeAt(0);
}
