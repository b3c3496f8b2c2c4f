import { randomUUID } from "node:crypto";
import type { BrowserContext, CDPSession, Page } from "playwright";
import { within } from "../../lib/async.ts";
import {
  type Cause,
  GiveUp,
  isSkipped,
  RetryLater,
  type Skipped,
} from "../../model/crawl/outcome.ts";
import { EgressRefused } from "../egress/guard.ts";
import { cookieHeader, type Received, type SentCookie } from "../http/response.ts";
import type { RequestSigner } from "../signing/sign.ts";
import { type DocumentGate, guardDocuments } from "./document.ts";
import type { BROWSER_LIMITS } from "./launch.ts";
import { type Proxy, REFUSED_HEADER } from "./proxy.ts";
import {
  contentOf,
  MIN_ARTICLE_CHARS,
  openWorld,
  type Traffic,
  waitUntilStable,
  watchTraffic,
} from "./stable.ts";

export interface RenderRequest {
  url: string;
  headers?: Record<string, string>;
  /** Other hosts that get `headers`, besides the host of `url`. */
  ownHosts?: readonly string[];
  /** Cookies to send. They remain in the context, so don't use the context for another source. */
  cookies?: readonly SentCookie[];
  signal?: AbortSignal;
  /**
   * Awaited before the request is sent. The promised function is called when the request is sent.
   */
  start?: () => Promise<() => void>;
}

/** Renders a URL. The body of the result is the DOM (UTF-8 with a BOM); empty after a redirect. */
type Render = (request: RenderRequest) => Promise<Received | Skipped>;

type RenderLimits = Pick<
  typeof BROWSER_LIMITS,
  "navigation" | "stable" | "call" | "rest" | "bytes"
>;

/** Opens a page, and returns the function that renders URLs in it. */
export async function openTurnPage(
  context: BrowserContext,
  proxy: Proxy,
  limits: RenderLimits,
  sign?: RequestSigner,
): Promise<Render> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const token = { username: randomUUID(), password: proxy.password };
  const gate = await guardDocuments(session, token, sign);
  await session.send("Network.enable");
  await session.send("Network.setBlockedURLs", { urls: BLOCKED });
  context.on("page", (popup) => {
    if (popup !== page) popup.close().catch(() => {});
  });
  page.on("dialog", (dialog) => {
    const answer = dialog.type() === "beforeunload" ? dialog.accept() : dialog.dismiss();
    answer.catch(() => {});
  });
  const traffic = watchTraffic(session);

  const rest = restOf({ page, session, traffic }, limits);

  const visit: Render = async (request) => {
    const { url, headers = {}, ownHosts = [], cookies = [], start } = request;
    if (!/^https?:\/\//i.test(url)) return { skipped: "bad-url", detail: url };
    const startedAt = new Date();
    const began = performance.now();
    traffic.start();
    proxy.beginPage(token.username);
    const hosts = [new URL(url).hostname, ...ownHosts];
    const own = Object.keys(headers).length > 0 ? { headers, hosts } : null;
    await within(limits.call, gate.expect({ url, start, own }), "setting headers");
    if (cookies.length > 0) await putCookies(context, cookies, limits.call);
    const sent = cookieHeader(cookies, url) === null ? headers : { ...headers, cookie: "***" };
    const facts = (status: number, answered: Record<string, string>) => ({
      url,
      status,
      headers: answered,
      requestHeaders: sent,
      address: proxy.addressOf(hostKey(url)),
      startedAt,
      endedAt: new Date(),
      ms: Math.round(performance.now() - began),
      encoding: null,
    });
    const arrived = await navigate(session, gate, url, limits);
    const answer = gate.answer();
    const error = proxy.errorOf(hostKey(url));
    const hasProxyFailed = error instanceof RetryLater || error instanceof GiveUp;
    if (hasProxyFailed && (!answer || REFUSED_HEADER in answer.headers)) throw error;
    if (!answer) {
      if (error instanceof EgressRefused) {
        return { skipped: "egress-refused", detail: error.message };
      }
      // If nothing arrived, the proxy couldn't connect.
      const cause = arrived ? "browser" : "connect";
      throw new RetryLater(cause, `${url} returned no document`);
    }
    const refused = answer.headers[REFUSED_HEADER];
    if (refused !== undefined) return refusedAs(answer.status, refused);
    if (!arrived) {
      const { status, location } = answer;
      const empty = { wire: new Uint8Array(), decoded: new Uint8Array(), truncated: false };
      return { ...facts(status, answer.headers), ...empty, location };
    }
    const world = openWorld(session, gate.main);
    const characters = await waitUntilStable(world, traffic, {
      longest: limits.stable,
      call: limits.call,
    });
    const dom = await within(limits.call, contentOf(world), "reading the page");
    const bytes = Buffer.from(`\ufeff${dom}`);
    const decoded = bytes.subarray(0, limits.bytes);
    const truncated = bytes.length > limits.bytes;
    const cut = gate.answer()?.cut ?? null;
    if (cut !== null && !truncated) throw new RetryLater("reset", `${cut} at ${url}`);
    return {
      ...facts(answer.status, answer.headers),
      wire: decoded,
      decoded,
      truncated,
      // Once the page has its text, a later navigation by its scripts doesn't matter.
      location: characters < MIN_ARTICLE_CHARS ? gate.moved() : null,
    };
  };

  return async (request) => {
    try {
      await rest.end(request.url);
      const answer = await visit(request);
      if (isSkipped(answer) || answer.decoded.byteLength === 0) await rest.leave();
      else await rest.begin();
      return answer;
    } catch (error) {
      if (error instanceof RetryLater || error instanceof GiveUp) await rest.leave();
      throw error;
    }
  };
}

