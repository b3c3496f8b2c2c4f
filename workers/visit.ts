import { LIMITS } from "../config/limits.ts";
import { decodeText } from "../fetch/charset.ts";
import type { SentCookie } from "../fetch/cookies.ts";
import { disposition } from "../fetch/disposition.ts";
import { type Http, type HttpRequest, SITEMAP_LIMITS } from "../fetch/http.ts";
import type { Received } from "../fetch/received.ts";
import { type FileAnswer, robotsCopy, robotsDelay, verdict } from "../fetch/robots-policy.ts";
import { isReserved, TDM_BYTES, TDM_PATH, tdmCopy } from "../fetch/tdmrep.ts";
import { cached } from "../lib/cache.ts";
import { sleep } from "../lib/time.ts";
import { GiveUp, RetryLater } from "../model/failure.ts";
import type { RobotsCopy, TdmCopy } from "../model/host.ts";
import type { Hop, LinkKind } from "../model/link.ts";
import { isSkipped, type Skipped } from "../model/skipped.ts";
import type { Source } from "../model/source.ts";
import { type Account, cookiesNow, type Logins } from "./logins.ts";
import { isOurs } from "./own-hosts.ts";

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
  /** With the headers and the login of `source`. */
  visit(url: string, kind: LinkKind, source?: Asking): Promise<Visited>;
  robots(url: string): Promise<RobotsCopy>;
  /** Whether the host's tdmrep.json, read once, reserves a page. */
  isReserved(url: string): Promise<boolean>;
  /** Requests made so far. */
  requests(): number;
}

/** Waits for a place at a host, `delay` ms after the last request to it. */
export type TakePlace = (host: string, delay: number) => Promise<Place>;

type Asked = Pick<HttpRequest, "limits" | "headers" | "cookies">;

/** What of a source tells how it is asked. */
export type Asking = Account & Pick<Source, "headers">;

/** From the end of a request to the start of the next, where nobody asks for more, ms. */
const DELAY = 2000;
/** Tries of one address, and the longest wait between them, ms. */
const TRIES = 2;
const PATIENCE = 5000;
/** A Crawl-delay over this is kept by not looking at all, ms. */
const LONGEST_DELAY = 60_000;
const ROBOTS_KEPT = 600_000;

/** A visitor over a way out; `takePlace` keeps the pace. */
export function createVisitor(options: {
  http: Pick<Http, "get">;
  takePlace: TakePlace;
  product: string;
  now: () => Date;
  delay?: number;
  /** Where there are none, no login is used. */
  logins?: Logins;
  ignoreRobots?: boolean;
}): Visitor {
  const { http, takePlace, product, now, logins } = options;
  const { delay: least = DELAY, ignoreRobots = false } = options;
  let requests = 0;
  const copies = cached(readRobots, { ttl: ROBOTS_KEPT, size: 1000 });
  const reservations = cached(readTdmrep, { ttl: ROBOTS_KEPT, size: 1000 });

  return {
    visit,
    robots: (url) => copies.get(new URL(url).origin),
    isReserved: async (url) => {
      const { rules } = await reservations.get(new URL(url).origin);
      return isReserved(rules, url);
    },
    requests: () => requests,
  };

  async function ask(url: string, delay: number, { limits, headers = {}, cookies = [] }: Asked) {
    const place = await takePlace(new URL(url).host, delay);
    requests += 1;
    try {
      return await http.get({
        url,
        headers,
        cookies,
        start: place.start,
        ...(limits && { limits }),
      });
    } finally {
      await place.release();
    }
  }

  async function readRobots(origin: string): Promise<RobotsCopy> {
    const answer = await askFile(`${origin}/robots.txt`, least, LIMITS.robotsBytes);
    return robotsCopy(answer, null, now());
  }

  async function readTdmrep(origin: string): Promise<TdmCopy> {
    const url = origin + TDM_PATH;
    const robots = ignoreRobots ? null : await copies.get(origin);
    const said = robots && verdict(robots, product, url);
    const delay = Math.max(least, robots ? robotsDelay(robots, product) : 0);
    const answer =
      said && isSkipped(said) ? { failed: said.skipped } : await askFile(url, delay, TDM_BYTES);
    return tdmCopy(answer, null, now());
  }

  async function askFile(first: string, delay: number, bytes: number): Promise<FileAnswer> {
    const limits = { bytes, decodedBytes: bytes };
    for (let url = first, hop = 0; ; hop++) {
      const answer = await ask(url, delay, { limits }).catch((error: unknown) => String(error));
      if (typeof answer === "string") return { failed: answer };
      if (isSkipped(answer)) return { failed: answer.detail ?? answer.skipped };
      const { status, location, decoded, headers } = answer;
      if (location && hop < 5) url = location;
      else return { status, text: decodeText(decoded, headers["content-type"]).text };
    }
  }

  async function visit(first: string, kind: LinkKind, source?: Asking): Promise<Visited> {
    const hops: Hop[] = [];
    let cookies: SentCookie[] = [];
    try {
      if (source && logins) cookies = await cookiesNow(logins, source);
    } catch (error) {
      const { reason: cause, message: detail } = failureOf(error);
      return { hops, failed: { cause, detail } };
    }
    for (let url = first, attempts = 1; ; ) {
      const copy = ignoreRobots ? null : await copies.get(new URL(url).origin);
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
      const what = await ask(url, delay, { headers, cookies, ...limits }).then(
        (received) => (isSkipped(received) ? received : judged(received, hops, attempts)),
        (error: unknown) => failureOf(error),
      );
      if (isSkipped(what)) return { hops, refused: what };
      if (what instanceof RetryLater && attempts < TRIES) {
        attempts += 1;
        await sleep(Math.min(PATIENCE, what.delay));
        continue;
      }
      if (what instanceof RetryLater || what instanceof GiveUp) {
        return { hops, failed: { cause: what.reason, detail: what.message } };
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
