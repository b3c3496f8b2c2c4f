import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { paceOf } from "../../crawler/politeness/pace.ts";
import { refusalBy } from "../../crawler/robots/robots.ts";
import { shortHash } from "../../lib/text.ts";
import { sleepUntil } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Lane, Link } from "../../model/crawl/link.ts";
import { blamesProxy } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { TurnPayload } from "../../queues/queues.ts";
import type { Attempt, AttemptResult, TurnDeps } from "../deps.ts";
import { readRobots, readTdmrep } from "../fetch/host-files.ts";
import { handOver, postponeLink, recordPoison, recordRefusal } from "../fetch/outcome.ts";
import { beforeOpening, endTurn, holdSlot } from "../fetch/slot.ts";
import { laneFor } from "../render/render-lane.ts";
import { asSpan, logOfRun } from "../runtime/telemetry.ts";
import type { LinkRequest } from "./buffers.ts";
import { countLost } from "./lost-workers.ts";

export type FetchLink = (deps: TurnDeps, attempt: Attempt) => Promise<AttemptResult>;

/** When the job that fetches a host's links runs next; `done` if the job ends. */
export type Next = { at: Date } | "done";

/** Until then, the job that claimed a link can still be fetching it, even without its lease. */
const LOST_LEASE_MS = 35_000;
const RECHECK_DELAY_MS = 1000;
const MAX_TRIES_PER_JOB = 50;
/** A job younger than this can request a page while the previous page is still being stored. */
const MAX_OVERLAP_MS = 2000;
/** Fewer links than this don't justify another browser context: opening one takes much CPU time. */
const MIN_LINKS_FOR_CONTEXT = 8;
const MAX_JOB_WAIT_MS = 10_000;

/**
 * Requests a host's due pages for about two seconds, at the host's pace and at most two at once.
 * Returns the time of the job's next run, or `done`.
 */
export async function takeHostTurn(
  deps: TurnDeps,
  lane: Lane,
  payload: TurnPayload,
  fetchLink: FetchLink,
): Promise<Next> {
  // The host stays due, so the tick enqueues its job again once there is space.
  if ((await deps.diskSpace()).low) return "done";
  const end = lane === "browser" && deps.browser ? deps.browser.begin(payload) : () => {};
  if (!end) return "done";
  const previous: Previous = { stored: Promise.resolve() };
  try {
    return await takeLinks(deps, { ...payload, lane }, { previous, fetchLink });
  } finally {
    // Once this job ends, another job of this turn can claim its links.
    await previous.stored.catch(() => {});
    end();
  }
}

interface Previous {
  stored: Promise<void>;
  token?: string;
}

type Turn = TurnPayload & { lane: Lane };

async function takeLinks(
  deps: TurnDeps,
  own: Turn,
  { previous, fetchLink }: { previous: Previous; fetchLink: FetchLink },
): Promise<Next> {
  const { host: id, turn } = own;
  const until = performance.now() + MAX_OVERLAP_MS;
  for (let tries = 0; tries < MAX_TRIES_PER_JOB; tries++) {
    const host = await deps.hosts.get(id);
    if (!host) return "done";
    const now = deps.now();
    if (host.openUntil && host.openUntil > now) return { at: host.openUntil };
    if (turn >= paceOf(host, deps.settings.product).concurrency) return "done";
    const looking = { ...own, now, storingToken: previous.token };
    if (previous.token && deps.links.ready(looking).length === 0) await awaitStored(previous);
    const link = await deps.links.peek(looking);
    if (!link) return finish(deps, own);
    if (isLeftToOthers(deps, looking)) return "done";
    const before = previous.stored.catch(() => {});
    const tried = await tryLink(deps, host, link, { looking, before, fetchLink });
    if (tried === null) continue;
    await awaitStored(previous);
    if ("at" in tried) return tried;
    previous.stored = tried.stored;
    previous.token = tried.token;
    const begins = performance.now() + tried.next.getTime() - deps.now().getTime();
    const isLate = Promise.race([
      previous.stored.then(() => false),
      sleepUntil(begins).then(() => true),
    ]);
    if ((await isLate) && begins < until) continue;
    await awaitStored(previous);
    const later = { ...own, now: deps.now() };
    const more = deps.links.mayHaveMore(later) ? await deps.links.peek(later) : null;
    return more ? { at: tried.next } : finish(deps, own, tried.next);
  }
  return { at: deps.now() };
}

function isLeftToOthers({ browser, links }: TurnDeps, looking: LinkRequest): boolean {
  if (looking.lane === "http" || looking.turn === 0 || !browser || browser.has(looking))
    return false;
  return links.ready(looking).length < MIN_LINKS_FOR_CONTEXT;
}

async function awaitStored(previous: Previous): Promise<void> {
  await previous.stored;
  delete previous.token;
}

/**
 * Tries to fetch a link. Returns null if another link can be tried at once, because no request was
 * sent.
 */
