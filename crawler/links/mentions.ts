import { isArticleAddress } from "./infer/groups.ts";
import { siteOf } from "./site.ts";

const MAX_MENTIONS = 100;

export function linkedElsewhere(html: string, url: string): string[] {
  const site = siteOf(url);
  const found = new Set<string>();
  for (const [, href = ""] of html.matchAll(/<a\b[^<>]*?\bhref="([^"<]+)"/gi)) {
    const address = href.replaceAll("&amp;", "&");
    if (!/^https?:/i.test(address) || !URL.canParse(address)) continue;
    if (siteOf(address) !== site && isArticleAddress(address)) found.add(address);
    if (found.size === MAX_MENTIONS) break;
  }
  return [...found];
}
