import type { Skipped } from "../../model/skipped.ts";
import type { Received } from "./received.ts";

/** A wall between us and the page: what shows it, and how long a page with it can be (bytes). */
interface Marker {
  name: string;
  all: string[];
  within: number;
}

const HEAD = 60_000;
// The vendors' scripts run on ordinary pages too, so a script alone counts on tiny pages only.
const MARKERS: Marker[] = [
  { name: "Cloudflare challenge", all: ["_cf_chl_opt"], within: HEAD },
  { name: "Cloudflare challenge", all: ["<title>just a moment...</title>"], within: HEAD },
  { name: "Cloudflare block", all: ["cf-error-details", "cloudflare"], within: HEAD },
  { name: "DataDome captcha", all: ["captcha-delivery.com"], within: 6000 },
  { name: "PerimeterX captcha", all: ["px-captcha"], within: 20_000 },
  { name: "Imperva challenge", all: ["_incapsula_resource"], within: 6000 },
  { name: "AWS WAF challenge", all: ["awswafcookiedomainlist"], within: 20_000 },
  { name: "Akamai block", all: ["access denied", "reference&#32;&#35;"], within: 4000 },
  { name: "captcha", all: ["g-recaptcha", "unusual traffic"], within: 20_000 },
  { name: "captcha", all: ["h-captcha", "verify you are human"], within: 20_000 },
];

/** Why a response is a challenge or block page instead of the document; null when it is not. */
export function challengeOf(received: Received): Skipped | null {
  const { headers, decoded } = received;
  if (headers["cf-mitigated"]) return blocked(`Cloudflare ${headers["cf-mitigated"]}`);
  if (headers["x-amzn-waf-action"]) return blocked(`AWS WAF ${headers["x-amzn-waf-action"]}`);
  const head = Buffer.from(decoded.subarray(0, HEAD)).toString("latin1").toLowerCase();
  const marker = MARKERS.find(({ all, within }) => {
    return decoded.length <= within && all.every((text) => head.includes(text));
  });
  return marker ? blocked(marker.name) : null;
}

/** Whether an address is a consent service (`consent.example.com`) instead of a page. */
export function isConsentAddress(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  return (
    /(^|\.)(consent|guce|cookiewall|myprivacy)\./.test(hostname) ||
    /^\/(consent|cookiewall)(\/|$)/.test(pathname)
  );
}

function blocked(detail: string): Skipped {
  return { skipped: "blocked", detail };
}
