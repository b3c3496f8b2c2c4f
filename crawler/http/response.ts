import { decodeHTMLAttribute } from "entities/decode";
import { domainMatch, pathMatch } from "tough-cookie";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import { retryOrGiveUp } from "../../config/retry-policy.ts";
import { isPdf, parseUrl } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Encoding } from "../../model/crawl/capture.ts";
import type { Hop, Link, LinkKind, Validators } from "../../model/crawl/link.ts";
import { GiveUp, type RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import { decodeText } from "./decode.ts";

/** One response, received over HTTP or rendered by the browser. Redirects aren't followed. */
export interface Received {
  url: string;
  status: number;
  /** The headers by lower-case name. The values of a repeated header are joined by newlines. */
  headers: Record<string, string>;
  requestHeaders: Record<string, string>;
  /** Absolute target of a redirect (also by script); null if there is none or it isn't a URL. */
  location: string | null;
  address: string | null;
  startedAt: Date;
  endedAt: Date;
  ms: number;
  /** The bytes to store, compressed with `encoding`; uncompressed if `encoding` is null. */
  wire: Uint8Array;
  encoding: Encoding | null;
  decoded: Uint8Array;
  /** Whether the end of the body is missing, because of a byte limit or a decompression error. */
  truncated: boolean;
}

/** Returns whether a status is a redirect that names its target in `Location`. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

export function targetOf(location: string | undefined, base: string): string | null {
  const first = location?.split("\n")[0]?.trim();
  if (!first) return null;
  try {
    const target = new URL(fromUtf8(first), base);
    target.hash = "";
    return target.href;
  } catch {
    return null;
  }
}

function fromUtf8(header: string): string {
  // Headers arrive decoded as Latin-1, but some servers send UTF-8.
  if (/[^\0-\xff]/.test(header)) return header;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(header, "latin1"));
  } catch {
    return header;
  }
}

export interface SentCookie {
  name: string;
  value: string;
  host: string;
  /** Whether subdomains of `host` get the cookie too. */
  below: boolean;
  path: string;
  secure: boolean;
}

/** Returns the `Cookie` header for a request (RFC 6265, 5.4); null if no cookie applies. */
export function cookieHeader(cookies: readonly SentCookie[], address: string): string | null {
  const url = new URL(address);
  const sent = cookies.filter((cookie) => appliesToUrl(cookie, url));
  return sent.length > 0 ? sent.map(({ name, value }) => `${name}=${value}`).join("; ") : null;
}

function appliesToUrl({ host, below, path, secure }: SentCookie, url: URL): boolean {
  if (secure && url.protocol !== "https:") return false;
  const matches = below ? domainMatch(url.hostname, host) === true : url.hostname === host;
  return matches && pathMatch(url.pathname, path);
}

export interface HeaderLink {
  url: string;
  /** Relation types from `rel`, lower-case. */
  rels: string[];
  /** The declared media type, lower-case; empty if there is none. */
  type: string;
}

const ENTRY =
  /<([^<>]{1,2000})>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:"[^"]{0,500}"|[^\s",;]{1,500})){0,10})/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i;
const TYPE = /;\s*type\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i;
const MAX_HEADER_CHARS = 8000;

/** Returns the links in the Link header (RFC 8288) of the document at `base`, in order. */
export function linksInHeader(header: string | undefined, base: string): HeaderLink[] {
  const links: HeaderLink[] = [];
  for (const [, address = "", parameters = ""] of (header ?? "")
    .slice(0, MAX_HEADER_CHARS)
    .matchAll(ENTRY)) {
    const url = parseUrl(address, base);
    if (!url) continue;
    const rels = parameter(REL, parameters).split(/\s+/);
    links.push({ url: url.href, rels, type: parameter(TYPE, parameters) });
  }
  return links;
}

function parameter(pattern: RegExp, parameters: string): string {
  const [, quoted, bare] = pattern.exec(parameters) ?? [];
  return (quoted ?? bare ?? "").trim().toLowerCase();
}

