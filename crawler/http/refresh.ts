import { Parser } from "htmlparser2";
import { decodeText } from "./charset.ts";
import { targetOf } from "./received.ts";

const MAX_PAGE_BYTES = 4096;
const MAX_TEXT_CHARS = 300;
const MAX_DELAY_SECONDS = 5;

/** Elements whose content no reader sees. */
const INVISIBLE = new Set(["noscript", "script", "style"]);

/**
 * Returns the absolute URL that the page at `url` leads to if it only leads there: it has almost no
 * text, and a meta refresh within a few seconds. Returns null for any other page.
 */
export function refreshTarget(
  url: string,
  page: { contentType: string | undefined; bytes: Uint8Array },
): string | null {
  const { contentType = "", bytes } = page;
  if (bytes.length > MAX_PAGE_BYTES || !/^(text\/html|application\/xhtml)/i.test(contentType))
    return null;
  let target: string | null = null;
  let text = "";
  let invisible = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (INVISIBLE.has(name)) invisible += 1;
      const isRefresh = name === "meta" && attributes["http-equiv"]?.toLowerCase() === "refresh";
      if (isRefresh && invisible === 0) target ??= targetIn(attributes["content"] ?? "", url);
    },
    onclosetag(name) {
      if (INVISIBLE.has(name)) invisible -= 1;
    },
    ontext(part) {
      if (invisible === 0) text += part;
    },
  });
  parser.end(decodeText(bytes, contentType).text);
  return text.trim().length > MAX_TEXT_CHARS || target === url ? null : target;
}

function targetIn(content: string, base: string): string | null {
  const [, seconds, target] =
    /^\s*(\d{1,9})[\d.]{0,9}\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']*)/i.exec(content) ?? [];
  return Number(seconds) <= MAX_DELAY_SECONDS ? targetOf(target, base) : null;
}
