import type { CommitResult } from "../../articles/ingest/commit.ts";
import {
  isConsented,
  type PageRights,
  pageRights,
  withholds,
} from "../../articles/reading/parse-tasks.ts";
import type { Reading } from "../../articles/revisions/draft.ts";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { toCapture } from "../../crawler/http/capture.ts";
import type { HttpRequest } from "../../crawler/http/http.ts";
import { type Received, type SentCookie, validatorsFor } from "../../crawler/http/response.ts";
import { ownHosts } from "../../crawler/links/entry-points.ts";
import { isRetryDue, pathPattern } from "../../crawler/links/url.ts";
import {
  documentsOf,
  type HostRights,
  hostRights,
  type PageSources,
  rightsHeaders,
} from "../../crawler/rights/page-signals.ts";
import { shortHash } from "../../lib/text.ts";
import type { Retraction } from "../../model/articles/article.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import {
  afterContradiction,
  type Contradiction,
  type Host,
  isTrusted,
} from "../../model/crawl/host.ts";
import type { Link, LinkChanges, Validators } from "../../model/crawl/link.ts";
import { GiveUp, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { DeclaredUse } from "../../model/usage-rights.ts";
import { clearTrap, countPatternMiss, saveUnreliability } from "../../store/crawl/hosts.ts";
import type { Attempt, TurnDeps } from "../deps.ts";
import { readDocuments } from "./host-files.ts";

interface Found {
  reading?: Omit<Reading, "capture">;
  rights?: PageRights;
  withheld?: Capture["withheld"];
  /** The page's rights, if they are the reason to skip the page of a stored article. */
  reservation?: PageRights;
  retraction?: Pick<Retraction, "cause" | "because">;
}

/**
 * Returns everything that states how a page may be used. Fetches the licences and policies that the
 * page and its host name.
 */
export async function toPageSources(
  deps: TurnDeps,
  { link, host: { _id }, source }: Pick<Attempt, "link" | "host" | "source">,
  { url, headers, status, startedAt }: Received,
  declared?: DeclaredUse,
): Promise<PageSources & { host: HostRights }> {
  const { product } = deps.settings;
  const host = (await deps.hosts.get(_id)) ?? undefined;
  const { usage: known } = link.hints;
  const page = {
    url,
    product,
    seenAt: startedAt,
    headers: rightsHeaders(headers),
    declared,
    known,
  };
  const rights = hostRights(host ?? {}, product, url);
  const references = host && status === 200 ? documentsOf({ ...page, host: rights }) : [];
  if (!host || references.length === 0) return { ...page, host: rights };
  const proxy = source && deps.proxyOf(source);
  const how = { proxy, ignoreRobots: Boolean(source?.ignoreRobots) };
  const documents = await readDocuments(deps, host, references, how);
  return { ...page, host: { ...rights, documents } };
}

/** Stores a response and what was found in it as a capture, and updates its link. */
export async function keepCapture(
  deps: TurnDeps,
  attempt: Attempt,
  received: Received,
  linkSet: LinkChanges,
  found: Found = {},
): Promise<void> {
  await keepReading(deps, attempt, received, linkSet, found);
}

/** Stores a response and what was found in it as a capture, and returns the link's outcome. */
export async function keepReading(
  deps: TurnDeps,
  { link, token, source, host }: Attempt,
  received: Received,
  linkSet: LinkChanges,
  found: Found,
): Promise<CommitResult> {
  const { capture, body } = await captureOf(deps, { link, source, host }, received, linkSet, found);
  const reading = found.reading ? { ...found.reading, capture } : null;
  const { _id: captureId } = capture;
  const retraction = found.retraction && { ...found.retraction, at: deps.now(), captureId };
  const rates = source?.revisitRates;
  const { reservation } = found;
  const entry = { capture, body, link, token, reading, linkSet, rates, retraction, reservation };
  const result = await deps.commit.add(entry);
  // A further page contains no new article, and says nothing about URLs like its own.
  const isArticlePage = linkSet.articlePageOf ?? link.articlePageOf;
  if (!isArticlePage)
    await learnTraps(deps, host, link, { outcome: null, reason: null, ...result });
  return result;
}

/** Returns the capture of an attempt's response, with its body if storing the body is allowed. */
export async function captureOf(
  deps: TurnDeps,
  { link, source, host }: Pick<Attempt, "link" | "source" | "host">,
  received: Received,
  linkSet: LinkChanges,
  found: Found,
): ReturnType<typeof toCapture> {
  const rights =
    found.rights ?? pageRights(await toPageSources(deps, { link, host, source }, received), source);
  return toCapture(received, {
    linkId: link._id,
    sourceId: link.sourceId,
    sourceVersion: source?.version ?? 0,
    runId: link.runId,
    kind: link.kind,
    lane: link.lane,
    hops: link.hops,
    reason: linkSet.reason ?? null,
    detail: (linkSet.reason && linkSet.detail) ?? null,
    ...(rights.signals.length > 0 && { rights: rights.signals }),
    reservations: rights.reservations,
    withheld: found.withheld ?? withholds(rights.reserved),
    consent: isConsented(rights) ? (source?.rights.consent?.reason ?? null) : null,
    robotsOverride: source?.ignoreRobots?.reason ?? null,
  });
}

const MAX_TRAPS_PER_HOST = 100;

async function learnTraps(
  deps: Pick<TurnDeps, "store" | "hosts" | "now">,
  host: Host,
  link: Pick<Link, "kind" | "foundUrl">,
  became: Pick<Link, "outcome" | "reason">,
): Promise<void> {
  const pattern = link.kind === "article" ? pathPattern(link.foundUrl) : null;
  if (pattern === null) return;
  const now = deps.now();
  const key = shortHash(pattern).slice(0, 12);
  const traps = host.traps ?? {};
  const known = traps[key];
  const isMiss =
    became.reason === "not-article" || became.reason === "gone" || became.outcome === "duplicate";
  if (isMiss) {
    const old = Object.keys(traps).filter((each) => isRetryDue(traps[each] ?? { at: now }, now));
    if (!known && Object.keys(traps).length - old.length >= MAX_TRAPS_PER_HOST) return;
    await countPatternMiss(deps.store, host._id, { key, pattern, at: now, old });
  } else if (known && became.outcome) {
    await clearTrap(deps.store, host._id, key);
  } else return;
  deps.hosts.forget(host._id);
}

/**
 * Stores contradictions between earlier and later responses of a host, and whether the host now
 * counts as unreliable.
 */
export async function noteContradictions(
  deps: Pick<TurnDeps, "store" | "hosts" | "now" | "log">,
  host: Pick<Host, "_id" | "unreliable">,
  found: Contradiction[],
): Promise<void> {
  for (const contradiction of found) {
    const { kind, evidence } = contradiction;
    const unreliability = afterContradiction(host.unreliable?.[kind], contradiction, deps.now());
    await saveUnreliability(deps.store, host._id, kind, unreliability);
    if (unreliability.until) {
      deps.log.warn(
        { host: host._id, kind, evidence },
        "the host is treated as unreliable for now",
      );
    }
  }
  if (found.length > 0) deps.hosts.forget(host._id);
}

export function requestPage(
  { browser, http, now, proxyOf }: TurnDeps,
  { link, host, slot }: Attempt,
  source: SourceRecord,
  cookies: readonly SentCookie[],
): Promise<Received | Skipped> {
  const { headers } = source;
  const proxy = proxyOf(source);
  const wanted: HttpRequest = { url: link.url, headers, cookies, proxy, start: slot.start };
  if (link.lane === "browser") {
    if (!browser) throw new RetryLater("browser", "this process has no browser");
    const account = source.login || Object.keys(headers).length > 0 ? source._id : undefined;
    const turn = { host: link.host, turn: link.claim?.turn ?? 0, account };
    const own = [...ownHosts(source), ...source.allowHosts];
    return browser.render(turn, { ...wanted, ownHosts: own });
  }
  return http.get({
    ...wanted,
    // A 304 would hide that usage terms have changed.
    validators: isOlderThanRights(link, host)
      ? {}
      : validatorsFor(link, isTrusted(host, "validators", now())),
    ...(link.kind === "sitemap" && { maxBytes: HTTP_BOUNDS.sitemap }),
  });
}

function isOlderThanRights({ kind, doneAt, hints }: Link, { rightsChangedAt }: Host): boolean {
  if (kind !== "article" || !doneAt) return false;
  const times = [rightsChangedAt, ...(hints.usage ?? []).map(({ seenAt }) => seenAt)];
  return times.some((at) => at && doneAt <= at);
}

/** The cookies for a request or, if the page can't be requested yet, the changes to its link. */
export type Begun =
  | { cookies: SentCookie[] }
  | {
      instead: Partial<Link>;
      /** Whether logging in has sent requests to the site. */
      hasRequested: boolean;
    };

/**
 * Returns the cookies for a link's page, or changes that postpone the link until a login. Throws
 * `GiveUp` if a login is needed but no attempts are left.
 */
export async function beginWithLogin(
  deps: TurnDeps,
  { link, slot }: Attempt,
  source: SourceRecord,
): Promise<Begun> {
  const dueAt = deps.now();
  const cookies = await deps.logins.cookiesOf(source);
  // The link is in the browser lane only because of the login.
  const lent = link.reason === "login" && source.render !== "browser";
  const back = lent ? ({ lane: "http", reason: null } as const) : {};
  if (link.lane === "http") {
    if (cookies) return { cookies };
    // Handing over counts as an attempt. Without a limit, roles whose secrets differ from the
    // browser's would hand the link back and forth forever.
    if (link.attempts >= RETRY_POLICY.link.maxAttempts) {
      throw new GiveUp(
        "login",
        "no login session can be decrypted: check that all roles have the same secrets",
      );
    }
    const instead = { state: "due", lane: "browser", reason: "login", dueAt } as const;
    return { instead, hasRequested: false };
  }
  const waiting = { state: "due", attempts: link.attempts - 1, ...back } as const;
  if (cookies)
    return "lane" in back ? { instead: { ...waiting, dueAt }, hasRequested: false } : { cookies };
  (await slot.start())();
  if (await deps.logins.enter(source))
    return { instead: { ...waiting, dueAt }, hasRequested: true };
  const later = new Date(dueAt.getTime() + RETRY_POLICY.login.delayMs);
  const { lane, reason } = link;
  return { instead: { ...waiting, lane, reason, dueAt: later }, hasRequested: false };
}

export function withoutCookies(received: Received): Received {
  if (received.headers["set-cookie"] === undefined) return received;
  return { ...received, headers: { ...received.headers, "set-cookie": "***" } };
}

export function signedOut(what: string): never {
  throw new GiveUp("login", `the login fails: ${what}`);
}

export function validatorsOf({ headers }: Received): Validators {
  const { etag, "last-modified": lastModified } = headers;
  return { ...(etag && { etag }), ...(lastModified && { lastModified }) };
}
