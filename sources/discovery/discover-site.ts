import { watchersOf, watchersOfHost } from "../../crawler/links/entry-points.ts";
import {
  countryOf,
  draftSource,
  includeOf,
  requestsPerDay,
} from "../../crawler/links/site/draft.ts";
import { choose, measure, scoreOf } from "../../crawler/links/site/measure.ts";
import { sameSite, urlKey } from "../../crawler/links/url.ts";
import { refusalBy, robotsDelay } from "../../crawler/robots/robots.ts";
import { throughProxy } from "../../crawler/visit.ts";
import { DAY_MS } from "../../lib/time.ts";
import { type Cause, GiveUp, SKIP_REASONS } from "../../model/crawl/outcome.ts";
import type { Candidate, SiteDiscovery } from "../../model/sources/site-discovery.ts";
import {
  type DiscoveryDeps,
  type Opened,
  type ReadCandidate,
  readCandidates,
  readDocument,
} from "./candidates.ts";

const MAX_ARTICLE_AGE_MS = 30 * DAY_MS;

/** Discovers a site and proposes a source. Throws `GiveUp` if the home page can't be read. */
export async function discoverSite(input: DiscoveryDeps, typed: string): Promise<SiteDiscovery> {
  const { proxy, product, now, taken = new Set(), watched = [] } = input;
  const visitor = throughProxy(input.visitor, proxy);
  const deps = { ...input, visitor };
  const { address, first } = await openHome(deps, typed);
  const home = sameSite(first.url, address) ? address : first.url;
  const copy = await visitor.robots(first.url);
  const forbidden = refusalBy(copy, product, first.url);
  const led = home !== address ? [`${address} leads to ${first.url}`] : [];
  const { readable, refused } = await readCandidates(deps, first, home, copy.text ?? "");
  const candidates = await ranked(deps, readable);
  const all = [...candidates, ...refused];
  const chosen = all.filter(({ proposed }) => proposed);
  const { page } = first;
  const urls = chosen.map(({ url }) => url);
  const ofEntries = watchersOf(watched, urls);
  const watchers = ofEntries.length > 0 ? ofEntries : watchersOfHost(watched, home);
  const problems = [...led, ...watchers];
  const language = page.language ?? readable.map(({ language: one }) => one).find(Boolean) ?? null;
  const country = countryOf(home);
  const delay = robotsDelay(copy, product);
  const found = readable.filter(({ candidate }) => urls.includes(candidate.url));
  const include = includeOf(found.map(({ links, candidate }) => ({ links, kind: candidate.kind })));
  const facts = { home, title: page.title, language, country, chosen, include, delay, proxy };
  return {
    home,
    at: now(),
    robots: { verdict: forbidden ? SKIP_REASONS[forbidden.skipped] : "allowed", delay },
    language,
    country,
    candidates: all,
    source: chosen.length > 0 ? draftSource({ ...facts, taken }) : null,
    requestsPerDay: chosen.length > 0 ? requestsPerDay(chosen) : null,
    requests: visitor.requests(),
    problems:
      chosen.length > 0
        ? problems
        : [...problems, "no usable feed, sitemap or list was found on this site"],
  };
}

async function openHome(
  deps: DiscoveryDeps,
  typed: string,
): Promise<{ address: string; first: Opened }> {
  const failures: GiveUp[] = [];
  for (const address of urlsToTry(typed)) {
    deps.progress(address);
    const input = { url: address, kind: "listing", from: "the given URL", why: null } as const;
    const first = await readDocument(deps, input, address);
    if (!("why" in first)) return { address, first };
    const { cause, words } = networkFailureIn(address, first.why) ?? {
      cause: "bad-response",
      words: `${address}: ${first.why}`,
    };
    failures.push(new GiveUp(cause, words));
    // A site with an untrusted certificate isn't fetched over http instead.
    if (cause !== "connect" && cause !== "reset") break;
  }
  const [{ reason } = { reason: "unknown" as const }] = failures;
  throw new GiveUp(reason, failures.map(({ message }) => message).join("\n"));
}

function urlsToTry(typed: string): string[] {
  if (/^https?:\/\//i.test(typed)) return [typed];
  return ["https", "http"].map((scheme) => new URL(`${scheme}://${typed}`).href);
}

async function ranked(
  { now, known }: DiscoveryDeps,
  readable: ReadCandidate[],
): Promise<Candidate[]> {
  const keys = [...new Set(readable.flatMap(({ articles }) => [...articles]))];
  const there = await known(keys.slice(0, 5000));
  const at = now();
  const measured = readable.map(({ candidate, links, articles }) => {
    const measures = measure(links, (url) => there.has(urlKey(url)), at);
    return {
      candidate: { ...candidate, measures, score: scoreOf(candidate.kind, measures, at) },
      articles,
    };
  });
  return choose(measured, recentOf(readable, at));
}

function recentOf(readable: ReadCandidate[], now: Date): Set<string> {
  const recent = new Set<string>();
  for (const { candidate, links } of readable) {
    for (const { kind, url, hints } of links) {
      const at = hints.publishedAt ?? hints.modifiedAt;
      const counts = at
        ? now.getTime() - at.getTime() < MAX_ARTICLE_AGE_MS
        : candidate.kind !== "sitemap";
      if (kind === "article" && counts) recent.add(urlKey(url));
    }
  }
  return recent;
}

type Tell = (at: { host: string; port: string; detail: string }) => string;

const FAILURES: readonly (readonly [pattern: RegExp, cause: Cause, tell: Tell])[] = [
  [
    /\b(ENOTFOUND|ENODATA)\b/,
    "dns",
    ({ host }) => `${host} doesn't exist: the DNS knows no such name. Check the spelling`,
  ],
  [
    /\b(EAI_AGAIN|EDNS)/,
    "dns",
    ({ host }) =>
      `the DNS gives no answer for ${host}: check this machine's network, or try again later`,
  ],
  [
    /\bECONNREFUSED\b/,
    "connect",
    ({ host, port }) => `${host} refuses connections to port ${port}`,
  ],
  [
    /\b(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)\b/,
    "connect",
    ({ host }) => `there is no route to ${host}: check this machine's network`,
  ],
  [
    /\b(EPROTO|ERR_SSL_\w+)\b/,
    "connect",
    ({ host, port }) => `${host} doesn't speak TLS at port ${port}`,
  ],
  [
    /\b(CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)\b/,
    "tls",
    ({ host, detail }) =>
      `TLS with ${host} fails, because its certificate can't be trusted: ${detail}`,
  ],
  [
    /TIMEOUT\b|\bETIMEDOUT\b|took over/,
    "timeout",
    ({ host, detail }) => `nothing answers at ${host} in time: ${detail}`,
  ],
  [
    /\b(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED)\b/,
    "reset",
    ({ host, port }) => `${host} closes connections to port ${port} without an answer`,
  ],
];

/** Returns the network failure that an error message names; null if it names none. */
export function networkFailureIn(url: string, why: string): { cause: Cause; words: string } | null {
  const { hostname: host, port: explicit, protocol } = new URL(url);
  const port = explicit || (protocol === "https:" ? "443" : "80");
  for (const [pattern, cause, tell] of FAILURES) {
    if (!pattern.test(why)) continue;
    const [detail = why] = /[A-Z_]{4,}: .*$/.exec(why.replace(/\)$/, "")) ?? [];
    return { cause, words: tell({ host, port, detail }) };
  }
  return null;
}
