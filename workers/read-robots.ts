import { LIMITS } from "../config/limits.ts";
import { decodeText } from "../fetch/charset.ts";
import type { Received } from "../fetch/received.ts";
import { type RobotsAnswer, robotsCopy } from "../fetch/robots-policy.ts";
import { shortHash } from "../lib/hash.ts";
import { sleep } from "../lib/time.ts";
import { GiveUp, RetryLater } from "../model/failure.ts";
import type { Host, RobotsCopy } from "../model/host.ts";
import type { Hop } from "../model/link.ts";
import { isSkipped } from "../model/skipped.ts";
import { addCaptures } from "../store/captures.ts";
import { saveRobots } from "../store/hosts.ts";
import { toCapture } from "./capture.ts";
import type { TurnDeps } from "./deps.ts";
import { holdSlot, type Slot } from "./hold-slot.ts";
import { pardon } from "./pardon.ts";

/** RFC 9309 section 2.3.1.2 asks for at least five redirects. */
const HOPS = 5;
/** Longest wait for another host's turn when robots.txt redirects there, ms. */
const PATIENCE = 10_000;

/**
 * Asks robots.txt of the host that `url` is on, keeps the response as a capture and the verdict, and
 * answers it: what it says of the pace holds from the next request on.
 */
export async function readRobots(
  deps: TurnDeps,
  host: Host,
  url: string,
  slot: Slot,
): Promise<RobotsCopy | null> {
  const { store, log } = deps;
  const hops: Hop[] = [];
  const { answer, received, failure } = await ask(
    deps,
    new URL("/robots.txt", url).href,
    hops,
    slot,
  );
  if (failure) {
    const blameless = deps.outage.failed({ url, host, look: null }, failure);
    if (blameless) {
      await pardon(deps, blameless);
      return host.robots;
    }
  }
  const robots = robotsCopy(answer, host.robots, deps.now());
  if (received) {
    deps.outage.answered();
    const { capture, body } = await toCapture(received, {
      linkId: shortHash(`robots ${host._id}`),
      sourceId: "",
      sourceVersion: 0,
      runId: null,
      kind: "robots",
      lane: "http",
      hops,
      reservations: [],
      withheld: null,
      consent: null,
      robotsOverride: null,
    });
    await addCaptures(store, [capture], body ? [body] : []);
  }
  await saveRobots(store, host._id, robots, await deps.addresses.get(host._id));
  deps.hosts.forget(host._id);
  log.debug({ host: host._id, state: robots.state, status: robots.status }, "robots.txt read");
  return robots;
}

interface Asked {
  answer: RobotsAnswer;
  received: Received | null;
  /** Why no answer came. */
  failure?: RetryLater | GiveUp;
}

async function ask(deps: TurnDeps, url: string, hops: Hop[], slot: Slot): Promise<Asked> {
  let received: Received;
  try {
    const got = await deps.http.get({
      url,
      start: slot.start,
      limits: { bytes: LIMITS.robotsBytes, decodedBytes: LIMITS.robotsBytes },
    });
    if (isSkipped(got)) return { answer: { failed: got.detail ?? got.skipped }, received: null };
    received = got;
  } catch (error) {
    return {
      answer: { failed: error instanceof Error ? error.message : "failed" },
      received: null,
      ...((error instanceof RetryLater || error instanceof GiveUp) && { failure: error }),
    };
  }
  const { status, location, decoded, headers } = received;
  if (location && hops.length < HOPS) {
    hops.push({ url, status, location });
    const wait = await slot.release();
    const next = await waitForSlot(deps, new URL(location).host, wait);
    if (!next) return { answer: { failed: `no turn at ${location}` }, received };
    try {
      return await ask(deps, location, hops, next);
    } finally {
      await next.release();
    }
  }
  const { text } = decodeText(decoded, headers["content-type"]);
  return { answer: { status, text }, received };
}

/** A redirect of robots.txt is a request too, at the pace of the host that it leads to. */
async function waitForSlot(deps: TurnDeps, host: string, first: number): Promise<Slot | null> {
  const { delay = first, concurrency = 1 } = (await deps.hosts.get(host)) ?? {};
  const token = shortHash(`robots ${host} ${deps.random()}`);
  const deadline = Date.now() + PATIENCE;
  for (let wait = first; Date.now() + wait < deadline; ) {
    await sleep(wait);
    const slot = await holdSlot(deps, host, { token, delay, concurrency });
    if (slot.ok) return slot;
    wait = slot.wait;
  }
  return null;
}
