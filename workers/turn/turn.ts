import { MAX_ATTEMPTS } from "../../fetch/backoff.ts";
import type { HostPace } from "../../fetch/pace.ts";
import { robotsDelay, verdict } from "../../fetch/robots-policy.ts";
import { shortHash } from "../../lib/hash.ts";
import type { GiveUp, RetryLater } from "../../model/failure.ts";
import type { Host } from "../../model/host.ts";
import type { Lane, Link } from "../../model/link.ts";
import { isSkipped, type Skipped } from "../../model/skipped.ts";
import type { SourceRecord } from "../../model/source.ts";
import type { TurnPayload } from "../../queues/fetch.ts";
import { wakeHosts } from "../../store/hosts.ts";
import { settleLinks } from "../../store/links.ts";
import type { TurnDeps } from "../deps.ts";
import { blamesProxy } from "../reach/proxy-of.ts";
import { asSpan, ofLink } from "../telemetry/traced.ts";
import { holdSlot } from "./hold-slot.ts";
import { lookAt } from "./look-at.ts";
import { readRobots } from "./read-robots.ts";
import { readTdmrep } from "./read-tdmrep.ts";
import { laneFor } from "./render-lane.ts";
import { failedSet, skippedSet, toBrowserSet, verdictOn } from "./settle.ts";
import { wakeHost } from "./wake.ts";

/** When the host's turn job runs next; `done` when nothing is due. */
export type Next = { at: Date } | "done";

/** A link that another worker may still be fetching is left alone this long after Redis lost its lease. */
const LOST_LEASE = 35_000;
/** Links skipped without a request in one turn, before the job is handed back. */
const SKIPS = 50;
/** A next turn that is nearer than this is waited for by the job itself. */
const NEAR = 10_000;

/** One turn of a host: at most one request, at the host's pace. */
export async function takeTurn(deps: TurnDeps, lane: Lane, payload: TurnPayload): Promise<Next> {
  const { host: id, turn } = payload;
  // The host stays due, so the tick gives it its job back once there is room.
  if ((await deps.room()).low) return "done";
  for (let skips = 0; skips < SKIPS; skips++) {
    const host = await deps.hosts.get(id);
    if (!host) return "done";
    const now = deps.now();
    if (host.openUntil && host.openUntil > now) return { at: host.openUntil };
    if (turn >= paceOf(host, deps.settings.product).concurrency) return "done";
    const link = await deps.links.peek({ host: id, lane, turn, now });
    if (!link) return finish(deps, payload, lane);
    const tried = await tryLink(deps, host, link, turn);
    if (tried === null) continue;
    if ("at" in tried) return tried;
    return afterLook(deps, payload, lane, tried.wait);
  }
  return { at: deps.now() };
}

/** What trying a link came to: when the turn goes on, or the ms until the host's next request after a look. */
type Tried = { at: Date } | { wait: number };

/** Looks at one link; null when it cost no request, so the turn goes on with the next one. */
async function tryLink(
  given: TurnDeps,
  host: Host,
  link: Link,
  turn: number,
): Promise<Tried | null> {
  const deps = ofLink(given, link);
  const source = await deps.sources.get(link.sourceId);
  const known = host.robots && host.robots.expiresAt > deps.now() ? host.robots : null;
  const refused = known && !source?.ignoreRobots && verdict(known, deps.settings.product, link.url);
  const token = shortHash(`${deps.random()} ${link._id} ${deps.now().getTime()}`);
  if (refused && isSkipped(refused)) {
    const claimed = await deps.links.claim(link, { token, turn, at: deps.now() });
    if (claimed) await refuse(deps, claimed, token, refused, known.expiresAt);
    return null;
  }

  if (source && isKnownToNeedBrowser(link, host, source, deps.now())) {
    const claimed = await deps.links.claim(link, { token, turn, at: deps.now() });
    if (claimed) await handOver(deps, claimed, token);
    return null;
  }

  const offline = deps.outage.wait();
  if (offline) return { at: offline };
  const pace = paceOf(host, deps.settings.product);
  const slot = await holdSlot(deps, host._id, { token, ...pace });
  if (!slot.ok) return later(deps, slot.wait);
  try {
    if (slot.fresh && link.claim && Number(deps.now()) - Number(link.claim.at) < LOST_LEASE) {
      return { at: new Date(link.claim.at.getTime() + LOST_LEASE) };
    }
    if (!known && !source?.ignoreRobots) {
      const proxy = source && deps.proxyOf(source);
      const robots = await readRobots(deps, host, link.url, { slot, proxy });
      return later(deps, await slot.release(paceOf({ ...host, robots }, deps.settings.product)));
    }
    if (!host.tdm || host.tdm.expiresAt <= deps.now()) {
      const robots = source?.ignoreRobots ? null : known;
      const proxy = source && deps.proxyOf(source);
      const asked = await readTdmrep(deps, host, link.url, { slot, robots, proxy });
      return asked ? later(deps, await slot.release()) : null;
    }
    const claimed = await deps.links.claim(link, { token, turn, at: deps.now() });
    if (!claimed) return null;
    if (claimed.attempts > MAX_ATTEMPTS) {
      await poison(deps, claimed, token);
      return null;
    }
    const look = { link: claimed, token, host, source, slot };
    return { wait: await asSpan(deps, claimed, (inner) => lookAt(inner, look)) };
  } catch (error) {
    if (!blamesProxy(error)) throw error;
    await putOff(deps, link, { token, turn }, error);
    return later(deps, await slot.release());
  } finally {
    await slot.cancel();
  }
}

