import { decodeHTMLAttribute } from "entities/decode";
import { decodeText } from "./charset.ts";
import { targetOf } from "./received.ts";

const MAX_PAGE_BYTES = 4096;
const MAX_TEXT_CHARS = 300;
const MAX_DELAY_SECONDS = 5;

/** Matches comments, and elements whose content no reader sees. */
const INVISIBLE = /<!--[\s\S]*?(?:-->|$)|<(noscript|script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const META = /<meta\b[^>]*(?:>|$)/gi;
const CONTENT = /\scontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*))/i;
const TAG = /<[^>]*(?:>|$)/g;

/** Returns where a page of almost no text leads by a meta refresh, without an HTML parser. */
export function refreshTarget(
  url: string,
  page: { contentType: string | undefined; bytes: Uint8Array },
): string | null {
  const { contentType = "", bytes } = page;
  if (bytes.length > MAX_PAGE_BYTES || !/^(text\/html|application\/xhtml)/i.test(contentType))
    return null;
  const html = decodeText(bytes, contentType).text.replace(INVISIBLE, " ");
  if (html.replace(TAG, " ").trim().length > MAX_TEXT_CHARS) return null;
  for (const [meta] of html.matchAll(META)) {
    if (!/\shttp-equiv\s*=\s*["']?refresh\b/i.test(meta)) continue;
    const [, double, single, bare] = CONTENT.exec(meta) ?? [];
    const target = targetIn(decodeHTMLAttribute(double ?? single ?? bare ?? ""), url);
    if (target !== null) return target === url ? null : target;
  }
  return null;
}

function targetIn(content: string, base: string): string | null {
  const [, seconds, quote, target = ""] =
    /^\s*(\d{1,9})[\d.]{0,9}\s*[;,]\s*(?:url\s*=\s*)?(["']?)(.*)/is.exec(content) ?? [];
  if (!(Number(seconds) <= MAX_DELAY_SECONDS)) return null;
  return targetOf(quote ? target.split(quote)[0] : target, base);
}
