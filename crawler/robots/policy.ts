import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { RobotsCopy } from "../../model/crawl/host.ts";
import type { Skipped } from "../../model/crawl/outcome.ts";
import { crawlDelay, isAllowed, parseRobots } from "./robots.ts";

/** The status and text after any redirects, or why there is no response. */
export type FileAnswer = { status: number; text: string } | { failed: string };

/** A host that asks for a longer delay gets one request in this time. */
const MAX_CRAWL_DELAY_MS = 30 * DAY_MS;

/**
 * Returns the copy of robots.txt to store (RFC 9309 section 2.3.1). A 2xx gives rules. A 3xx that
 * wasn't followed, or a 4xx other than 429, allows everything. In both cases, the next request
 * follows in a day. After a 429, a 5xx or no response, the last good copy remains in force until it
 * is two days old; if there is no such copy, everything is forbidden. The next request follows in
 * 10 minutes, or in 15 s if there was no response; this delay doubles with each further failure, up
 * to 6 hours.
 */
export function robotsCopy(answer: FileAnswer, previous: RobotsCopy | null, now: Date): RobotsCopy {
  const later = (ms: number) => new Date(now.getTime() + ms);
  const status = "status" in answer ? answer.status : null;
  const reached = status !== null && status >= 200 && status < 500 && status !== 429;
  if (reached && "text" in answer) {
    const ok = status < 300;
    return {
      state: ok ? "ok" : "none",
      text: ok ? answer.text : "",
      status,
      fetchedAt: now,
      expiresAt: later(DAY_MS),
      goodAt: now,
      detail: null,
    };
  }
  const good = previous?.goodAt && now.getTime() - previous.goodAt.getTime() <= 2 * DAY_MS;
  return {
    state: "unreachable",
    text: good ? previous.text : null,
    status,
    fetchedAt: now,
    expiresAt: later(nextRetry(previous, status === null ? "silent" : "refused")),
    goodAt: good ? previous.goodAt : null,
    detail: "failed" in answer ? answer.failed : `robots.txt answered ${status}`,
  };
}

/** Returns why robots.txt doesn't let us fetch a URL; null if it does. */
export function refusalBy(copy: RobotsCopy, product: string, url: string): Skipped | null {
  const { text } = copy;
  if (text === null) return { skipped: "robots-unreachable", detail: copy.detail ?? "unreachable" };
  if (isAllowed(parsed(text), product, new URL(url).href)) return null;
  return { skipped: "robots", detail: `robots.txt forbids ${new URL(url).pathname}` };
}

/** Returns the Crawl-delay to observe, in ms, at most 30 days; 0 if there is none. */
export function robotsDelay(copy: RobotsCopy, product: string): number {
  const { text } = copy;
  return text === null ? 0 : Math.min(MAX_CRAWL_DELAY_MS, crawlDelay(parsed(text), product) ?? 0);
}

function nextRetry(previous: RobotsCopy | null, how: "refused" | "silent"): number {
  const { firstMs, factor, maxMs } = RETRY_POLICY.hostFile;
  if (previous?.state !== "unreachable") return firstMs[how];
  const last = previous.expiresAt.getTime() - previous.fetchedAt.getTime();
  return Math.min(maxMs, Math.max(firstMs[how], factor * last));
}

const parsed = parsedByText(parseRobots);

const MAX_CACHED_CHARACTERS = 2_000_000;

/**
 * Returns `parse` with a cache for texts of `MAX_CACHED_CHARACTERS` in total. The latest text is
 * always cached, even if it is longer.
 */
export function parsedByText<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const cached = new Map<string, Parsed>();
  let characters = 0;
  return (text) => {
    const isKnown = cached.has(text);
    const value = isKnown ? (cached.get(text) as Parsed) : parse(text);
    cached.delete(text);
    cached.set(text, value);
    if (!isKnown) characters += text.length;
    for (const oldest of cached.keys()) {
      if (characters <= MAX_CACHED_CHARACTERS || oldest === text) break;
      cached.delete(oldest);
      characters -= oldest.length;
    }
    return value;
  };
}
