import { LINK_BOUNDS } from "../../config/limits.ts";
import { shortHash } from "../../lib/hash.ts";
import { httpUrl } from "../../lib/html.ts";
import { unescaped } from "../../lib/text.ts";

/** Version of the rules for URL keys, stored with each article, because new rules change keys. */
export const CANON_VERSION = 1;

const MAX_LENGTH = LINK_BOUNDS.urlCharacters;

/**
 * Returns the URL to fetch; null if it isn't http(s) or is too long. Removes the fragment (except
 * `#!`), user info, tracking parameters and session ids, and normalises escapes (RFC 3986). Scheme,
 * host name, slashes and the order of parameters stay unchanged.
 */
export function fetchUrl(url: string, base?: string): string | null {
  return cleaned(url, base)?.href ?? null;
}

/** Does the work of `fetchUrl`. Assigns only what changes: each assignment parses the URL again. */
function cleaned(url: string, base?: string): URL | null {
  const parsed = parse(url, base);
  if (!parsed || parsed.href.length > MAX_LENGTH) return null;
  if (parsed.username) parsed.username = "";
  if (parsed.password) parsed.password = "";
  // An empty fragment is visible in `href` only.
  if (parsed.href.includes("#") && !parsed.hash.startsWith("#!")) parsed.hash = "";
  const { pathname, search } = parsed;
  const path = withoutSession(normalEscapes(pathname));
  if (path !== pathname) parsed.pathname = path;
  if (parsed.href.includes("?")) {
    const query = normalEscapes(significantParameters(search).join("&"));
    // Keep the question mark: the query itself can begin with another one.
    const remaining = query && `?${query}`;
    if (remaining === "" || remaining !== search) parsed.search = remaining;
  }
  return parsed;
}

/**
 * Returns the key of a URL: 32 hex characters, equal for URLs of the same page. These make no
 * difference: what `fetchUrl` removes, http or https, `www.`, a dot after the host name, empty path
 * segments, the order of parameters, `+` or `%20`, and Unicode composition. A URL that `fetchUrl`
 * refuses is hashed as a whole.
 */
export function urlKey(url: string): string {
  return shortHash(keyText(url));
}

/** Returns the text that `urlKey` hashes. It shows why two URLs have the same key. */
export function keyText(url: string): string {
  const clean = cleaned(url);
  if (clean === null) return url.trim();
  const { hostname, port, pathname, search, hash } = clean;
  const host = bareHost(hostname) + (port && `:${port}`);
  const path = composed(pathname.replace(/\/{2,}/g, "/"));
  const query = significantParameters(composed(search)).map(keyParameter);
  query.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  const text = query.map(({ name, value }) => `${name}=${value}`).join("&");
  return `${host}${path}${text && `?${text}`}${hash}`;
}

/** Returns a host name without `www.` and the trailing dot. */
export function bareHost(hostname: string): string {
  return hostname.replace(/\.$/, "").replace(/^www\.(?=.*\.)/, "");
}

function parse(url: string, base: string | undefined): URL | null {
  // Feeds and attributes are often escaped once too often.
  const text = url.trim().replace(/&(?:amp|#0*38);/g, "&");
  try {
    const parsed = new URL(text, base);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed : null;
  } catch {
    return null;
  }
}

/** Returns an absolute URL of any scheme; null if the text is missing or isn't a URL. */
export function absoluteUrl(url: string | undefined, base: string): string | null {
  if (!url?.trim()) return null;
  try {
    return new URL(url.trim(), base).href;
  } catch {
    return null;
  }
}

/** Returns the http(s) URL to which an `href` leads; null for other schemes and for fragments. */
export function targetUrl(href: string | undefined, base: string): string | null {
  const text = href?.trim() ?? "";
  return text === "" || text.startsWith("#") ? null : httpUrl(text, base);
}

function significantParameters(search: string): string[] {
  const parts = search.replace(/^\?/, "").split("&");
  return parts.filter((part) => part !== "" && !isIgnored(unescaped(part.split("=", 1)[0] ?? "")));
}

function keyParameter(part: string): { name: string; value: string } {
  const [name = "", ...rest] = part.replaceAll("+", "%20").split("=");
  return { name, value: rest.join("=") };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Removes the session id that Java servers write into the path for clients without a cookie. */
function withoutSession(path: string): string {
  return path.replace(/;jsessionid=[^/;]*/gi, "");
}

/** Unescapes characters that need no escape; upper-cases other escapes (RFC 3986 section 6.2.2). */
function normalEscapes(text: string): string {
  return text.replace(/%[0-9a-fA-F]{2}/g, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(char) ? char : escape.toUpperCase();
  });
}

/** Composes letters with their escaped accents (NFC): `e%CC%81` becomes `%C3%A9`. */
function composed(text: string): string {
  return text.replace(/[A-Za-z]?(?:%[89A-F][0-9A-F])+/g, (run) => {
    try {
      return encodeURIComponent(decodeURIComponent(run).normalize("NFC"));
    } catch {
      return run; // not UTF-8
    }
  });
}

const TRACKER_PREFIXES = ["utm_", "at_", "mtm_", "matomo_", "hsa_"];

const TRACKERS_AND_SESSIONS = new Set(
  `fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh
  gad_source gad_campaignid srsltid
  mc_cid mc_eid mkt_tok _ga _gl _openstat _hsenc _hsmi hsctatracking vero_id oly_anon_id oly_enc_id
  xtor xts cmpid ocid s_cid spm ref_src ref_url wt_mc wt_zmc wt.mc_id wt.tsrc smid sr_share
  pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid
  fb_action_ids fb_action_types fb_source fb_ref action_object_map __twitter_impression
  guccounter guce_referrer guce_referrer_sig
  ns_campaign ns_mchannel ns_source ns_linkname ns_fee isappinstalled
  jsessionid phpsessid`.split(/\s+/),
);

function isIgnored(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    TRACKERS_AND_SESSIONS.has(lower) || TRACKER_PREFIXES.some((prefix) => lower.startsWith(prefix))
  );
}
