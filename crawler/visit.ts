import { HTTP_BOUNDS } from "../config/limits.ts";
import { RETRY_POLICY } from "../config/retry-policy.ts";
import { sleep } from "../lib/time.ts";
import { NO_ENTRY_POINTS } from "../model/crawl/entry-points.ts";
import type { RobotsCopy } from "../model/crawl/host.ts";
import type { Hop, LinkKind } from "../model/crawl/link.ts";
import { type Cause, GiveUp, isSkipped, RetryLater, type Skipped } from "../model/crawl/outcome.ts";
import type { Source } from "../model/sources/source.ts";
import type { Http, ProxyOf } from "./http/http.ts";
import { disposition, type Received } from "./http/response.ts";
import { isOurs } from "./links/entry-points.ts";
import { type Account, cookiesNow, type Logins } from "./logins/logins.ts";
import { type HostRights, hostRights } from "./rights/page-signals.ts";
import { type FileRequest, hostFiles } from "./robots/host-files.ts";
import { refusalBy, robotsDelay } from "./robots/robots.ts";

/** The result of fetching one URL outside of a run: the page, or the reason why there is none. */
export type Visited = { hops: Hop[] } & (
  | {
      received: Received;
      /**
       * What robots.txt and tdmrep.json state about the use of the page. Missing unless the caller
       * of `visit` adds it.
       */
      host?: HostRights;
    }
  // `received` is the response that led to the outcome; missing if there was no response.
  | { refused: Skipped; received?: Received }
  | { failed: { cause: string; detail: string }; received?: Received }
);

interface Permit {
  start(): Promise<() => void>;
  release(): Promise<unknown>;
}

/** Fetches single URLs, and always obeys robots.txt. */
export interface Visitor {
  /** Fetches a URL, with the headers, login and proxy of `source`. Never rejects. */
  visit(url: string, kind: LinkKind, source?: RequestingSource): Promise<Visited>;
  robots(url: string, source?: RequestingSource): Promise<RobotsCopy>;
  rights(url: string, source?: RequestingSource): Promise<HostRights>;
  /** Returns the number of requests so far, including those for robots.txt and tdmrep.json. */
  requests(): number;
}

/** Waits for a permit. The host's next permit follows at least `delay` ms after the release. */
export type AcquirePermit = (host: string, delay: number) => Promise<Permit>;

type RequestingSource = Account & Pick<Source, "headers">;

const DEFAULT_DELAY_MS = 2000;
const MAX_CRAWL_DELAY_MS = 60_000;

export interface VisitorOptions {
  http: Pick<Http, "get">;
  /** Fetches pages; `http` by default. robots.txt and tdmrep.json always use `http`. */
  pages?: Pick<Http, "get">;
  acquirePermit: AcquirePermit;
  product: string;
  now: () => Date;
  /** Minimum pause between requests to a host, ms; `DEFAULT_DELAY_MS` by default. */
  delay?: number;
  logins?: Logins;
  proxyOf?: ProxyOf;
  followRedirects?: boolean;
  maxAttempts?: number;
}

/**
 * Returns a visitor that obeys robots.txt. By default, it follows redirects, and retries once after
 * a temporary failure.
 */
