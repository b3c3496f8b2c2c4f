import { hostFileKey, toCapture } from "../../articles/ingest/capture.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import { fetchHostFile, type HostFileResponse } from "../../crawler/robots/host-files.ts";
import { type FileAnswer, robotsCopy, verdict } from "../../crawler/robots/policy.ts";
import { TDM_BYTES, TDM_PATH, tdmCopy } from "../../crawler/robots/tdmrep.ts";
import { shortHash } from "../../lib/hash.ts";
import { sleep } from "../../lib/time.ts";
import type { Host, RobotsCopy } from "../../model/crawl/host.ts";
import { isSkipped } from "../../model/crawl/skipped.ts";
import type { TurnDeps } from "../deps.ts";
import { revertFailures } from "../fetch/outage.ts";
import { holdSlot, type Slot, startGapOf } from "./slot.ts";

/** Longest wait for another host's turn when the file redirects there. */
const MAX_REDIRECT_WAIT_MS = 10_000;

/** A file in which a host says something of itself. */
interface HostFile {
  kind: "robots" | "tdmrep";
  url: string;
  bytes: number;
  /** That of the source whose page is asked for next. */
  proxy: Upstream | null;
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
  const { answer, received, hops, failure } = await requestFile(deps, file, slot);
  if (failure?.reason === "proxy") throw failure;
  const { url, kind } = file;
  const blameless = failure && deps.outage.failed({ url, host, attempt: null }, failure);
  if (blameless) {
    await revertFailures(deps, blameless);
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

/** Makes each request in a slot of its host: the first in that of the turn. */
async function requestFile(
  deps: TurnDeps,
  { url: first, bytes, proxy }: HostFile,
  turnSlot: Slot,
): Promise<HostFileResponse> {
  const limits = { bytes, decodedBytes: bytes };
  let slot = turnSlot;
  try {
    return await fetchHostFile(first, async (url) => {
      if (url !== first) {
        const wait = await slot.release();
        const next = await waitForSlot(deps, new URL(url).host, wait);
        if (!next) throw new Error(`no turn at ${url}`);
        slot = next;
      }
      return deps.http.get({ url, proxy, start: slot.start, limits });
    });
  } finally {
    if (slot !== turnSlot) await slot.release();
  }
}

/** A redirect of the file is a request too, at the pace of the host that it leads to. */
async function waitForSlot(deps: TurnDeps, host: string, first: number): Promise<Slot | null> {
  const { delay = first, concurrency = 1 } = (await deps.hosts.get(host)) ?? {};
  const token = shortHash(`file ${host} ${deps.random()}`);
  const deadline = Date.now() + MAX_REDIRECT_WAIT_MS;
  for (let wait = first; Date.now() + wait < deadline; ) {
    await sleep(wait);
    const startGap = startGapOf(delay, concurrency);
    const slot = await holdSlot(deps, host, { token, delay, concurrency, startGap });
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
