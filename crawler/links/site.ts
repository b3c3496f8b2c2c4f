import { getDomain } from "tldts";
import { hostNameOf } from "../../lib/network.ts";
import { bareHost, keyText } from "./canonical-url.ts";

/** Returns whether two URLs share an IP or a registrable domain (`x.github.io` counts as one). */
export function sameSite(a: string, b: string): boolean {
  const [one, other] = [siteOf(a), siteOf(b)];
  return one !== null && one === other;
}

export function siteOf(url: string): string | null {
  const host = hostOf(url);
  if (host === null) return null;
  const bare = bareHost(host);
  return getDomain(bare, { allowPrivateDomains: true }) ?? bare;
}

export function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname || null;
  } catch {
    return null;
  }
}

/** Returns whether a host is one of `names` or a subdomain of one. Ignores invalid names. */
export function isHostAmong(host: string, names: readonly string[]): boolean {
  const hosts = names.flatMap((name) => hostNameOf(name) ?? []);
  return hosts.some((name) => host === name || host.endsWith(`.${name}`));
}

const LANGUAGE_HOME = /^\/[a-z]{2}(?:-[a-z]{2})?\/?$/i;
const HOME = /^\/(?:(?:index|home|default)(?:\.[a-z]{2,5})?)?$/i;
const PLACEHOLDER = /\{\{|%7B%7B|\/(?:undefined|null|\[object[^/]*)(?:\/|$)/i;
const ERROR_OR_LOGIN_PATH = /^\/(?:404|error|login|signin|not-?found)(?:[./]|$)/i;

/**
 * Whether a page's canonical URL is plausible: on the same site, without template placeholders, and
 * not a login, error or home page. The page's own URL always is.
 */
export function plausibleCanonical(pageUrl: string, canonical: string): boolean {
  if (!sameSite(pageUrl, canonical) || !/^https?:/i.test(canonical)) return false;
  if (keyText(pageUrl) === keyText(canonical)) return true;
  const { pathname, search } = new URL(canonical);
  if (PLACEHOLDER.test(pathname) || ERROR_OR_LOGIN_PATH.test(pathname)) return false;
  return search !== "" || !(HOME.test(pathname) || LANGUAGE_HOME.test(pathname));
}