export function createVisitor(options: VisitorOptions): Visitor {
  const { http, pages = http, acquirePermit, product, now, logins, proxyOf = () => null } = options;
  const { delay: least = DEFAULT_DELAY_MS, followRedirects = true } = options;
  const { maxAttempts = RETRY_POLICY.visit.maxAttempts } = options;
  let requests = 0;
  const proxyFor = (source?: RequestingSource) => (source ? proxyOf(source) : null);
  const filesBy = hostFiles({
    ask: (url, delay, params) => request(http, url, delay, params),
    product,
    now,
    delay: least,
  });

  return {
    visit: (url, kind, source) =>
      visit(url, kind, source).catch((error: unknown) => ({
        hops: [],
        failed: describe(failureOf(error)),
      })),
    robots: async (url, source) => filesBy(proxyFor(source)).robots.get(new URL(url).origin),
    rights: async (url, source) => {
      const files = filesBy(proxyFor(source));
      const { origin } = new URL(url);
      const tdm = await files.tdmrep.get(origin);
      const robots = await files.robots.get(origin);
      return hostRights({ tdm, robots }, product, url);
    },
    requests: () => requests,
  };

  async function request(
    client: Pick<Http, "get">,
    url: string,
    delay: number,
    params: FileRequest,
  ): Promise<Received | Skipped> {
    const place = await acquirePermit(new URL(url).host, delay);
    requests += 1;
    try {
      return await client.get({ url, ...params, start: place.start });
    } finally {
      await place.release();
    }
  }

  async function visit(first: string, kind: LinkKind, source?: RequestingSource): Promise<Visited> {
    const hops: Hop[] = [];
    const proxy = proxyFor(source);
    const cookies = source && logins ? await cookiesNow(logins, source) : [];
    for (let url = first, attempts = 1; ; ) {
      const robots = await filesBy(proxy).robots.get(new URL(url).origin);
      const refused = refusalBy(robots, product, url);
      if (refused) return { hops, refused };
      const delay = Math.max(least, robotsDelay(robots, product));
      if (delay > MAX_CRAWL_DELAY_MS) {
        const detail = `robots.txt asks for ${delay / 1000} s between requests, over the limit of ${MAX_CRAWL_DELAY_MS / 1000} s`;
        return { hops, failed: { cause: "too-many-requests", detail } };
      }
      const isOwn = source && isOurs(source, first, new URL(url));
      const headers = isOwn ? source.headers : {};
      const params = {
        headers,
        cookies,
        proxy,
        ...(kind === "sitemap" && { maxBytes: HTTP_BOUNDS.sitemap }),
      };
      const answer = await request(pages, url, delay, params).catch(failureOf);
      if (isSkipped(answer)) return { hops, refused: answer };
      const received = answer instanceof Error ? null : answer;
      const context = { kind, attempts, hops, now: now(), random: 0 };
      const judged = answer instanceof Error ? answer : disposition(answer, context);
      if (judged instanceof RetryLater && attempts < maxAttempts) {
        attempts += 1;
        const { maxDelayMs } = RETRY_POLICY.visit;
        await sleep(Math.min(maxDelayMs, judged.delay ?? maxDelayMs));
        continue;
      }
      const response = received && { received };
      if (isSkipped(judged)) return { hops, refused: judged, ...response };
      if (judged instanceof Error) return { hops, failed: describe(judged), ...response };
      if (!received) throw new TypeError("a judgement needs a response");
      if (judged.kind !== "redirect" || !followRedirects) return { hops, received };
      hops.push({ url, status: received.status, location: judged.to });
      url = judged.to;
    }
  }
}

function describe({ reason, message }: RetryLater | GiveUp): { cause: Cause; detail: string } {
  return { cause: reason, detail: message };
}

function failureOf(error: unknown): RetryLater | GiveUp {
  if (error instanceof RetryLater || error instanceof GiveUp) return error;
  return new GiveUp("unknown", error instanceof Error ? error.message : String(error));
}

/** Returns permits for this process only: unsafe if another process fetches from the same hosts. */
export function ownPermits(): AcquirePermit {
  const free = new Map<string, number>();
  return async (host, delay) => {
    await sleep(Math.max(0, (free.get(host) ?? 0) - Date.now()));
    return {
      start: () => Promise.resolve(() => {}),
      release: () => Promise.resolve(free.set(host, Date.now() + delay)),
    };
  };
}

/**
 * Returns a visitor that uses `proxy`, and no source's login or headers. Without `proxy`, returns
 * `visitor`.
 */
export function throughProxy(visitor: Visitor, proxy: string | undefined): Visitor {
  if (proxy === undefined) return visitor;
  const stranger: RequestingSource = {
    id: "",
    ...NO_ENTRY_POINTS,
    allowHosts: [],
    headers: {},
    proxy,
  };
  return {
    ...visitor,
    visit: (url, kind) => visitor.visit(url, kind, stranger),
    robots: (url) => visitor.robots(url, stranger),
    rights: (url) => visitor.rights(url, stranger),
  };
}
