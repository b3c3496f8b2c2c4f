import { TextDecoder } from "node:util";
import { analyse } from "chardet";

const SAMPLE_BYTES = 64_000;
/** Charsets in which almost any bytes are valid, so a successful decoding proves nothing. */
const PERMISSIVE = /^(windows-125\d|iso-8859-|x-mac|macintosh|koi8|ibm866|x-user-defined)/;

/** Returns the text and its charset. Ignores a declared charset that the bytes contradict. */
export function decodeText(
  bytes: Uint8Array,
  contentType: string | null | undefined,
): { text: string; charset: string } {
  const marked = markCharset(bytes);
  if (marked) return { text: decoder(marked, false).decode(bytes), charset: marked };
  const declared = declaredLabels(bytes, contentType ?? "").map(charsetOf);
  for (const charset of declared) {
    if (charset === null) continue;
    if (charset !== "utf-8" && isUtf8(bytes, PERMISSIVE.test(charset) ? 1 : MIN_NON_ASCII_BYTES))
      continue;
    const text = strict(charset, bytes);
    if (text !== null) return { text, charset };
  }
  const utf8 = strict("utf-8", bytes);
  if (utf8 !== null) return { text: utf8, charset: "utf-8" };
  const charset = detect(bytes, declared) ?? "windows-1252";
  return { text: decoder(charset, false).decode(bytes), charset };
}

/** Returns the charset that a label means, such as `windows-1252` for `latin1`, or null. */
export function charsetOf(label: string): string | null {
  try {
    return label === "" ? null : decoder(label, false).encoding;
  } catch {
    return null;
  }
}

function strict(charset: string, bytes: Uint8Array): string | null {
  try {
    return decoder(charset, true).decode(bytes);
  } catch {
    return mostly(charset, bytes);
  }
}

/**
 * Returns the text unless too much is invalid. Allows one invalid character in 2,000, because long
 * pages can contain a stray byte. In UTF-8, one in five of the non-ASCII characters can be invalid,
 * because teasers are often cut in the middle of a character.
 */
function mostly(charset: string, bytes: Uint8Array): string | null {
  const text = decoder(charset, false).decode(bytes);
  let [bad, foreign] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) bad += 1;
    else if (code > 0x7f) foreign += 1;
  }
  const isUtf8WithCuts = charset === "utf-8" && bad * 4 <= foreign;
  return bad * 2000 <= text.length || isUtf8WithCuts ? text : null;
}

/** If there are fewer, a text in a double-byte charset can be valid UTF-8 by chance. */
const MIN_NON_ASCII_BYTES = 60;

function isUtf8(bytes: Uint8Array, atLeast: number): boolean {
  let above = 0;
  for (const byte of bytes) if (byte >= 0x80) above += 1;
  if (above < atLeast) return false;
  try {
    decoder("utf-8", true).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Returns the most likely charset, or a declared one that is almost as likely, or null. */
function detect(bytes: Uint8Array, declared: (string | null)[]): string | null {
  const matches = analyse(foreignPart(bytes)).flatMap(({ name, confidence }) => {
    const charset = charsetOf(name);
    return charset && charset !== "utf-8" ? [{ charset, confidence }] : [];
  });
  const best = matches[0]?.confidence ?? 0;
  const near = matches.filter(({ confidence }) => confidence >= best - 10);
  const ordered = [...near.filter(({ charset }) => declared.includes(charset)), ...matches];
  return ordered.find(({ charset }) => strict(charset, bytes) !== null)?.charset ?? null;
}

function foreignPart(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.subarray(0, 8 * SAMPLE_BYTES)).toString("latin1");
  const plain = text.replace(/<[^<>]{0,2000}>/g, " ").slice(0, SAMPLE_BYTES);
  return Buffer.from(/[\u0080-\u00ff]/.test(plain) ? plain : text.slice(0, SAMPLE_BYTES), "latin1");
}

function decoder(label: string, fatal: boolean): TextDecoder {
  return new TextDecoder(label, { fatal });
}

const PRESCAN_BYTES = 8192;

function markCharset(bytes: Uint8Array): string | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return null;
}

/** Returns the labels of the declared charsets, the most authoritative first. */
function declaredLabels(bytes: Uint8Array, contentType: string): string[] {
  const declared: string[] = [];
  const header = labelIn(contentType);
  const isWide = bytes.subarray(0, 64).includes(0);
  if (header && (isWide || !isUtf16(header))) declared.push(header);
  const [first, second, third, fourth] = bytes;
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) declared.push("utf-16le");
  if (first === 0 && second === 0x3c && third === 0 && fourth !== 0) declared.push("utf-16be");
  const head = Buffer.from(bytes.subarray(0, PRESCAN_BYTES)).toString("latin1");
  const xml = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(head)?.[1];
  const label = xml ?? metaLabel(head.replace(/<!--[\s\S]*?(-->|$)/g, ""));
  // A declaration that is readable as ASCII isn't in UTF-16, whatever it says (WHATWG HTML 13.2.3.2).
  if (label) declared.push(isUtf16(label) ? "utf-8" : label);
  return declared;
}

function isUtf16(label: string): boolean {
  return charsetOf(label)?.startsWith("utf-16") ?? false;
}

function metaLabel(head: string): string | null {
  for (const [, attributes = ""] of head.matchAll(/<meta\s([^>]{1,500})>/gi)) {
    const own = /(?:^|[\s"'/])charset\s*=\s*(?:["']\s*)?([\w.:-]{1,40})/i.exec(attributes)?.[1];
    if (own) return own;
    if (/http-equiv\s*=\s*["']?content-type/i.test(attributes)) {
      const label = labelIn(attributes);
      if (label) return label;
    }
  }
  return null;
}

/** Returns the charset that a content type names; null if it names none. */
export function labelIn(text: string): string | null {
  return /charset\s*=\s*(?:["']\s*)?([\w.:-]{1,40})/i.exec(text)?.[1] ?? null;
}
