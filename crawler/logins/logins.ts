import { LIMITS } from "../../config/limits.ts";
import { type Secrets, secretOf } from "../../config/secrets.ts";
import { GiveUp } from "../../model/crawl/outcome.ts";
import type { Login } from "../../model/sources/login.ts";
import type { Source } from "../../model/sources/source.ts";
import type { LoginRequest } from "../browser/login.ts";
import { proxiesIn } from "../http/http.ts";
import type { SentCookie } from "../http/response.ts";
import { type Owning, ownHosts, urlsOf } from "../links/entry-points.ts";
import { siteOf } from "../links/url.ts";
import { type LoginSessions, seal, unseal } from "./sessions.ts";

/** The parts of a source that determine its login, proxy and own hosts. */
export type Account = Owning & Pick<Source, "id" | "login" | "proxy">;

/** Logs in to sites. Each method throws `GiveUp` (reason `login`) if a secret is missing. */
export interface Logins {
  /** Returns the source's cookies: none if it has no login, null if `enter` must log in first. */
  cookiesOf(source: Account): Promise<SentCookie[] | null>;
  /**
   * Logs in if necessary and possible. Returns false if another process is logging in. Throws a
   * `GiveUp` or `RetryLater` if the login fails.
   */
  enter(source: Account): Promise<boolean>;
  /**
   * Drops an expired session after a page looked logged out. Returns whether fetching the page
   * again can help.
   */
  lapse(source: Account, requestedAt: Date): Promise<boolean>;
}

interface Session {
  /** Time of the login, epoch ms. */
  at: number;
  cookies: SentCookie[];
}

/** A younger session is assumed to be valid, so logging in again wouldn't help. */
const MIN_SESSION_AGE_MS = 600_000;
/** Sites use more characters than RFC 6265, section 4.1.1, allows. */
const COOKIE_VALUE = /^[\x20-\x3a\x3c-\x7e]+$/;

/**
 * Returns a `Logins`. `logIn` logs in with a browser and returns the cookies; null without a
 * browser.
 */
export function createLogins(options: {
  secrets: Secrets;
  sessions: LoginSessions;
  logIn: ((request: LoginRequest) => Promise<SentCookie[]>) | null;
  now: () => Date;
}): Logins {
  const { secrets, sessions, logIn, now } = options;
  const proxyOf = proxiesIn(secrets);
  const opened = new Map<string, { sealed: string; session: Session }>();

  const stepsOf = ({ steps }: Login) =>
    steps.map((step) =>
      "value" in step ? { ...step, value: secretOf(secrets, step.value, "login") } : step,
    );

  /**
   * Returns the key that encrypts a source's sessions. The key changes with the login and its
   * secrets, which makes older sessions unreadable.
   */
  const keyOf = ({ login }: Account): string => {
    const values = login && stepsOf(login).map((step) => ("value" in step ? step.value : ""));
    return JSON.stringify([login, values]);
  };

  const current = async (source: Account): Promise<Session | null> => {
    const sealed = await sessions.read(source.id);
    const known = opened.get(source.id);
    const key = keyOf(source);
    if (sealed === null) return null;
    if (known?.sealed === `${key} ${sealed}`) return known.session;
    const text = await unseal(sealed, key);
    if (text === null) return null;
    const session: Session = JSON.parse(text);
    opened.set(source.id, { sealed: `${key} ${sealed}`, session });
    return session;
  };

  return {
    async cookiesOf(source) {
      if (!source.login) return [];
      const fixed = fixedCookies(secrets, source, source.login);
      if (source.login.steps.length === 0) return fixed;
      const session = await current(source);
      return session && [...fixed, ...session.cookies];
    },
    async enter(source) {
      const { id, login } = source;
      if (!login || !logIn || (await current(source))) return true;
      const key = keyOf(source);
      const before = await sessions.refused(id);
      const why = before && (await unseal(before, key));
      if (why)
        throw new GiveUp("login", `${why} (not tried again with the same secrets for an hour)`);
      const steps = stepsOf(login);
      const proxy = proxyOf(source);
      const right = await sessions.begin(id, LIMITS.loginsPerHour);
      if (right === "busy") return false;
      if (right === "too-many") {
        throw new GiveUp(
          "login",
          `the site ends sessions too soon: over ${LIMITS.loginsPerHour} logins within an hour`,
        );
      }
      try {
        const cookies = await logIn({
          steps,
          signedOut: login.signedOut,
          proxy,
          isOwn: (host) => isOwn(source, host),
        });
        const session: Session = { at: now().getTime(), cookies };
        await sessions.write(id, await seal(JSON.stringify(session), key), login.expires);
        return true;
      } catch (error) {
        // A missing proxy or a closed browser doesn't mean that the site refuses the login.
        if (error instanceof GiveUp && error.reason === "login")
          await sessions.refuse(id, await seal(error.message, key));
        throw error;
      } finally {
        await sessions.end(id);
      }
    },
    async lapse(source, requestedAt) {
      if (!source.login || source.login.steps.length === 0) return false;
      const session = await current(source);
      if (!session || session.at > requestedAt.getTime()) return true;
      if (now().getTime() - session.at < MIN_SESSION_AGE_MS) return false;
      await sessions.drop(source.id);
      return true;
    },
  };
}

/**
 * Returns the cookies; logs in if necessary. Throws a `GiveUp` while another process logs in, or if
 * logging in needs a browser and there is none.
 */
export async function cookiesNow(logins: Logins, source: Account): Promise<SentCookie[]> {
  const cookies = await logins.cookiesOf(source);
  if (cookies) return cookies;
  if (!(await logins.enter(source)))
    throw new GiveUp("login", "another process is logging in: try again in a minute");
  const now = await logins.cookiesOf(source);
  if (!now)
    throw new GiveUp("login", "there is no browser to log in, or the session has just ended");
  return now;
}

function fixedCookies(secrets: Secrets, source: Account, login: Login): SentCookie[] {
  return login.cookies.flatMap(({ value: reference, domain, ...cookie }): SentCookie[] => {
    const value = secretOf(secrets, reference, "login");
    if (!COOKIE_VALUE.test(value)) {
      throw new GiveUp("login", `${reference} contains characters that a cookie can't contain`);
    }
    if (domain) return [{ ...cookie, value, host: domain, below: true }];
    return ownHosts(source).map((host) => ({ ...cookie, value, host, below: false }));
  });
}

function isOwn(source: Account, host: string): boolean {
  const [first = ""] = urlsOf(source);
  return source.allowHosts.includes(host) || siteOf(`https://${host}`) === siteOf(first);
}
