import { toCapture } from "../../articles/ingest/capture.ts";
import type { CommitResult } from "../../articles/ingest/commit.ts";
import {
  isConsented,
  type PageRights,
  pageRights,
  withholds,
} from "../../articles/reading/verdict.ts";
import type { Reading } from "../../articles/revisions/draft.ts";
import type { Received } from "../../crawler/http/received.ts";
import { hasPassed, pathPattern } from "../../crawler/links/filter.ts";
import {
  documentsOf,
  type HostRights,
  hostRights,
  type PageSources,
  rightsHeaders,
} from "../../crawler/rights/page-signals.ts";
import { shortHash } from "../../lib/hash.ts";
import type { Retraction } from "../../model/articles/editorial.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { afterContradiction, type Contradiction, type Host } from "../../model/crawl/host.ts";
import type { Link, LinkChanges } from "../../model/crawl/link.ts";
import type { DeclaredUse } from "../../model/usage-rights.ts";
import { clearTrap, noteMiss, saveUnreliability } from "../../store/crawl/hosts.ts";
import type { Attempt, TurnDeps } from "../deps.ts";
import { readDocuments } from "./host-files.ts";

interface Found {
  reading?: Omit<Reading, "capture">;
  rights?: PageRights;
  withheld?: Capture["withheld"];
  /** Rights of a page that is now skipped for its reservations, but whose article is stored. */
  reservation?: PageRights;
  retraction?: Pick<Retraction, "cause" | "because">;
}

/**
 * Returns everything that states how a page may be used. Fetches the licences and policies to which
 * the page and its host refer.
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
  return {
    ...page,
    host: { ...rights, documents: await readDocuments(deps, host, references, how) },
  };
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

/** Updates a host's traps, which are URL patterns that lead to no articles. */
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
    const old = Object.keys(traps).filter((each) => hasPassed(traps[each] ?? { at: now }, now));
    if (!known && Object.keys(traps).length - old.length >= MAX_TRAPS_PER_HOST) return;
    await noteMiss(deps.store, host._id, { key, pattern, at: now, old });
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
    if (unreliability.until)
      deps.log.warn(
        { host: host._id, kind, evidence },
        "the host is treated as unreliable for now",
      );
  }
  if (found.length > 0) deps.hosts.forget(host._id);
}