/** Returns the WebSub hub in a Link header and the document's URL at the hub (`self`), or null. */
export function hubInHeader(
  header: string | undefined,
  url: string,
): { url: string; self: string } | null {
  const links = linksInHeader(header, url);
  const first = (rel: string) => links.find(({ rels }) => rels.includes(rel))?.url;
  const hub = first("hub");
  return hub === undefined ? null : { url: hub, self: first("self") ?? url };
}

/** What to do with a response. */
export type Disposition =
  | { kind: "ok" }
  | { kind: "not-modified" }
  | { kind: "redirect"; to: string }
  | Skipped
  | RetryLater
  | GiveUp;

/** What a disposition depends on besides the response. `random` is in [0, 1). */
export interface Circumstances {
  kind: LinkKind;
  /** Number of attempts at this link so far, including this one. */
  attempts: number;
  hops: readonly Hop[];
  now: Date;
  random: number;
}

const MAX_HOPS = HTTP_BOUNDS.hops;

export function disposition(received: Received, context: Circumstances): Disposition {
  const { status, headers } = received;
  if (isRedirect(status) || received.location !== null) return redirect(received, context.hops);
  if (status === 304) return onNotModified(received, context);
  const challenge = status === 404 || status === 410 ? null : challengeOf(received);
  if (challenge) return challenge;
  if (status >= 200 && status < 300) return success(received, context);
  const delay = retryAfter(headers["retry-after"], context.now);
  switch (status) {
    case 404:
    case 410:
      return { skipped: "gone", detail: `${status}` };
    case 401:
    case 402:
    case 403:
    case 407:
    case 451:
      return { skipped: "blocked", detail: `${status}` };
    case 408:
    case 425:
      return retryOrGiveUp("timeout", `the server answered ${status}`, context, { delay });
    case 429:
      return retryOrGiveUp("too-many-requests", "the server answered 429", context, { delay });
    default:
      if (status >= 500) {
        // 503 with Retry-After applies to the whole host, as 429 does (RFC 9110 section 15.6.4).
        const isLimited = status === 503 && delay !== null;
        const cause = isLimited ? "too-many-requests" : "server-error";
        return retryOrGiveUp(cause, `the server answered ${status}`, context, { delay });
      }
      return new GiveUp("bad-response", `the server answered ${status}`);
  }
}

function success(received: Received, context: Circumstances): Disposition {
  const { decoded, headers, status, url } = received;
  if (isConsentUrl(url)) return { skipped: "consent", detail: url };
  const type = headers["content-type"];
  if (decoded.length === 0) {
    return retryOrGiveUp("bad-response", `the server answered ${status} without a body`, context);
  }
  const readable = isReadable(type, decoded) || (context.kind === "article" && isPdf(decoded));
  if (!readable) return { skipped: "unsupported-type", detail: type ?? "no type" };
  const target = refreshTarget(url, { contentType: type, bytes: decoded });
  return target === null
    ? { kind: "ok" }
    : redirect({ ...received, location: target }, context.hops);
}

function onNotModified(received: Received, context: Circumstances): Disposition {
  const sent = received.requestHeaders;
  if (sent["if-none-match"] || sent["if-modified-since"]) return { kind: "not-modified" };
  return retryOrGiveUp(
    "bad-response",
    "the server answered 304 to a request without validators",
    context,
  );
}

function redirect(received: Received, hops: readonly Hop[]): Disposition {
  const { location: to, status, url } = received;
  if (to === null)
    return new GiveUp("bad-response", `the server answered ${status} without a readable Location`);
  if (!/^https?:/.test(to)) return { skipped: "bad-url", detail: to };
  if (url.startsWith("https:") && to.startsWith("http:")) {
    return new GiveUp("bad-response", `${status} redirects from https to http: ${to}`);
  }
  if (isConsentUrl(to)) return { skipped: "consent", detail: to };
  if (to === url || hops.some((hop) => hop.url === to)) {
    return new GiveUp("redirect-loop", `${status} redirects back to ${to}`);
  }
  if (hops.length >= MAX_HOPS) {
    return new GiveUp("redirect-loop", `more than ${MAX_HOPS} redirects, the last to ${to}`);
  }
  return { kind: "redirect", to };
}