async function tryLink(
  turnDeps: TurnDeps,
  host: Host,
  link: Link,
  {
    looking,
    before,
    fetchLink,
  }: { looking: LinkRequest; before: Promise<void>; fetchLink: FetchLink },
): Promise<{ at: Date } | (AttemptResult & { token: string }) | null> {
  const { turn } = looking;
  const deps = { ...turnDeps, log: logOfRun(turnDeps.log, link, { linkId: link._id }) };
  const source = await deps.sources.get(link.sourceId);
  const known = isCurrent(host.robots, deps.now()) ? host.robots : null;
  const refused =
    known && !source?.ignoreRobots && refusalBy(known, deps.settings.product, link.url);
  const token = shortHash(`${deps.random()} ${link._id} ${deps.now().getTime()}`);
  const claim = () => deps.links.claim(link, { token, turn, at: deps.now() });
  const harmful = source?.pausedByOperator?.isHarmful && source.pausedByOperator;
  if (harmful || refused) {
    const claimed = await claim();
    if (!claimed) return null;
    if (harmful) await recordPoison(deps, claimed, `the source is paused: ${harmful.reason}`);
    else if (refused) await recordRefusal(deps, claimed, refused, known.expiresAt);
    return null;
  }

  if (source && isKnownToNeedBrowser(link, host, source, deps.now())) {
    const alike = deps.links.ready(looking).filter(({ sourceId }) => sourceId === source._id);
    const all = alike.filter((one) => isKnownToNeedBrowser(one, host, source, deps.now()));
    await handOver(deps, all, { token, turn });
    return null;
  }

  const offline = deps.outage.wait();
  if (offline) return { at: offline };
  const pace = paceOf(host, deps.settings.product);
  const permits = link.lane === "browser" ? deps.browser?.permits : undefined;
  const isSuspect = (link.losses?.all ?? 0) > 0;
  const cleared = isSuspect ? deps.inHand.suspect() : () => {};
  if (!cleared) return { at: new Date(deps.now().getTime() + RECHECK_DELAY_MS) };
  // Only one turn at a time fetches a host's own files.
  const lacksRobots = !known && !source?.ignoreRobots;
  const lacksFiles = lacksRobots || !isCurrent(host.tdm, deps.now());
  const lease = { token, ...pace, ...(lacksFiles && { concurrency: 1 }) };
  const slot = await holdSlot(deps, host._id, lease, permits).catch((error: unknown) => {
    cleared();
    throw error;
  });
  if (!slot.ok) {
    cleared();
    return { at: beforeOpening(deps.now(), slot.wait) };
  }
  try {
    // If Redis has known the host only briefly, it might have lost its data, and thus the leases.
    const free = link.claim && slot.age < LOST_LEASE_MS ? Number(link.claim.at) + LOST_LEASE_MS : 0;
    if (free > Number(deps.now())) {
      deps.links.forget(link);
      return { at: new Date(Math.min(free, Number(deps.now()) + RECHECK_DELAY_MS)) };
    }
    if (await countIfLost(deps, link)) {
      deps.links.forget(link);
      return null;
    }
    if (lacksFiles && (await hasNewFiles(deps, host))) return null;
    if (lacksRobots) {
      await slot.opened;
      const proxy = source && deps.proxyOf(source);
      const robots = await readRobots(deps, host, link.url, { slot, proxy });
      return { at: await endTurn(deps, slot, paceOf({ ...host, robots }, deps.settings.product)) };
    }
    if (!isCurrent(host.tdm, deps.now())) {
      await slot.opened;
      const robots = source?.ignoreRobots ? null : known;
      const proxy = source && deps.proxyOf(source);
      const hasRequested = await readTdmrep(deps, host, link.url, { slot, robots, proxy });
      return hasRequested ? { at: await endTurn(deps, slot) } : null;
    }
    const claimed = await claim();
    if (!claimed) return null;
    if (claimed.attempts > RETRY_POLICY.link.maxAttempts) {
      const times = claimed.losses?.all ?? claimed.attempts - 1;
      const detail = `the worker that fetched the page was lost ${times} times in a row`;
      await recordPoison(deps, claimed, detail);
      return null;
    }
    const attempt = { link: claimed, token, host, source, slot, before };
    deps.inHand.add(token, claimed.url);
    await slot.opened;
    const fetching = asSpan(deps, claimed, (inner) => fetchLink(inner, attempt));
    const stored = fetching.then((result) => result.stored);
    void stored.catch(() => {}).then(() => deps.inHand.remove(token));
    return { ...(await fetching), token };
  } catch (error) {
    if (!blamesProxy(error)) throw error;
    await postponeLink(deps, link, { token, turn }, error);
    return { at: await endTurn(deps, slot) };
  } finally {
    cleared();
    await slot.cancel();
  }
}

async function countIfLost(deps: TurnDeps, { claim }: Link): Promise<boolean> {
  if (!claim || claim.lost || deps.inHand.has(claim.token)) return false;
  if (claim.worker === deps.inHand.worker) return false;
  await countLost(deps, claim.worker, { isFault: false });
  return true;
}

function isKnownToNeedBrowser(link: Link, host: Host, source: SourceRecord, now: Date): boolean {
  if (link.kind !== "article" || link.lane !== "http" || link.hops.length > 0) return false;
  return laneFor(source, host, link.url, now) === "browser";
}

function isCurrent<T extends { expiresAt: Date }>(
  file: T | null | undefined,
  now: Date,
): file is T {
  return file != null && file.expiresAt > now;
}

async function hasNewFiles(deps: TurnDeps, { _id, robots, tdm }: Host): Promise<boolean> {
  deps.hosts.forget(_id);
  const stored = await deps.hosts.get(_id);
  const isNewer = (copy?: { fetchedAt: Date } | null, before?: { fetchedAt: Date } | null) =>
    copy != null && Number(copy.fetchedAt) !== Number(before?.fetchedAt);
  return isNewer(stored?.robots, robots) || isNewer(stored?.tdm, tdm);
}

async function finish(deps: TurnDeps, own: Turn, earliest = deps.now()): Promise<Next> {
  const now = deps.now();
  const { free, next } = await deps.links.end({ ...own, now, earliest });
  if (own.lane === "browser" && !free) await deps.browser?.end(own);
  if (!next) return "done";
  const at = new Date(Math.max(next.getTime(), earliest.getTime()));
  if (free) return { at };
  // A link that is already due belongs to another turn.
  return next > now && at.getTime() - now.getTime() < MAX_JOB_WAIT_MS ? { at } : "done";
}
