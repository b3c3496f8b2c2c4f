import { getDomain } from "tldts";
import { LINK_BOUNDS } from "../../config/limits.ts";
import { hostNameOf, httpUrl, parseUrl, shortHash, unescaped } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { EntryPointField } from "../../model/crawl/entry-points.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { SkipReason } from "../../model/crawl/outcome.ts";
import type { Source } from "../../model/sources/source.ts";

/** Version of the rules for URL keys, stored with each article, because new rules change keys. */
export const CANON_VERSION = 1;

/**
 * Returns the URL to fetch; null if it isn't http(s) or is too long. Removes fragments (except
 * `#!`), user info, tracking parameters and session ids.
 */
export function fetchUrl(url: string, base?: string): string | null {
  return cleaned(url, base)?.href ?? null;
}

/** Assigns only the parts that change, because each assignment parses the URL again. */
function cleaned(url: string, base?: string): URL | null {
  const parsed = parse(url, base);
  if (!parsed || parsed.href.length > LINK_BOUNDS.urlCharacters) return null;
  if (parsed.username) parsed.username = "";
  if (parsed.password) parsed.password = "";
  // An empty fragment is visible in `href` only.
  if (parsed.href.includes("#") && !parsed.hash.startsWith("#!")) parsed.hash = "";
  const { pathname, search } = parsed;
  const path = withoutSessionId(normalEscapes(pathname));
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
 * Returns the key of a URL: 32 hex characters. Differences such as http or https, `www.` or the
 * order of parameters don't change the key.
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
  const parsed = parseUrl(url.trim().replace(/&(?:amp|#0*38);/g, "&"), base);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : null;
}

/** Returns an absolute URL of any scheme; null if the text is missing or isn't a URL. */
export function absoluteUrl(url: string | undefined, base: string): string | null {
  const text = url?.trim();
  return text ? (parseUrl(text, base)?.href ?? null) : null;
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

function withoutSessionId(path: string): string {
  return path.replace(/;jsessionid=[^/;]*/gi, "");
}

/** Normalises percent-encoding (RFC 3986 section 6.2.2). */
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
  return parseUrl(url)?.hostname || null;
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
 * Returns whether a page's canonical URL is plausible. A URL on another site, for example, isn't.
 */
export function plausibleCanonical(pageUrl: string, canonical: string): boolean {
  if (!sameSite(pageUrl, canonical) || !/^https?:/i.test(canonical)) return false;
  if (keyText(pageUrl) === keyText(canonical)) return true;
  const { pathname, search } = new URL(canonical);
  if (PLACEHOLDER.test(pathname) || ERROR_OR_LOGIN_PATH.test(pathname)) return false;
  return search !== "" || !(HOME.test(pathname) || LANGUAGE_HOME.test(pathname));
}

/** The parts of a source that determine which URLs are its own. */
export type Scope = Pick<Source, EntryPointField | "home" | "include" | "exclude" | "allowHosts">;

/** Why a link is skipped, with the evidence. */
export interface LeftOut {
  reason: SkipReason;
  detail: string | null;
}

const NO_PAGE = new Set(
  `doc docx xls xlsx ppt pptx odt ods odp rtf csv epub zip gz tgz rar 7z tar exe dmg apk iso
  jpg jpeg png gif webp svg avif bmp tif tiff ico mp3 m4a ogg wav flac aac mp4 m4v mov avi mkv webm
  wmv mpg mpeg css js json xml rss atom ics woff woff2 ttf eot kml gpx geojson`.split(/\s+/),
);
const MAX_PATH = 2048;

/** Returns why an article's URL must be skipped; null if it isn't skipped. */
export function leftOut(url: string, scope: Scope): LeftOut | null {
  const address = fetchUrl(url);
  if (address === null) return { reason: "bad-url", detail: null };
  const site = offSite(address, scope);
  if (site) return site;
  const { pathname, search } = new URL(address);
  const extension = /\.([a-z0-9]{1,8})$/i.exec(pathname)?.[1]?.toLowerCase() ?? "";
  if (NO_PAGE.has(extension)) return { reason: "unsupported-type", detail: `.${extension}` };
  const matches = (pattern: string) => matchesPath(pattern, pathname, search);
  const excluded = scope.exclude.find(matches);
  if (excluded !== undefined) return { reason: "filtered", detail: `exclude ${excluded}` };
  if (scope.include.length > 0 && !scope.include.some(matches)) {
    return { reason: "filtered", detail: "matches no include pattern" };
  }
  return null;
}

/** Returns why a URL is off-site; null if it is on the source's own site or in `allowHosts`. */
export function offSite(url: string, scope: Scope): LeftOut | null {
  const host = hostOf(url) ?? "";
  const entries = scope.home === undefined ? [...scope.feeds, ...scope.sitemaps] : [scope.home];
  const own = [...entries, ...scope.listings.map((listing) => listing.url)];
  if (own.some((entry) => sameSite(entry, url))) return null;
  if (isHostAmong(host, scope.allowHosts)) return null;
  return { reason: "off-site", detail: host };
}

function matchesPath(pattern: string, pathname: string, search: string): boolean {
  const raw = (pattern.includes("?") ? pathname + search : pathname).slice(0, MAX_PATH);
  const glob = pattern.replace(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase());
  return matchesGlob(glob, raw) || matchesGlob(glob, readable(raw));
}

function readable(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** A `**` between slashes also stands for no folder, so it is one token with the second slash. */
const GLOB_TOKENS = /(?<=\/)\*\*\/|\*\*?|[^*]+/g;

/**
 * Returns whether a path matches a pattern. `*` matches within a segment, `**` across segments. A
 * pattern without a leading slash or star matches in any folder.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  // Unlike a regular expression, this takes at most quadratic time.
  const glob = /^[/*]/.test(pattern) ? pattern : `/**/${pattern}`;
  let reached = new Set([0]);
  for (const token of glob.match(GLOB_TOKENS) ?? []) {
    if (reached.size === 0) return false;
    reached = endsOf(token, reached, path);
  }
  return reached.has(path.length);
}

/** Returns the offsets in the path at which a token can end, given those at which it can begin. */
function endsOf(token: string, starts: ReadonlySet<number>, path: string): Set<number> {
  if (!token.startsWith("*")) {
    const matching = [...starts].filter((at) => path.startsWith(token, at));
    return new Set(matching.map((at) => at + token.length));
  }
  const ends = new Set(starts);
  let hasBegun = false;
  for (let at = 0; at <= path.length; at += 1) {
    const isAfterSlash = path[at - 1] === "/";
    if (token === "*" && isAfterSlash) hasBegun = false;
    if (hasBegun && (token !== "**/" || isAfterSlash)) ends.add(at);
    if (starts.has(at)) hasBegun = true;
  }
  return ends;
}

export const TRAP_EVIDENCE = LINK_BOUNDS.trapEvidence;
const RETRY_PAUSE_MS = 7 * DAY_MS;

/**
 * Returns a URL's path and parameter names, with numbers and slugs blanked. Null if the path has no
 * digit and there is no query.
 */
export function pathPattern(url: string): string | null {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.split("/").map(blankSegment).join("/");
  const names = [...new Set(searchParams.keys())].toSorted().slice(0, 20);
  const pattern = (path + (names.length > 0 ? `?${names.join("&")}` : "")).slice(0, 300);
  // Without a digit or a query, such URLs can't be endlessly many.
  return /\d/.test(pathname) || names.length > 0 ? pattern : null;
}

/** Returns why the URLs that match a path pattern look like a crawler trap; null if they don't. */
export function trapOf(traps: Host["traps"], pattern: string, now: Date): string | null {
  const trap = Object.values(traps ?? {}).find((each) => each.pattern === pattern);
  if (!trap || trap.misses < TRAP_EVIDENCE || isRetryDue(trap, now)) return null;
  return `none of the last ${trap.misses} pages like ${pattern} held a new article`;
}

/** Returns whether a suspected crawler trap is tried again: a week after its last fetch (`at`). */
export function isRetryDue({ at }: { at: Date }, now: Date): boolean {
  return now.getTime() - at.getTime() > RETRY_PAUSE_MS;
}

function blankSegment(segment: string): string {
  // 2026-11-25, week-48, page7.html: only the numbers change.
  if (/^[a-z]{0,12}[-_.]?\d+(?:[-_.:]\d+)*(?:\.[a-z]{1,5})?$/i.test(segment)) {
    return segment.replace(/\d+/g, "0");
  }
  return /\d|-.*-/.test(segment) || segment.length > 24 ? "x" : segment;
}