/** Whether pages like this one turned out to need the browser after the link was found. */
function isKnownToNeedBrowser(link: Link, host: Host, source: SourceRecord, now: Date): boolean {
  if (link.kind !== "article" || link.lane !== "http" || link.hops.length > 0) return false;
  return laneFor(source, host, link.url, now) === "browser";
}

/** Leaves a link to the host's turns in the browser; nothing was asked of the host. */
async function handOver(deps: TurnDeps, link: Link, token: string): Promise<void> {
  await settleLinks(deps.store, [{ id: link._id, token, set: toBrowserSet(deps.now()) }]);
  await wakeHost(deps, link.host, "browser");
}

/** The slower of what the sources and robots.txt ask for; one at a time while the breaker is half-open. */
function paceOf(host: Host, product: string): HostPace {
  const asked = host.robots ? robotsDelay(host.robots, product) : 0;
  const concurrency = asked > 0 || host.openUntil ? 1 : host.concurrency;
  return { delay: Math.max(host.delay, asked), concurrency };
}

function later(deps: TurnDeps, wait: number): { at: Date } {
  return { at: new Date(deps.now().getTime() + wait) };
}

/** Keeps the refusal on the link; while robots.txt can't be read the link waits for the next try. */
async function refuse(
  deps: TurnDeps,
  link: Link,
  token: string,
  { skipped, detail = null }: Skipped,
  again: Date,
): Promise<void> {
  const wait = skipped === "robots-unreachable";
  const left = skippedSet({ skipped, detail });
  const state = wait ? ({ ...left, state: "due", dueAt: again } as const) : left;
  // Nothing was asked of the host, so it doesn't count as a try.
  const set = { ...state, attempts: 0, doneAt: deps.now() };
  await settleLinks(deps.store, [{ id: link._id, token, set }]);
}

/** A link whose host could not be asked for its files is not asked for either; it counts as a try. */
async function putOff(
  deps: TurnDeps,
  link: Link,
  { token, turn }: { token: string; turn: number },
  failure: RetryLater | GiveUp,
): Promise<void> {
  const at = deps.now();
  const claimed = await deps.links.claim(link, { token, turn, at });
  if (!claimed) return;
  const judged = verdictOn(failure, { attempts: claimed.attempts, random: deps.random() });
  await settleLinks(deps.store, [
    { id: link._id, token, set: { ...failedSet(judged, at), doneAt: at } },
  ]);
}

/** A page that ended its worker each time it was tried is not tried again by itself. */
async function poison(deps: TurnDeps, link: Link, token: string): Promise<void> {
  const detail = `its worker was lost ${link.attempts - 1} times in a row`;
  deps.log.warn({ url: link.url }, "link is poison; it became a dead letter");
  const set = { state: "dead", dueAt: null, reason: "poison", detail } as const;
  await settleLinks(deps.store, [{ id: link._id, token, set: { ...set, doneAt: deps.now() } }]);
}

/** The next turn, once the pace allows it; where nothing is left to look at no job is started to find that out. */
async function afterLook(
  deps: TurnDeps,
  payload: TurnPayload,
  lane: Lane,
  wait: number,
): Promise<Next> {
  const next = later(deps, wait);
  const looking = { ...payload, lane, now: deps.now() };
  const link = deps.links.mayHaveMore(looking) ? await deps.links.peek(looking) : null;
  return link ? next : finish(deps, payload, lane, next.at);
}

/** Nothing is known to be due: goes on if something is, notes when something will be, or ends the host's turns. */
async function finish(
  deps: TurnDeps,
  payload: TurnPayload,
  lane: Lane,
  earliest = deps.now(),
): Promise<Next> {
  const { store, browser } = deps;
  const { host } = payload;
  const now = deps.now();
  const { free, next } = await deps.links.end({ ...payload, lane, now });
  if (lane === "browser" && !free) await browser?.end(payload);
  if (!next) return "done";
  const at = new Date(Math.max(next.getTime(), earliest.getTime()));
  await wakeHosts(store, [{ host, lane, at }]);
  if (free) return { at };
  // What is due already is another turn's.
  return next > now && at.getTime() - now.getTime() < NEAR ? { at } : "done";
}
