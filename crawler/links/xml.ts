import { constants, gunzipSync } from "node:zlib";
import { LINK_BOUNDS } from "../../config/limits.ts";

/** Returns why an XML text must not be parsed; null if it is safe. */
export function refusedXml(text: string): string | null {
  let seen = 0;
  for (let at = text.search(/<!DOCTYPE/i); at >= 0; at = next(text, at)) {
    seen += 1;
    if (seen > 20) return "refused: too many DOCTYPEs";
    if (isInside(text, at, "<![CDATA[", "]]>") || isInside(text, at, "<!--", "-->")) continue;
    const end = text.indexOf(">", at);
    const subset = text.indexOf("[", at);
    if (subset >= 0 && (end < 0 || subset < end))
      return "refused: a DOCTYPE that declares entities";
  }
  return null;
}

/** Returns the local name of the root element in lower case; null if the text has none. */
export function rootName(text: string): string | null {
  let at = 0;
  for (;;) {
    at = text.indexOf("<", at);
    if (at < 0) return null;
    if (text.startsWith("<!--", at)) at = after(text, "-->", at);
    else if (/^<[?!]/.test(text.slice(at, at + 2))) at = after(text, ">", at);
    else break;
    if (at < 0) return null;
  }
  const name = /^<([^\s/>]{1,100})/.exec(text.slice(at, at + 102))?.[1];
  return name?.replace(/^.*:/, "").toLowerCase() ?? null;
}

/** Removes the control characters that XML forbids, because they stop parsers. */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
}

function next(text: string, at: number): number {
  const rest = text.slice(at + 9).search(/<!DOCTYPE/i);
  return rest < 0 ? -1 : at + 9 + rest;
}

function isInside(text: string, at: number, open: string, close: string): boolean {
  return text.lastIndexOf(open, at) > text.lastIndexOf(close, at);
}

function after(text: string, delimiter: string, from: number): number {
  const at = text.indexOf(delimiter, from);
  return at < 0 ? -1 : at + delimiter.length;
}

const MAX_BYTES = LINK_BOUNDS.gzipBytes;
const MAX_LAYERS = LINK_BOUNDS.gzipLayers;

/** Removes layers of gzip, also from data that is cut off; null if unreadable or too large. */
export function unzipped(body: Uint8Array): Uint8Array | null {
  let bytes = body;
  for (let layer = 0; isGzip(bytes); layer += 1) {
    if (layer === MAX_LAYERS) return null;
    try {
      bytes = gunzipSync(bytes, {
        maxOutputLength: MAX_BYTES,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
    } catch {
      return null;
    }
  }
  return bytes;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
