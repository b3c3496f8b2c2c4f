import { type Document, DomHandler } from "domhandler";
import { Parser } from "htmlparser2";
import { LINK_BOUNDS } from "../../config/limits.ts";
import { isArticleUrl } from "./infer/groups.ts";
import { siteOf } from "./site.ts";

/** Maximum depth of an element. Deeper elements are ignored, because no honest page needs them. */
const MAX_DEPTH = LINK_BOUNDS.depth;
/**
 * A page whose elements are nested deeper is taken for an attack, because parsing time grows with
 * the square of the depth.
 */
const HOSTILE_DEPTH = 10_000;

/** Omits elements deeper than `MAX_DEPTH`. Throws a `RangeError` beyond `HOSTILE_DEPTH`. */
export function parsePage(html: string): Document {
  const dom = new DomHandler();
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > HOSTILE_DEPTH) throw new RangeError("elements are nested too deep");
      if (depth <= MAX_DEPTH) dom.onopentag(name, attributes);
    },
    onclosetag() {
      if (depth <= MAX_DEPTH) dom.onclosetag();
      depth -= 1;
    },
    ontext(text) {
      if (depth <= MAX_DEPTH) dom.ontext(text);
    },
  });
  parser.end(html);
  dom.onend();
  return dom.root;
}

const MAX_MENTIONS = 100;

export function linkedElsewhere(html: string, url: string): string[] {
  const site = siteOf(url);
  const found = new Set<string>();
  for (const [, href = ""] of html.matchAll(/<a\b[^<>]*?\bhref="([^"<]+)"/gi)) {
    const address = href.replaceAll("&amp;", "&");
    if (!/^https?:/i.test(address) || !URL.canParse(address)) continue;
    if (siteOf(address) !== site && isArticleUrl(address)) found.add(address);
    if (found.size === MAX_MENTIONS) break;
  }
  return [...found];
}
