import { hostFileKey, toCapture } from "../../articles/ingest/capture.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import { decodeText } from "../../crawler/http/charset.ts";
import type { Received } from "../../crawler/http/received.ts";
import { type FileAnswer, robotsCopy, verdict } from "../../crawler/robots/policy.ts";
import { TDM_BYTES, TDM_PATH, tdmCopy } from "../../crawler/robots/tdmrep.ts";
import { shortHash } from "../../lib/hash.ts";
import { sleep } from "../../lib/time.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import type { Host, RobotsCopy } from "../../model/crawl/host.ts";
import type { Hop } from "../../model/crawl/link.ts";
import { isSkipped } from "../../model/crawl/skipped.ts";
import type { TurnDeps } from "../deps.ts";
import { pardon } from "../fetch/outage.ts";
import { holdSlot, type Slot } from "./slot.ts";

/** RFC 9309 section 2.3.1.2 asks for at least five redirects. */
const HOPS = 5;
/** Longest wait for another host's turn when the file redirects there, ms. */
const PATIENCE = 10_000;

/** A file in which a host says something of itself. */
interface HostFile {
  kind: "robots" | "tdmrep";
  url: string;
  bytes: number;
  /** That of the source whose page is asked for next. */
  proxy: Upstream | null;
}

interface Asked {
  answer: FileAnswer;
  received: Received | null;
  /** Why no answer came. */
  failure?: RetryLater | GiveUp;
}

/**
 * Asks for a file of a host and keeps the response as a capture; null where our own network is away,
 * so that nothing was learnt. Throws what a proxy is to blame for: it says nothing of the host.
 */
async function askFile(
  deps: TurnDeps,
  host: Host,
  file: HostFile,
  slot: Slot,
): Promise<FileAnswer | null> {
  const hops: Hop[] = [];
  const { answer, received, failure } = await ask(deps, file, hops, slot);
  if (failure?.reason === "proxy") throw failure;
  const { url, kind } = file;
  const blameless = failure && deps.outage.failed({ url, host, look: null }, failure);
  if (blameless) {
    await pardon(deps, blameless);
    return null;
  }
  if (!received) return answer;
  deps.outage.answered();
  const { capture, body } = await toCapture(received, {
    linkId: hostFileKey(kind, host._id),
    sourceId: "",
    sourceVersion: 0,
    runId: null,
    kind,
    lane: "http",
    hops,
    reason: null,
    detail: null,
    reservations: [],
    withheld: null,
    consent: null,
    robotsOverride: null,
  });
  await deps.files.keep({ capture, body });
  return answer;
}

async function ask(deps: TurnDeps, file: HostFile, hops: Hop[], slot: Slot): Promise<Asked> {
  const { url, bytes, proxy } = file;
  let received: Received;
  try {
    const limits = { bytes, decodedBytes: bytes };
    const got = await deps.http.get({ url, proxy, start: slot.start, limits });
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
      return await ask(deps, { ...file, url: location }, hops, next);
    } finally {
      await next.release();
    }
  }
  const { text } = decodeText(decoded, headers["content-type"]);
  return { answer: { status, text }, received };
}

/** A redirect of the file is a request too, at the pace of the host that it leads to. */
async function waitForSlot(deps: TurnDeps, host: string, first: number): Promise<Slot | null> {
  const { delay = first, concurrency = 1 } = (await deps.hosts.get(host)) ?? {};
  const token = shortHash(`file ${host} ${deps.random()}`);
  const deadline = Date.now() + PATIENCE;
  for (let wait = first; Date.now() + wait < deadline; ) {
    await sleep(wait);
    const slot = await holdSlot(deps, host, { token, delay, concurrency });
    if (slot.ok) return slot;
    wait = slot.wait;
  }
  return null;
}

/**
 * Asks robots.txt of the host that `page` is on, keeps the response as a capture and the verdict, and
 * answers it: what it says of the pace holds from the next request on.
 */
export async function readRobots(
  deps: TurnDeps,
  host: Host,
  page: string,
  { slot, proxy }: { slot: Slot; proxy: Upstream | null },
): Promise<RobotsCopy | null> {
  const url = new URL("/robots.txt", page).href;
  const file = { kind: "robots", url, bytes: LIMITS.robotsBytes, proxy } as const;
  const answer = await askFile(deps, host, file, slot);
  if (!answer) return host.robots;
  const robots = robotsCopy(answer, host.robots, deps.now());
  const address = await deps.addresses.get(host._id);
  await deps.files.note({ id: host._id, set: { robots, address } });
  deps.hosts.forget(host._id);
  deps.log.debug({ host: host._id, state: robots.state, status: robots.status }, "robots.txt read");
  return robots;
}

/**
 * Asks for tdmrep.json of the host that `page` is on, once a day, and keeps what it reserves; where
 * robots.txt forbids that, nothing is asked. False when no request was made.
 */
export async function readTdmrep(
  deps: TurnDeps,
  host: Host,
  page: string,
  { slot, robots, proxy }: { slot: Slot; robots: RobotsCopy | null; proxy: Upstream | null },
): Promise<boolean> {
  const url = new URL(TDM_PATH, page).href;
  const refused = robots && verdict(robots, deps.settings.product, url);
  const forbidden = refused !== null && isSkipped(refused);
  const answer = forbidden
    ? { failed: refused.detail ?? refused.skipped }
    : await askFile(deps, host, { kind: "tdmrep", url, bytes: TDM_BYTES, proxy }, slot);
  if (answer) {
    const tdm = tdmCopy(answer, host.tdm ?? null, deps.now());
    await deps.files.note({ id: host._id, set: { tdm } });
    deps.hosts.forget(host._id);
    deps.log.debug({ host: host._id, rules: tdm.rules.length }, "tdmrep.json read");
  }
  return !forbidden;
}
