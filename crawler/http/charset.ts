import { TextDecoder } from "node:util";
import { analyse } from "chardet";
import { declaredCharset, markCharset } from "./charset-declared.ts";

/** Text with the WHATWG name of the charset it was in, and how that was known. */
export interface DecodedText {
  text: string;
  charset: string;
  from: "bom" | "header" | "markup" | "hint" | "utf-8" | "detected" | "fallback";
}

/** Bytes that detection looks at. */
const SAMPLE = 64_000;
/** Charsets that any bytes decode in without an error, so that a declaration proves nothing. */
const PERMISSIVE = /^(windows-125\d|iso-8859-|x-mac|macintosh|koi8|ibm866|x-user-defined)/;

/**
 * Decodes a page or feed: byte order mark, Content-Type, meta or XML declaration, then strict UTF-8,
 * then detection. A declaration that the bytes contradict is not believed. `hint` is a charset that
 * the source was in before.
 */
export function decodeText(
  bytes: Uint8Array,
  contentType: string | null | undefined,
  options: { hint?: string } = {},
): DecodedText {
  const mark = markCharset(bytes);
  if (mark) return { text: decoder(mark, false).decode(bytes), charset: mark, from: "bom" };
  const declared = declaredCharset(bytes, contentType ?? "");
  for (const { label, from } of declared) {
    const charset = known(label);
    if (charset === null) continue;
    if (charset !== "utf-8" && isUtf8(bytes, PERMISSIVE.test(charset) ? 1 : BY_CHANCE)) continue;
    const text = strict(charset, bytes);
    if (text !== null) return { text, charset, from };
  }
  const utf8 = strict("utf-8", bytes);
  if (utf8 !== null) return { text: utf8, charset: "utf-8", from: "utf-8" };
  const hint = known(options.hint ?? "");
  const hinted = hint && !PERMISSIVE.test(hint) ? strict(hint, bytes) : null;
  if (hint && hinted !== null) return { text: hinted, charset: hint, from: "hint" };
  const detected = detect(
    bytes,
    declared.map(({ label }) => known(label)),
  );
  const charset = detected ?? hint ?? "windows-1252";
  const text = decoder(charset, false).decode(bytes);
  return { text, charset, from: detected ? "detected" : "fallback" };
}

/** WHATWG name of a charset label; null if nobody knows it. */
function known(label: string): string | null {
  try {
    return label === "" ? null : decoder(label, false).encoding;
  } catch {
    return null;
  }
}

/** The text, or null if the bytes aren't valid in the charset (a cut last character is). */
function strict(charset: string, bytes: Uint8Array): string | null {
  try {
    return decoder(charset, true).decode(bytes);
  } catch {
    return mostly(charset, bytes);
  }
}

/** Long pages may hold a stray byte or a cut end: one bad character in 2,000 is no lie. */
function mostly(charset: string, bytes: Uint8Array): string | null {
  const text = decoder(charset, false).decode(bytes);
  let bad = 0;
  for (let at = text.indexOf("\ufffd"); at !== -1; at = text.indexOf("\ufffd", at + 1)) bad += 1;
  return bad * 2000 <= text.length ? text : null;
}

/** Bytes above ASCII that a short text in a double-byte charset may have in the form of UTF-8. */
const BY_CHANCE = 60;

/** Whether the bytes are valid UTF-8 with so many bytes above ASCII, which longer text never is by chance. */
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

/** The likeliest charset that the bytes are valid in; declared ones win among near equals. */
function detect(bytes: Uint8Array, declared: (string | null)[]): string | null {
  const matches = analyse(foreignPart(bytes)).flatMap(({ name, confidence }) => {
    const charset = known(name);
    return charset && charset !== "utf-8" ? [{ charset, confidence }] : [];
  });
  const best = matches[0]?.confidence ?? 0;
  const near = matches.filter(({ confidence }) => confidence >= best - 10);
  const ordered = [...near.filter(({ charset }) => declared.includes(charset)), ...matches];
  return ordered.find(({ charset }) => strict(charset, bytes) !== null)?.charset ?? null;
}

/** What detection should see: the lines with bytes above ASCII, without the markup around them. */
function foreignPart(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.subarray(0, 8 * SAMPLE)).toString("latin1");
  const plain = text.replace(/<[^<>]{0,2000}>/g, " ").slice(0, SAMPLE);
  return Buffer.from(/[\u0080-\u00ff]/.test(plain) ? plain : text.slice(0, SAMPLE), "latin1");
}

function decoder(label: string, fatal: boolean): TextDecoder {
  return new TextDecoder(label, { fatal });
}
