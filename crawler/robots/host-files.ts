import { LIMITS } from "../../config/limits.ts";
import { type Cached, cached } from "../../lib/async.ts";
import type { RobotsCopy, TdmCopy } from "../../model/crawl/host.ts";
import type { Hop } from "../../model/crawl/link.ts";
import {
  blamesProxy,
  GiveUp,
  isSkipped,
  RetryLater,
  type Skipped,
} from "../../model/crawl/outcome.ts";
import type { Upstream } from "../egress/tunnel.ts";
import { decodeText } from "../http/decode.ts";
import type { HttpRequest } from "../http/http.ts";
import type { Received } from "../http/response.ts";
import {
  type FileAnswer,
  refusalBy,
  robotsCopy,
  robotsDelay,
  TDM_BYTES,
  TDM_PATH,
  tdmCopy,
} from "./robots.ts";

/** The robots.txt and tdmrep.json of each origin. `get` rejects only if the proxy failed. */
export interface HostFiles {
  robots: Cached<RobotsCopy>;
  tdmrep: Cached<TdmCopy>;
}

export type FileRequest = Pick<HttpRequest, "maxBytes" | "headers" | "cookies"> & {
  proxy: Upstream | null;
};

type Ask = (url: string, delay: number, request: FileRequest) => Promise<Received | Skipped>;

const CACHE_LIMITS = { ttl: 600_000, size: 1000 };
/** RFC 9309 section 2.3.1.2 asks for at least five. */
const MAX_REDIRECTS = 5;

export interface HostFileResponse {
  answer: FileAnswer;
  received: Received | null;
  hops: Hop[];
  /** The failure of the last request; missing after a response, a skip or an unexpected error. */
  failure?: RetryLater | GiveUp;
}

/**
 * Fetches robots.txt or tdmrep.json, and follows redirects. Never rejects: the result contains any
 * failure. `request` must observe the pace of each host.
 */
export async function fetchHostFile(
  first: string,
  request: (url: string) => Promise<Received | Skipped>,
): Promise<HostFileResponse> {
  const hops: Hop[] = [];
  let received: Received | null = null;
  for (let url = first; ; ) {
    try {
      const response = await request(url);
      if (isSkipped(response)) {
        return { answer: { failed: response.detail ?? response.skipped }, received, hops };
      }
      received = response;
    } catch (error) {
      const failed = error instanceof Error ? error.message : String(error);
      const isKnown = error instanceof RetryLater || error instanceof GiveUp;
      return { answer: { failed }, received, hops, ...(isKnown && { failure: error }) };
    }
    const { status, location, decoded, headers } = received;
    if (!location || hops.length >= MAX_REDIRECTS) {
      const { text } = decodeText(decoded, headers["content-type"]);
      return { answer: { status, text }, received, hops };
    }
    hops.push({ url, status, location });
    url = location;
  }
}

/**
 * Returns a function that takes a proxy and returns the host files as fetched through it. `delay`
 * is the minimum time between requests to a host, ms.
 */
export function hostFiles(options: {
  ask: Ask;
  product: string;
  now: () => Date;
  delay: number;
}): (proxy: Upstream | null) => HostFiles {
  const { ask, product, now, delay: least } = options;
  const byProxy = new Map<string, HostFiles>();

  const filesThrough = (proxy: Upstream | null): HostFiles => {
    const readFile = async (url: string, delay: number, maxBytes: number): Promise<FileAnswer> => {
      const { answer, failure } = await fetchHostFile(url, (one) =>
        ask(one, delay, { maxBytes, proxy }),
      );
      if (blamesProxy(failure)) throw failure;
      return answer;
    };
    const robots = cached(async (origin) => {
      const answer = await readFile(`${origin}/robots.txt`, least, LIMITS.robotsBytes);
      return robotsCopy(answer, null, now());
    }, CACHE_LIMITS);
    const tdmrep = cached(async (origin) => {
      const url = origin + TDM_PATH;
      const rules = await robots.get(origin);
      const refused = refusalBy(rules, product, url);
      const delay = Math.max(least, robotsDelay(rules, product));
      const answer = refused ? { failed: refused.skipped } : await readFile(url, delay, TDM_BYTES);
      return tdmCopy(answer, null, now());
    }, CACHE_LIMITS);
    return { robots, tdmrep };
  };

  return (proxy) => {
    const key = proxy?.url ?? "";
    const files = byProxy.get(key) ?? filesThrough(proxy);
    byProxy.set(key, files);
    return files;
  };
}
