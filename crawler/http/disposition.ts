import { decodeHTMLAttribute } from "entities/decode";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import { retryOrGiveUp } from "../../config/retry-policy.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Hop, LinkKind } from "../../model/crawl/link.ts";
import { GiveUp, type RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import { decodeText } from "./charset.ts";
import { isRedirect, type Received, targetOf } from "./received.ts";

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
  if (status === 304) return notModified(received, context);
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

function notModified(received: Received, context: Circumstances): Disposition {
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

/** Judges a generic type by the body, because some servers send feeds as octet-stream. */
function isReadable(contentType: string | undefined, body: Uint8Array): boolean {
  const type = (contentType ?? "").split(/[;\n]/)[0]?.trim().toLowerCase() ?? "";
  if (READABLE.test(type)) return true;
  return UNSURE.test(type) && startsLikeMarkup(body);
}

/** Whether a body has a PDF signature, anywhere in its first 1024 bytes (ISO 32000-1 annex H). */
function isPdf(body: Uint8Array): boolean {
  return Buffer.from(body.subarray(0, 1024)).includes("%PDF-");
}

function startsLikeMarkup(body: Uint8Array): boolean {
  const start = Buffer.from(body.subarray(0, 200)).toString("latin1");
  // Nulls occur in UTF-16; the bytes above ASCII are those of byte order marks.
  return /^[\0\s\u00ef\u00bb\u00bf\u00fe\u00ff]*[<{[]/.test(start);
}

interface Marker {
  name: string;
  /** Lower-case texts. The page must contain all of them. */
  all: string[];
  /** Maximum size of the page, bytes. */
  within: number;
  /** HTTP status that a response must have to match; if missing, any status matches. */
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

/** Matches comments, and elements whose content no reader sees. */
const INVISIBLE = /<!--[\s\S]*?(?:-->|$)|<(noscript|script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const META = /<meta\b[^>]*(?:>|$)/gi;
const CONTENT = /\scontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*))/i;
const TAG = /<[^>]*(?:>|$)/g;

/** Returns the target of a meta refresh in a page with almost no text, without an HTML parser. */
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
