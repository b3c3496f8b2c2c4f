import { getDomain } from "tldts";
import { bareHost, keyText } from "./canonical-url.ts";

/**
 * Whether two addresses belong to one site: the same registrable domain (public suffix list with
 * its private part, so `a.github.io` and `b.github.io` differ), or the same IP address. A name
 * under a suffix that isn't listed counts its last two labels.
 */
export function sameSite(a: string, b: string): boolean {
  const [one, other] = [siteOf(a), siteOf(b)];
  return one !== null && one === other;
}

/** What `sameSite` compares: registrable domain, IP address or bare host; null for no address. */
export function siteOf(url: string): string | null {
  const host = hostOf(url);
  if (host === null) return null;
  const bare = bareHost(host);
  return getDomain(bare, { allowPrivateDomains: true }) ?? bare;
}

/** Host name of an address in lower case, null when there is none. */
export function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname || null;
  } catch {
    return null;
  }
}

const LANGUAGE_HOME = /^\/[a-z]{2}(?:-[a-z]{2})?\/?$/i;
const HOME = /^\/(?:(?:index|home|default)(?:\.[a-z]{2,5})?)?$/i;
const PLACEHOLDER = /\{\{|%7B%7B|\/(?:undefined|null|\[object[^/]*)(?:\/|$)/i;
const ELSEWHERE = /^\/(?:404|error|login|signin|not-?found)(?:[./]|$)/i;

/**
 * Whether a page's own word on its canonical address can be believed: same site, not the home page
 * (unless the page is it), no template placeholder, no login or error page.
 */
export function plausibleCanonical(pageUrl: string, canonical: string): boolean {
  if (!sameSite(pageUrl, canonical) || !/^https?:/i.test(canonical)) return false;
  if (keyText(pageUrl) === keyText(canonical)) return true;
  const { pathname, search } = new URL(canonical);
  if (PLACEHOLDER.test(pathname) || ELSEWHERE.test(pathname)) return false;
  return search !== "" || !(HOME.test(pathname) || LANGUAGE_HOME.test(pathname));
}
