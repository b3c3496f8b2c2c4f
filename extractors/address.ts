import { textIn } from "./jsonld.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";
import { absolute, unarchived } from "./url.ts";

/** The address that the page itself names, trusted only on the same site and not when it is the home page. */
export function readCanonical(page: Page): Answer<string> {
  const named = [
    ["link canonical", page.links("canonical")[0]?.href],
    ["meta og:url", page.meta("og:url")[0]],
    [
      "json-ld url",
      textIn(page.article?.["mainEntityOfPage"], "@id", "url") ?? textIn(page.article?.["url"]),
    ],
  ] as const;
  for (const [rule, href] of named) {
    const url = href ? absolute(href, page.base) : null;
    const own = url && unarchived(url);
    if (own && isPlausible(own, page.url)) return answer(own, rule, href ?? null, 0.9);
  }
  return NOTHING;
}

/** The page's AMP version on http(s), where it names one. */
export function readAmpUrl(page: Page): string | null {
  const href = page.links("amphtml")[0]?.href;
  return href && href !== page.url ? href : null;
}

/** Most versions of a page that are believed. */
const VARIANTS = 10;

/** A version of the page for another medium. */
interface Variant {
  url: string;
  kind: "mobile" | "print";
}

/** The page's versions for phones and for print: `rel=alternate` with a medium and without a language. */
export function readVariants(page: Page): Variant[] {
  const links = page.links("alternate").slice(0, VARIANTS);
  return links.flatMap(({ href: url, tag: { attribs } }): Variant[] => {
    const media = attribs["media"]?.toLowerCase() ?? "";
    if (url === page.url || attribs["hreflang"]) return [];
    if (/\bprint\b/.test(media)) return [{ url, kind: "print" }];
    return /max-(?:device-)?width|handheld/.test(media) ? [{ url, kind: "mobile" }] : [];
  });
}

function isPlausible(url: string, own: string): boolean {
  if (!URL.canParse(own)) return false;
  const named = new URL(url);
  const here = new URL(own);
  const isHome = named.pathname.length <= 1 && !named.search;
  return siteOf(named.hostname) === siteOf(here.hostname) && !(isHome && here.pathname.length > 1);
}

function siteOf(host: string): string {
  return host
    .replace(/^(?:www|m|mobile|amp|beta)\./, "")
    .split(".")
    .slice(-3)
    .join(".")
    .replace(/^[^.]+\.(?=[^.]{4,}\.)/, "");
}
