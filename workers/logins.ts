import type { Secrets } from "../config/secrets.ts";
import { hostOf, sameSite } from "../discover/site.ts";
import type { SentCookie } from "../fetch/cookies.ts";
import type { Received } from "../fetch/received.ts";
import { GiveUp } from "../model/failure.ts";
import type { Source } from "../model/source.ts";

/** What says who we are at a source. */
export type Account = Pick<Source, "home" | "feeds" | "sitemaps" | "listings" | "login">;

/** The cookies of a source's login, none where it has no login; throws `GiveUp` (`login`) without its secrets. */
export type CookiesOf = (source: Account) => SentCookie[];

/** Characters of a cookie's value (RFC 6265, 4.1.1), and the blanks and quotes that sites use as well. */
const VALUE = /^[\x20-\x3a\x3c-\x7e]+$/;

/** Logins whose secrets come from `secrets`. */
export function createLogins(secrets: Secrets): CookiesOf {
  return (source) =>
    (source.login?.cookies ?? []).flatMap(
      ({ value: reference, domain, ...cookie }): SentCookie[] => {
        const value = secretOf(secrets, reference);
        if (!VALUE.test(value)) {
          throw new GiveUp("login", `${reference} holds characters that no cookie may have`);
        }
        if (domain) return [{ ...cookie, value, host: domain, below: true }];
        return ownHosts(source).map((host) => ({ ...cookie, value, host, below: false }));
      },
    );
}

/** Hosts of the source's addresses that belong to its own site: a feed may lie with a service. */
function ownHosts({ home, feeds, sitemaps, listings }: Account): string[] {
  const all = [...(home ? [home] : []), ...feeds, ...sitemaps, ...listings.map(({ url }) => url)];
  const [first] = all;
  if (first === undefined) return [];
  const own = all.filter((url) => sameSite(first, url));
  return [...new Set(own.flatMap((url) => hostOf(url) ?? []))];
}

function secretOf(secrets: Secrets, reference: string): string {
  try {
    return secrets(reference);
  } catch (error) {
    const why = error instanceof Error ? error.message : "can't be read";
    throw new GiveUp("login", `a secret is missing: ${why}`);
  }
}

/** A response to somebody who is logged in, without the cookies that it hands out. */
export function withoutCookies(received: Received): Received {
  if (received.headers["set-cookie"] === undefined) return received;
  return { ...received, headers: { ...received.headers, "set-cookie": "***" } };
}

/** Ends a look at a page that tells that the source's login doesn't hold any more. */
export function signedOut(what: string): never {
  throw new GiveUp("login", `the login doesn't hold: ${what}`);
}