async function navigate(
  session: CDPSession,
  gate: DocumentGate,
  url: string,
  limits: RenderLimits,
): Promise<boolean> {
  // Playwright's `goto` would cost 5 % more.
  const opened = session.send("Page.navigate", { url });
  const late = () => new RetryLater("timeout", `opening ${url} timed out`);
  const { errorText } = await within(limits.navigation, opened, "opening").catch(
    (error: unknown) => {
      throw /timed out/.test(String(error)) ? late() : error;
    },
  );
  if (errorText === undefined) return true;
  const answer = gate.answer();
  // A redirect that was stopped, or an error status without a body.
  if (answer && (answer.location !== null || answer.status >= 300)) return false;
  if (/ERR_TUNNEL_CONNECTION_FAILED/.test(errorText)) return false;
  const what = `${errorText} at ${url}`;
  const cause = siteCause(errorText);
  throw cause ? new RetryLater(cause, what) : new Error(what);
}

const BAD_RESPONSE =
  /^net::ERR_(ABORTED|CONNECTION|CONTENT|EMPTY|HTTP|INCOMPLETE|INVALID|RESPONSE|SOCKET|UNSAFE)/;

/** Returns why a site failed to send a page; null if the failure is the browser's. */
export function siteCause(errorText: string): Cause | null {
  if (/TIMED_OUT/.test(errorText)) return "timeout";
  if (/_(CERT|SSL)/.test(errorText)) return "tls";
  return BAD_RESPONSE.test(errorText) ? "bad-response" : null;
}

async function putCookies(context: BrowserContext, cookies: readonly SentCookie[], ms: number) {
  const own = cookies.map(({ name, value, host, below, path, secure }) => {
    const domain = below ? `.${host}` : host;
    return { name, value, domain, path, secure, httpOnly: true, sameSite: "Lax" as const };
  });
  await within(ms, context.addCookies(own), "setting cookies").catch(() => {
    // The browser's message contains the cookies' values.
    throw new RetryLater("login", "the browser refuses a cookie of the login");
  });
}

function refusedAs(status: number, reason: string): Skipped {
  if (status === 403) return { skipped: "egress-refused", detail: reason };
  const cause = /ENOTFOUND|EAI_AGAIN/.test(reason) ? "dns" : "connect";
  throw new RetryLater(cause, reason);
}

function hostKey(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname.replace(/^\[|\]$/g, "")}:${port || (protocol === "https:" ? 443 : 80)}`;
}

interface Rest {
  begin(): Promise<void>;
  /** Ends the rest. Call this before the page opens `url`. */
  end(url: string): Promise<void>;
  leave(): Promise<void>;
}

/**
 * Returns a page's `Rest`: between two renders, the page is stopped if possible. Opening an empty
 * page each time would cost a fifth of a render.
 */
export function restOf(
  { page, session, traffic }: { page: Page; session: CDPSession; traffic: Traffic },
  limits: Pick<RenderLimits, "rest" | "call">,
): Rest {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let leaving = Promise.resolve();

  const stop = async (on: boolean) => {
    stopped = on;
    const calls = Promise.all([
      session.send("Network.setBlockedURLs", { urls: on ? ["*"] : BLOCKED }),
      session.send("Emulation.setScriptExecutionDisabled", { value: on }),
    ]);
    await within(limits.call, calls, "stopping the page");
  };
  const leave = async () => {
    const left = session.send("Page.navigate", { url: "about:blank" });
    await within(limits.call, left, "leaving the page").catch(() => {});
  };
  // Frames of other sites, workers and pending responses continue even when the page's scripts
  // are stopped.
  const hasOnlyItself = () =>
    page.frames().length === 1 &&
    page.workers().length === 0 &&
    traffic.idle(performance.now()) > 0;

  return {
    leave,
    async begin() {
      if (!hasOnlyItself()) return leave();
      try {
        await stop(true);
      } catch {
        return leave();
      }
      timer = setTimeout(() => {
        leaving = leave();
      }, limits.rest);
      timer.unref();
    },
    async end(url) {
      clearTimeout(timer);
      await leaving;
      if (!stopped) return;
      await stop(false);
      // Navigating to another fragment would not reload the page.
      if (documentOf(url) === documentOf(page.url())) await leave();
    },
  };
}

function documentOf(url: string): string {
  return url.split("#", 1)[0] ?? "";
}

const IMAGES = ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp"];
const FONTS = ["woff", "woff2", "ttf", "otf", "eot"];
const MEDIA = ["mp4", "webm", "mp3", "m4a", "ogg", "m3u8", "mpd", "mov", "avi", "wav", "flac"];

const BLOCKED: string[] = [...IMAGES, ...FONTS, ...MEDIA].flatMap((ending) => [
  `*.${ending}`,
  `*.${ending}?*`,
]);
