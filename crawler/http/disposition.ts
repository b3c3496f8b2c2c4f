import { BOUNDS } from "../../config/bounds/http.ts";
import { GiveUp, type RetryLater } from "../../model/failure.ts";
import type { Hop, LinkKind } from "../../model/link.ts";
import type { Skipped } from "../../model/skipped.ts";
import { again } from "../politeness/backoff.ts";
import { challengeOf, isConsentAddress } from "./challenge.ts";
import { isPdf, isReadable } from "./media-type.ts";
import { isRedirect, type Received } from "./received.ts";
import { retryAfter } from "./retry-after.ts";

/** What to do with a response. */
export type Disposition =
  | { kind: "ok" }
  | { kind: "not-modified" }
  | { kind: "redirect"; to: string }
  | Skipped
  | RetryLater
  | GiveUp;

/** What a disposition depends on beside the response; `random` is in [0, 1). */
export interface Circumstances {
  kind: LinkKind;
  /** Tries of this link so far, this one included. */
  attempts: number;
  /** Redirects that led here. */
  hops: readonly Hop[];
  now: Date;
  random: number;
}

/** Redirects of one link. */
export const MAX_HOPS = BOUNDS.hops;

/** Judges a response by status, headers and the signs of a challenge page. */
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
      return again("timeout", `the server answered ${status}`, context, { delay });
    case 429:
      return again("too-many-requests", "the server answered 429", context, { delay });
    default:
      if (status >= 500) {
        // 503 with Retry-After speaks for the whole host, as 429 does (RFC 9110 section 15.6.4).
        const asked = status === 503 && delay !== null;
        const cause = asked ? "too-many-requests" : "server-error";
        return again(cause, `the server answered ${status}`, context, { delay });
      }
      return new GiveUp("bad-response", `the server answered ${status}`);
  }
}

function success(received: Received, context: Circumstances): Disposition {
  const { decoded, headers, status, url } = received;
  if (isConsentAddress(url)) return { skipped: "consent", detail: url };
  const type = headers["content-type"];
  if (decoded.length === 0) {
    return again("bad-response", `the server answered ${status} without a body`, context);
  }
  const readable = isReadable(type, decoded) || (context.kind === "article" && isPdf(decoded));
  if (!readable) return { skipped: "unsupported-type", detail: type ?? "no type" };
  return { kind: "ok" };
}

function notModified(received: Received, context: Circumstances): Disposition {
  const asked = received.requestHeaders;
  if (asked["if-none-match"] || asked["if-modified-since"]) return { kind: "not-modified" };
  return again("bad-response", "304 to a request without validators", context);
}

function redirect(received: Received, hops: readonly Hop[]): Disposition {
  const { location: to, status, url } = received;
  if (to === null) return new GiveUp("bad-response", `${status} without a readable Location`);
  if (!/^https?:/.test(to)) return { skipped: "bad-url", detail: to };
  if (url.startsWith("https:") && to.startsWith("http:")) {
    return new GiveUp("bad-response", `${status} from https down to ${to}`);
  }
  if (isConsentAddress(to)) return { skipped: "consent", detail: to };
  if (to === url || hops.some((hop) => hop.url === to)) {
    return new GiveUp("redirect-loop", `${status} back to ${to}`);
  }
  if (hops.length >= MAX_HOPS) {
    return new GiveUp("redirect-loop", `more than ${MAX_HOPS} redirects, the last to ${to}`);
  }
  return { kind: "redirect", to };
}