const READABLE =
  /^(text\/(html|xml|plain|x-?json)|application\/(xml|json|xhtml|[\w.-]+\+(xml|json)|rss|atom|feed))/;
const UNSURE =
  /^(application\/(octet-stream|x?-?gzip|x-gzip|binary)|binary\/octet-stream|text\/.*)?$/;

function isReadable(contentType: string | undefined, body: Uint8Array): boolean {
  const type = (contentType ?? "").split(/[;\n]/)[0]?.trim().toLowerCase() ?? "";
  if (READABLE.test(type)) return true;
  // Some servers send feeds as octet-stream.
  return UNSURE.test(type) && startsLikeMarkup(body);
}

function startsLikeMarkup(body: Uint8Array): boolean {
  const start = Buffer.from(body.subarray(0, 200)).toString("latin1");
  // Nulls occur in UTF-16; the bytes above ASCII are those of byte order marks.
  return /^[\0\s\u00ef\u00bb\u00bf\u00fe\u00ff]*[<{[]/.test(start);
}

interface Marker {
  name: string;
  /** All texts must be in lower case. */
  all: string[];
  within: number;
  status?: number;
}

const MAX_HEAD_BYTES = 60_000;
// Ordinary pages also include the vendors' scripts, so a script alone only counts on tiny pages.
const MARKERS: Marker[] = [
  { name: "Cloudflare challenge", all: ["_cf_chl_opt"], within: MAX_HEAD_BYTES },
  {
    name: "Cloudflare challenge",
    all: ["<title>just a moment...</title>"],
    within: MAX_HEAD_BYTES,
  },
  {
    name: "Cloudflare block",
    all: ["cf-error-details", "cloudflare"],
    within: MAX_HEAD_BYTES,
    // Pages about a server that fails, or about too many requests, look the same.
    status: 403,
  },
  { name: "DataDome captcha", all: ["captcha-delivery.com"], within: 6000 },
  { name: "PerimeterX captcha", all: ["px-captcha"], within: 20_000 },
  { name: "Imperva challenge", all: ["_incapsula_resource"], within: 6000 },
  { name: "AWS WAF challenge", all: ["awswafcookiedomainlist"], within: 20_000 },
  { name: "Akamai block", all: ["access denied", "reference&#32;&#35;"], within: 4000 },
  { name: "captcha", all: ["g-recaptcha", "unusual traffic"], within: 20_000 },
  { name: "captcha", all: ["h-captcha", "verify you are human"], within: 20_000 },
];

function challengeOf(received: Received): Skipped | null {
  const { headers, decoded } = received;
  if (headers["cf-mitigated"]) return blocked(`Cloudflare ${headers["cf-mitigated"]}`);
  if (headers["x-amzn-waf-action"]) return blocked(`AWS WAF ${headers["x-amzn-waf-action"]}`);
  const head = Buffer.from(decoded.subarray(0, MAX_HEAD_BYTES)).toString("latin1").toLowerCase();
  const marker = MARKERS.find(({ all, within, status = received.status }) => {
    if (received.status !== status || decoded.length > within) return false;
    return all.every((text) => head.includes(text));
  });
  return marker ? blocked(marker.name) : null;
}

function isConsentUrl(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  return (
    /(^|\.)(consent|guce|cookiewall|myprivacy)\./.test(hostname) ||
    /^\/(consent|cookiewall)(\/|$)/.test(pathname)
  );
}

function blocked(detail: string): Skipped {
  return { skipped: "blocked", detail };
}

/** Returns `Retry-After` (seconds or HTTP date) in ms, 0 to 24 h; null if missing or malformed. */
export function retryAfter(header: string | undefined, now: Date): number | null {
  const value = header?.split("\n")[0]?.trim() ?? "";
  if (value === "" || value.startsWith("-")) return null;
  const ms = /^\d+(?:\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - now.getTime();
  return Number.isNaN(ms) ? null : Math.min(DAY_MS, Math.max(0, ms));
}

const MAX_PAGE_BYTES = 4096;
const MAX_TEXT_CHARS = 300;
const MAX_DELAY_SECONDS = 5;

const INVISIBLE = /<!--[\s\S]*?(?:-->|$)|<(noscript|script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const META = /<meta\b[^>]*(?:>|$)/gi;
const CONTENT = /\scontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*))/i;
const TAG = /<[^>]*(?:>|$)/g;

/** Returns the target of a meta refresh; null if it takes over 5 s or the page has much text. */
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

type ConditionalLink = Pick<Link, "kind" | "hops" | "validators" | "notModified" | "audits">;

const AUDIT_INTERVAL = { early: 3, proven: 10 };
const MIN_PASSED_AUDITS = 2;

export function validatorsFor(link: ConditionalLink, trusted: boolean): Validators {
  // Validators belong to the URL that sent them, not to a redirect's target.
  return trusted && link.hops.length === 0 && !isAudit(link) ? link.validators : {};
}

function isAudit({ kind, notModified, audits }: ConditionalLink): boolean {
  if (audits?.doubted) return false;
  const isProven = kind !== "article" && (audits?.passed ?? 0) >= MIN_PASSED_AUDITS;
  return notModified >= (isProven ? AUDIT_INTERVAL.proven : AUDIT_INTERVAL.early);
}

/** The judgement about a link's stored validators, and the fields to store in the link (`set`). */
export interface Verdict {
  set: Required<Pick<Link, "validators" | "audits">>;
  /** The evidence that the stored validators are unreliable; null if there is none. */
  proof: string | null;
}

/**
 * Judges a link's stored validators by a response with content; `changed` says whether the content
 * is new. Validators that stay the same for new content are unreliable.
 */
export function judgeValidators(
  link: ConditionalLink,
  { got, changed, trusted }: { got: Validators; changed: boolean; trusted: boolean },
): Verdict {
  const passed = link.audits?.passed ?? 0;
  if (changed && isSame(link.validators, got)) {
    const proof = `${nameOf(got)} belongs to two different contents`;
    return { set: { validators: got, audits: { passed: 0, doubted: false } }, proof };
  }
  const audited = trusted && link.hops.length === 0 && hasAny(link.validators) && isAudit(link);
  if (changed && audited) {
    // Sends the old validators once more. A 304 would prove that they are unreliable.
    return { set: { validators: link.validators, audits: { passed, doubted: true } }, proof: null };
  }
  const audits = { passed: audited ? passed + 1 : passed, doubted: false };
  return { set: { validators: got, audits }, proof: null };
}

/** After a 304, returns the proof that the link's validators are unreliable, or null. */
export function judgeNotModified(
  link: ConditionalLink,
): { audits: NonNullable<Link["audits"]>; proof: string } | null {
  if (!link.audits?.doubted) return null;
  const proof = `answered 304 to ${nameOf(link.validators)}, although an audit found other content`;
  return { audits: { passed: 0, doubted: false }, proof };
}

/**
 * Whether the ETags are equal or, if an ETag is missing, the `Last-Modified` values are equal (RFC
 * 9110 section 13.2.2).
 */
export function isSame(one: Validators, other: Validators): boolean {
  if (one.etag && other.etag) return one.etag === other.etag;
  return !!one.lastModified && one.lastModified === other.lastModified;
}

function hasAny({ etag, lastModified }: Validators): boolean {
  return !!etag || !!lastModified;
}

function nameOf({ etag, lastModified }: Validators): string {
  return (etag ? `ETag ${etag}` : `Last-Modified ${lastModified ?? "none"}`).slice(0, 120);
}
