import { RETRY_POLICY } from "../../config/retry-policy.ts";
import type { SentCookie } from "../../crawler/http/cookies.ts";
import { type HttpRequest, SITEMAP_LIMITS } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/received.ts";
import { validatorsFor } from "../../crawler/http/validators.ts";
import { ownHosts } from "../../crawler/links/entry-points.ts";
import { type Host, isTrusted } from "../../model/crawl/host.ts";
import type { Link, Validators } from "../../model/crawl/link.ts";
import { GiveUp, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { Attempt, TurnDeps } from "../deps.ts";

export function requestPage(
  { browser, http, now, proxyOf }: TurnDeps,
  { link, host, slot }: Attempt,
  source: SourceRecord,
  cookies: readonly SentCookie[],
): Promise<Received | Skipped> {
  const { headers } = source;
  const proxy = proxyOf(source);
  const wanted: HttpRequest = { url: link.url, headers, cookies, proxy, start: slot.start };
  if (link.lane === "browser") {
    if (!browser) throw new RetryLater("browser", "this process has no browser");
    const turn = { host: link.host, turn: link.claim?.turn ?? 0, account: accountOf(source) };
    const own = [...ownHosts(source), ...source.allowHosts];
    return browser.render(turn, { ...wanted, ownHosts: own });
  }
  return http.get({
    ...wanted,
    validators: isOlderThanRights(link, host)
      ? {}
      : validatorsFor(link, isTrusted(host, "validators", now())),
    ...(link.kind === "sitemap" ? { limits: SITEMAP_LIMITS } : {}),
  });
}

/** Returns whether usage terms have changed since the last fetch: a 304 would hide the change. */
function isOlderThanRights({ kind, doneAt, hints }: Link, { rightsChangedAt }: Host): boolean {
  if (kind !== "article" || !doneAt) return false;
  const times = [rightsChangedAt, ...(hints.usage ?? []).map(({ seenAt }) => seenAt)];
  return times.some((at) => at && doneAt <= at);
}

/** Returns the source's id if its pages need their own browser contexts: for a login or headers. */
function accountOf({ _id, login, headers }: SourceRecord): string | undefined {
  return login || Object.keys(headers).length > 0 ? _id : undefined;
}

/** The cookies for a request or, if the page can't be requested yet, the changes to its link. */
export type Begun =
  | { cookies: SentCookie[] }
  | {
      instead: Partial<Link>;
      /** Whether logging in has sent requests to the site. */
      hasRequested: boolean;
    };

/**
 * Returns the cookies for requesting a link's page. If the page can't be requested yet, returns the
 * changes to the link: without a login session, the link moves to the browser's queue (`lane`),
 * where a worker logs in and moves the link back. Throws `GiveUp` if the link must move but has no
 * attempts left.
 */
export async function beginWithLogin(
  deps: TurnDeps,
  { link, slot }: Attempt,
  source: SourceRecord,
): Promise<Begun> {
  const dueAt = deps.now();
  const cookies = await deps.logins.cookiesOf(source);
  // The link is in the browser lane only because of the login.
  const lent = link.reason === "login" && source.render !== "browser";
  const back = lent ? ({ lane: "http", reason: null } as const) : {};
  if (link.lane === "http") {
    if (cookies) return { cookies };
    // Handing over counts as an attempt. Without a limit, roles whose secrets differ from the
    // browser's would hand the link back and forth forever.
    if (link.attempts >= RETRY_POLICY.link.maxAttempts) {
      throw new GiveUp(
        "login",
        "no login session can be decrypted: check that all roles have the same secrets",
      );
    }
    const instead = { state: "due", lane: "browser", reason: "login", dueAt } as const;
    return { instead, hasRequested: false };
  }
  const waiting = { state: "due", attempts: link.attempts - 1, ...back } as const;
  if (cookies)
    return "lane" in back ? { instead: { ...waiting, dueAt }, hasRequested: false } : { cookies };
  (await slot.start())();
  if (await deps.logins.enter(source))
    return { instead: { ...waiting, dueAt }, hasRequested: true };
  const later = new Date(dueAt.getTime() + RETRY_POLICY.login.delayMs);
  return {
    instead: { ...waiting, lane: link.lane, reason: link.reason, dueAt: later },
    hasRequested: false,
  };
}

/**
 * Returns changes that make a link due again, because its page looked logged out. Returns null if
 * no attempts are left, or if fetching the page again can't help.
 */
export async function afterLapse(
  deps: TurnDeps,
  { link }: Attempt,
  source: SourceRecord,
  received: Received,
): Promise<Partial<Link> | null> {
  if (
    link.attempts >= RETRY_POLICY.link.maxAttempts ||
    !(await deps.logins.lapse(source, received.startedAt))
  )
    return null;
  return { state: "due", dueAt: deps.now(), reason: null, detail: null };
}

export function withoutCookies(received: Received): Received {
  if (received.headers["set-cookie"] === undefined) return received;
  return { ...received, headers: { ...received.headers, "set-cookie": "***" } };
}

export function signedOut(what: string): never {
  throw new GiveUp("login", `the login fails: ${what}`);
}

export function validatorsOf({ headers }: Received): Validators {
  const { etag, "last-modified": lastModified } = headers;
  return { ...(etag && { etag }), ...(lastModified && { lastModified }) };
}
