import { RETRY_POLICY } from "../config/retry-policy.ts";
import { sleep } from "../lib/time.ts";
import { GiveUp, RetryLater } from "../model/crawl/failure.ts";
import type { RobotsCopy } from "../model/crawl/host.ts";
import type { Hop, LinkKind } from "../model/crawl/link.ts";
import { isSkipped, type Skipped } from "../model/crawl/skipped.ts";
import type { Source } from "../model/sources/source.ts";
import type { ProxyOf } from "./egress/proxy-of.ts";
import type { Upstream } from "./egress/tunnel.ts";
import type { SentCookie } from "./http/cookies.ts";
import { disposition } from "./http/disposition.ts";
import { type Http, SITEMAP_LIMITS } from "./http/http.ts";
import type { Received } from "./http/received.ts";
import { isOurs } from "./links/entry-points.ts";
import { type Account, cookiesNow, type Logins } from "./logins/logins.ts";
import { type Asked, hostFiles } from "./robots/host-files.ts";
import { robotsDelay, verdict } from "./robots/policy.ts";
import { isReserved } from "./robots/tdmrep.ts";

/** What came of an address that was looked at outside of a run: a page, or why none came. */
export type Visited = { hops: Hop[] } & (
  | {
      received: Received;
      /** Whether the host's tdmrep.json reserves it, where that was asked for. */
      byHost?: boolean;
    }
  | { refused: Skipped }
  | { failed: { cause: string; detail: string } }
);

/** The right to make one request to a host. */
export interface Place {
  start(): Promise<() => void>;
  release(): Promise<unknown>;
}

/** Looks at addresses as a run would: same guard, robots.txt, pace, redirects, judgement. */
export interface Visitor {
  /** With the headers, the login and the proxy of `source`. */
  visit(url: string, kind: LinkKind, source?: Asking): Promise<Visited>;
  robots(url: string, source?: Asking): Promise<RobotsCopy>;
  /** Whether the host's tdmrep.json, read once, reserves a page. */
  isReserved(url: string, source?: Asking): Promise<boolean>;
  /** Requests made so far. */
  requests(): number;
}

/** Waits for a place at a host, `delay` ms after the last request to it. */
export type TakePlace = (host: string, delay: number) => Promise<Place>;

/** What of a source tells how it is asked. */
export type Asking = Account & Pick<Source, "headers">;

/** From the end of a request to the start of the next, where nobody asks for more, ms. */
const DELAY = 2000;
const { maxAttempts, maxDelayMs } = RETRY_POLICY.visit;
/** A Crawl-delay over this is kept by not looking at all, ms. */
const LONGEST_DELAY = 60_000;

