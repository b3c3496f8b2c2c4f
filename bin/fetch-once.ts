import { type Config, PRODUCT } from "../config/env.ts";
import type { Guard } from "../crawler/egress/guard.ts";
import { blamesProxy } from "../crawler/egress/proxy-of.ts";
import type { Upstream } from "../crawler/egress/tunnel.ts";
import { decodeText } from "../crawler/http/charset.ts";
import type { SentCookie } from "../crawler/http/cookies.ts";
import { disposition, MAX_HOPS } from "../crawler/http/disposition.ts";
import type { HttpRequest } from "../crawler/http/http.ts";
import type { Received } from "../crawler/http/received.ts";
import { sameSite } from "../crawler/links/site.ts";
import { robotsCopy, verdict } from "../crawler/robots/policy.ts";
import { ReleaseStack } from "../lib/stack.ts";
import { GiveUp, RetryLater } from "../model/crawl/failure.ts";
import type { Hop } from "../model/crawl/link.ts";
import { isSkipped, type Skipped } from "../model/crawl/skipped.ts";
import { guardOf, openBrowser, openHttp } from "./roles/way-out.ts";

/** How one address is fetched outside of the pipeline. */
export interface FetchOnce {
  browser?: boolean;
  headers?: Record<string, string>;
  cookies?: readonly SentCookie[];
  proxy?: Upstream | null;
  /** Stay with the first answer. */
  noRedirect?: boolean;
}

/** What came: the last response and how it was reached; or why nothing did. */
export type Fetched = { hops: Hop[] } & ({ received: Received } | { refused: Skipped });

type Ask = (request: HttpRequest) => Promise<Received | Skipped>;

/**
 * Fetches one address as the pipeline would: same guard, robots.txt, limits, redirects by hand; no
 * database, no Redis. Throws `RetryLater` or `GiveUp` for what the pipeline would retry or give up.
 */
export async function fetchOnce(config: Config, url: string, options: FetchOnce): Promise<Fetched> {
  const stack = new ReleaseStack();
  try {
    const guard = guardOf(config);
    const http = openHttp(config, guard, stack);
    const { browser, proxy = null } = options;
    const ask = browser ? await browserAsk(config, guard, stack, proxy) : http.get;
    return await follow(http.get, ask, url, options);
  } finally {
    await stack.close();
  }
}

async function follow(http: Ask, ask: Ask, first: string, options: FetchOnce): Promise<Fetched> {
  const hops: Hop[] = [];
  for (let url = first; ; ) {
    const { cookies = [], proxy = null } = options;
    const refused = await robots(http, url, proxy);
    if (refused) return { hops, refused };
    const headers = sameSite(first, url) ? (options.headers ?? {}) : {};
    const received = await ask({ url, headers, cookies, proxy });
    if (isSkipped(received)) return { hops, refused: received };
    const context = { kind: "article", attempts: 1, hops, now: new Date(), random: 0 } as const;
    const what = disposition(received, context);
    if (options.noRedirect || hops.length > MAX_HOPS) return { hops, received };
    if (what instanceof RetryLater || what instanceof GiveUp || isSkipped(what)) {
      return { hops, received };
    }
    if (what.kind !== "redirect") return { hops, received };
    hops.push({ url, status: received.status, location: what.to });
    url = what.to;
  }
}

async function robots(http: Ask, url: string, proxy: Upstream | null): Promise<Skipped | null> {
  const target = new URL("/robots.txt", url).href;
  const answer = await http({ url: target, proxy }).catch((error: unknown) => {
    if (blamesProxy(error)) throw error;
    return String(error);
  });
  if (typeof answer === "object" && isSkipped(answer)) return answer;
  const copy = robotsCopy(
    typeof answer === "string"
      ? { failed: answer }
      : {
          status: answer.status,
          text: decodeText(answer.decoded, answer.headers["content-type"]).text,
        },
    null,
    new Date(),
  );
  const said = verdict(copy, PRODUCT, url);
  return isSkipped(said) ? said : null;
}

async function browserAsk(
  config: Config,
  guard: Guard,
  stack: ReleaseStack,
  proxy: Upstream | null,
): Promise<Ask> {
  const browser = await openBrowser(config, guard, stack);
  stack.add("browser", () => browser.close());
  const turn = await browser.open(proxy);
  stack.add("turn", () => turn.close());
  return (request) => turn.render(request);
}
