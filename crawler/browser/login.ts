import type { BrowserContext, Page } from "playwright";
import { within } from "../../lib/async.ts";
import { GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import type { LoginStep } from "../../model/sources/login.ts";
import type { Upstream } from "../egress/tunnel.ts";
import type { SentCookie } from "../http/response.ts";
import type { BROWSER_LIMITS } from "./launch.ts";

/** `steps` contain secret values. The selector `signedOut` matches only if nobody is logged in. */
export interface LoginRequest {
  steps: readonly LoginStep[];
  signedOut: string | undefined;
  proxy?: Upstream | null;
  /** Returns whether a host is allowed to get the login's input and cookies. */
  isOwn(host: string): boolean;
}

type LoginLimits = Pick<typeof BROWSER_LIMITS, "navigation" | "stable">;

/** `NEWSGATHER_STUCK_AFTER` is longer by default, so that no job looks stuck. */
const LOGIN_TIMEOUT_MS = 50_000;

/**
 * Logs in and returns the site's cookies. Throws `GiveUp` if the login fails, or `RetryLater` if a
 * page doesn't load or time runs out. The errors never contain the values filled in.
 */
export async function logIn(
  context: BrowserContext,
  request: LoginRequest,
  limits: LoginLimits,
): Promise<SentCookie[]> {
  const page = await context.newPage().catch(() => null);
  if (!page) throw new RetryLater("login", "the browser can't open a page to log in");
  const all = run(page, request, limits);
  await within(LOGIN_TIMEOUT_MS, all, "logging in").catch((error: unknown) => {
    if (error instanceof GiveUp || error instanceof RetryLater) throw error;
    throw new RetryLater("login", "the login took too long");
  });
  const allCookies = await context.cookies().catch(() => []);
  const cookies = allCookies
    .filter(({ domain }) => request.isOwn(domain.replace(/^\./, "")))
    .map(({ name, value, domain, path, secure }) => {
      const below = domain.startsWith(".");
      return { name, value, host: domain.replace(/^\./, ""), below, path, secure };
    });
  if (cookies.length === 0) throw new GiveUp("login", "the site set no cookie after the login");
  return cookies;
}

async function run(
  page: Page,
  { steps, signedOut, isOwn }: LoginRequest,
  limits: LoginLimits,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const name = `step ${index + 1} (${Object.keys(step)[0]}) of the login`;
    if ("value" in step && !isOwn(new URL(page.url()).hostname)) {
      throw new GiveUp("login", `${name}: the form is on another site, ${hostOf(page)}`);
    }
    await take(page, step, limits).catch(() => {
      if ("goto" in step) throw new RetryLater("login", `${name}: the page didn't load`);
      throw new GiveUp(
        "login",
        `${name} failed at ${hostOf(page)}: the site refused the step, or its pages have changed`,
      );
    });
  }
  if (signedOut === undefined) return;
  const signedOutElement = page.locator(signedOut);
  const last = steps.at(-1);
  // After a `wait` step the page is final. Otherwise the site might still be about to respond.
  if (!last || !("wait" in last)) {
    const gone = { state: "detached", timeout: limits.stable } as const;
    await signedOutElement
      .first()
      .waitFor(gone)
      .catch(() => {});
  }
  if ((await signedOutElement.count().catch(() => 1)) > 0) {
    throw new GiveUp(
      "login",
      "after the login's steps, the page still shows that nobody is logged in",
    );
  }
}

async function take(
  page: Page,
  step: LoginStep,
  { navigation, stable }: LoginLimits,
): Promise<unknown> {
  const options = { timeout: stable };
  if ("goto" in step) {
    return page.goto(step.goto, { timeout: navigation, waitUntil: "domcontentloaded" });
  }
  if ("fill" in step) return page.locator(step.fill).first().fill(step.value, options);
  if ("click" in step) return page.locator(step.click).first().click(options);
  return page.locator(step.wait).first().waitFor(options);
}

function hostOf(page: Page): string {
  return URL.canParse(page.url()) ? new URL(page.url()).host : "no site";
}