/** A visitor over a way out; `takePlace` keeps the pace. */
export function createVisitor(options: {
  http: Pick<Http, "get">;
  takePlace: TakePlace;
  product: string;
  now: () => Date;
  delay?: number;
  /** Where there are none, no login is used. */
  logins?: Logins;
  /** Where there is none, no proxy is used. */
  proxyOf?: ProxyOf;
  ignoreRobots?: boolean;
}): Visitor {
  const { http, takePlace, product, now, logins, proxyOf = () => null } = options;
  const { delay: least = DELAY, ignoreRobots = false } = options;
  let requests = 0;
  const filesBy = hostFiles({ ask, product, now, delay: least, ignoreRobots });

  return {
    visit,
    robots: async (url, source) => {
      const { robots } = filesBy(source ? proxyOf(source) : null);
      return robots.get(new URL(url).origin);
    },
    isReserved: async (url, source) => {
      const { tdmrep } = filesBy(source ? proxyOf(source) : null);
      const { rules } = await tdmrep.get(new URL(url).origin);
      return isReserved(rules, url);
    },
    requests: () => requests,
  };

  /** A host's robots.txt; what a proxy is to blame for instead. */
  function robotsBy(proxy: Upstream | null, url: string) {
    return filesBy(proxy)
      .robots.get(new URL(url).origin)
      .then(
        (copy) => ({ copy }),
        (error: unknown) => ({ failed: causeOf(error) }),
      );
  }

  async function ask(url: string, delay: number, asked: Asked): Promise<Received | Skipped> {
    const { limits, headers = {}, cookies = [], proxy } = asked;
    const place = await takePlace(new URL(url).host, delay);
    requests += 1;
    try {
      return await http.get({
        url,
        headers,
        cookies,
        proxy,
        start: place.start,
        ...(limits && { limits }),
      });
    } finally {
      await place.release();
    }
  }

  async function visit(first: string, kind: LinkKind, source?: Asking): Promise<Visited> {
    const hops: Hop[] = [];
    let cookies: SentCookie[] = [];
    let proxy: Upstream | null = null;
    try {
      if (source) proxy = proxyOf(source);
      if (source && logins) cookies = await cookiesNow(logins, source);
    } catch (error) {
      return { hops, failed: causeOf(error) };
    }
    for (let url = first, attempts = 1; ; ) {
      const read = ignoreRobots ? null : await robotsBy(proxy, url);
      if (read && "failed" in read) return { hops, ...read };
      const copy = read?.copy;
      const said = copy && verdict(copy, product, url);
      if (said && isSkipped(said)) return { hops, refused: said };
      const delay = Math.max(least, copy ? robotsDelay(copy, product) : 0);
      if (delay > LONGEST_DELAY) {
        const detail = `robots.txt asks for ${delay / 1000} s between requests`;
        return { hops, failed: { cause: "too-many-requests", detail } };
      }
      const limits = kind === "sitemap" ? { limits: SITEMAP_LIMITS } : {};
      const ours = source && isOurs(source, first, new URL(url));
      const headers = ours ? source.headers : {};
      const what = await ask(url, delay, { headers, cookies, proxy, ...limits }).then(
        (received) => (isSkipped(received) ? received : judged(received, hops, attempts)),
        (error: unknown) => failureOf(error),
      );
      if (isSkipped(what)) return { hops, refused: what };
      if (what instanceof RetryLater && attempts < maxAttempts) {
        attempts += 1;
        await sleep(Math.min(maxDelayMs, what.delay ?? maxDelayMs));
        continue;
      }
      if (what instanceof RetryLater || what instanceof GiveUp) {
        return { hops, failed: causeOf(what) };
      }
      if (what.to === null) return { hops, received: what.received };
      hops.push({ url, status: what.received.status, location: what.to });
      url = what.to;
    }

    function judged(received: Received, before: Hop[], attempts: number) {
      const context = { kind, attempts, hops: before, now: now(), random: 0 };
      const judgement = disposition(received, context);
      if (judgement instanceof RetryLater || judgement instanceof GiveUp || isSkipped(judgement)) {
        return judgement;
      }
      return { received, to: judgement.kind === "redirect" ? judgement.to : null };
    }
  }
}

function causeOf(error: unknown): { cause: string; detail: string } {
  const { reason, message } = failureOf(error);
  return { cause: reason, detail: message };
}

function failureOf(error: unknown): RetryLater | GiveUp {
  if (error instanceof RetryLater || error instanceof GiveUp) return error;
  return new GiveUp("unknown", error instanceof Error ? error.message : String(error));
}

/** Places of one process alone, where no other one shares the pace. */
export function ownPlaces(): TakePlace {
  const free = new Map<string, number>();
  return async (host, delay) => {
    await sleep(Math.max(0, (free.get(host) ?? 0) - Date.now()));
    return {
      start: () => Promise.resolve(() => {}),
      release: () => Promise.resolve(free.set(host, Date.now() + delay)),
    };
  };
}

/** A visitor that looks at a site as a stranger does, but through the proxy that a source names, if any. */
export function throughProxy(visitor: Visitor, proxy: string | undefined): Visitor {
  if (proxy === undefined) return visitor;
  const nothing = { feeds: [], sitemaps: [], listings: [], allowHosts: [], headers: {} };
  const stranger: Asking = { id: "", ...nothing, proxy };
  return {
    ...visitor,
    visit: (url, kind) => visitor.visit(url, kind, stranger),
    robots: (url) => visitor.robots(url, stranger),
    isReserved: (url) => visitor.isReserved(url, stranger),
  };
}
