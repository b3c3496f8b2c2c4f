import { isDeepStrictEqual } from "node:util";
import pLimit, { type LimitFunction } from "p-limit";
import { LIMITS } from "../../config/limits.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import { toCapture } from "../../crawler/http/capture.ts";
import { paceOf } from "../../crawler/politeness/pace.ts";
import { documentCopy } from "../../crawler/rights/document-copy.ts";
import type { NamedDocument } from "../../crawler/rights/page-signals.ts";
import { usageLinesOf } from "../../crawler/rights/robots-usage.ts";
import { fetchHostFile, type HostFileResponse } from "../../crawler/robots/host-files.ts";
import {
  type FileAnswer,
  refusalBy,
  robotsCopy,
  TDM_BYTES,
  TDM_PATH,
  tdmCopy,
} from "../../crawler/robots/robots.ts";
import { shortHash } from "../../lib/text.ts";
import { sleep } from "../../lib/time.ts";
import { type HostFileKind, hostFileKey } from "../../model/crawl/capture.ts";
import type { Host, RobotsCopy } from "../../model/crawl/host.ts";
import { DOCUMENT_BYTES, type RightsDocument } from "../../model/usage-rights.ts";
import { ensureHosts, getDocument, saveDocument } from "../../store/crawl/hosts.ts";
import type { Store } from "../../store/store.ts";
import type { TurnDeps } from "../deps.ts";
import { holdSlot, type Slot } from "./slot.ts";

/**
 * Maximum wait until a host allows a request. It is longer than a `Crawl-delay` of 30 s, but
 * shorter than the default of `NEWSGATHER_STUCK_AFTER`.
 */
const MAX_WAIT_MS = 40_000;
const DOCUMENT_HOST_DELAY_MS = 2000;

/** How a document is fetched for a source. */
interface Access {
  proxy: Upstream | null;
  ignoreRobots: boolean;
}

interface HostFile {
  kind: HostFileKind;
  url: string;
  bytes: number;
  proxy: Upstream | null;
}

/** Requests a file; returns null if our own network is down. */
async function askFile(
  deps: TurnDeps,
  host: Host,
  file: HostFile,
  slot: Slot,
): Promise<FileAnswer | null> {
  const { answer, received, hops, failure } = await requestFile(deps, file, slot);
  deps.noteProgress();
  if (failure?.reason === "proxy") throw failure;
  const { url, kind } = file;
  if (failure && (await deps.outage.failed({ url, host, attempt: null }, failure))) return null;
  if (!received) return answer;
  deps.outage.answered();
  const { capture, body } = await toCapture(received, {
    linkId: hostFileKey(kind, url),
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

async function requestFile(
  deps: TurnDeps,
  { url: first, bytes, proxy }: HostFile,
  turnSlot: Slot,
): Promise<HostFileResponse> {
  const until = Date.now() + MAX_WAIT_MS;
  let slot = turnSlot;
  let host = new URL(first).host;
  try {
    return await fetchHostFile(first, async (url) => {
      if (url !== first) {
        const wait = await slot.release();
        const before = host;
        host = new URL(url).host;
        const next = await waitForSlot(deps, host, host === before ? wait : 0, until);
        if (!next)
          throw new Error(
            `no request to ${url} was possible within ${MAX_WAIT_MS / 1000} s: its host is slow or paused`,
          );
        slot = next;
      }
      return deps.http.get({ url, proxy, start: slot.start, maxBytes: bytes });
    });
  } finally {
    if (slot !== turnSlot) await slot.release();
  }
}

async function waitForSlot(
  deps: TurnDeps,
  host: string,
  first: number,
  deadline: number,
): Promise<Slot | null> {
  const known = await deps.hosts.get(host);
  if (known?.openUntil && known.openUntil > deps.now()) return null;
  const pace = known
    ? paceOf(known, deps.settings.product)
    : { delay: Math.max(first, DOCUMENT_HOST_DELAY_MS), concurrency: 1, startGap: 0 };
  const token = shortHash(`file ${host} ${deps.random()}`);
  for (let wait = first; Date.now() + wait < deadline; ) {
    await sleep(wait);
    deps.noteProgress();
    // One request at a time, so that each file is fetched only once.
    const slot = await holdSlot(deps, host, { ...pace, token, concurrency: 1 });
    if (slot.ok) return slot;
    wait = slot.wait;
  }
  return null;
}

/** Fetches robots.txt and returns its rules. If our network is down: the previous rules or null. */
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
  const before = host.robots?.text;
  const isOther = before != null && usageLinesOf(before) !== usageLinesOf(robots.text ?? "");
  const changed = isOther && { rightsChangedAt: deps.now() };
  await deps.files.note({ id: host._id, set: { robots, address, ...changed } });
  deps.hosts.forget(host._id);
  deps.log.debug({ host: host._id, state: robots.state, status: robots.status }, "robots.txt read");
  return robots;
}

/** Fetches tdmrep.json and stores its reservations. Returns false if robots.txt forbids this. */
export async function readTdmrep(
  deps: TurnDeps,
  host: Host,
  page: string,
  { slot, robots, proxy }: { slot: Slot; robots: RobotsCopy | null; proxy: Upstream | null },
): Promise<boolean> {
  const url = new URL(TDM_PATH, page).href;
  const refused = robots && refusalBy(robots, deps.settings.product, url);
  const answer = refused
    ? { failed: refused.detail ?? refused.skipped }
    : await askFile(deps, host, { kind: "tdmrep", url, bytes: TDM_BYTES, proxy }, slot);
  if (answer) {
    const tdm = tdmCopy(answer, host.tdm ?? null, deps.now());
    const isOther = host.tdm && !isDeepStrictEqual(host.tdm.rules, tdm.rules);
    const changed = isOther && { rightsChangedAt: deps.now() };
    await deps.files.note({ id: host._id, set: { tdm, ...changed } });
    deps.hosts.forget(host._id);
    deps.log.debug({ host: host._id, rules: tdm.rules.length }, "tdmrep.json read");
  }
  return !refused;
}

const pendingReads = new WeakMap<Store, Map<string, Promise<RightsDocument>>>();

/**
 * Returns the licences and policies that a page names; outdated copies are fetched again. `detail`
 * of a document says why it couldn't be read.
 */
export async function readDocuments(
  deps: TurnDeps,
  host: Host,
  references: readonly NamedDocument[],
  access: Access,
): Promise<RightsDocument[]> {
  const known = host.documents ?? [];
  const queues = new Map<string, LimitFunction>();
  const found = references.map(async (one): Promise<RightsDocument> => {
    const copy = known.find(({ url }) => url === one.url);
    if (copy !== undefined && copy.expiresAt > deps.now()) return copy;
    // Documents of one host are read one by one, so that each has its full time to wait.
    const { host: id } = new URL(one.url);
    const queue = queues.get(id) ?? pLimit(1);
    queues.set(id, queue);
    return queue(() => readOnce(deps, host, one, access));
  });
  return Promise.all(found);
}

function readOnce(
  deps: TurnDeps,
  host: Host,
  reference: NamedDocument,
  access: Access,
): Promise<RightsDocument> {
  const pending = pendingReads.get(deps.store) ?? new Map<string, Promise<RightsDocument>>();
  pendingReads.set(deps.store, pending);
  const key = `${host._id} ${reference.url}`;
  const there = pending.get(key);
  if (there) return there;
  const read = async () => {
    const before = await getDocument(deps.store, reference.url);
    const document = await readDocument(deps, reference, before, access);
    const isOther = before !== null && before.text !== document.text;
    await saveDocument(deps.store, host._id, document, isOther ? deps.now() : null);
    deps.hosts.forget(host._id);
    const { url, status, detail } = document;
    deps.log.debug({ host: host._id, url, status, detail }, "rights document read");
    return document;
  };
  const promise = read().finally(() => pending.delete(key));
  pending.set(key, promise);
  return promise;
}

async function readDocument(
  deps: TurnDeps,
  reference: NamedDocument,
  previous: RightsDocument | null,
  { proxy, ignoreRobots }: Access,
): Promise<RightsDocument> {
  const { kind, url } = reference;
  const { host: id } = new URL(url);
  // A page of another host may have named the same document.
  if (previous && previous.expiresAt > deps.now()) return previous;
  const ended = (answer: FileAnswer) => documentCopy(reference, answer, previous, deps.now());
  if (!(await deps.hosts.get(id))) {
    await ensureHosts(deps.store, [{ host: id, delay: DOCUMENT_HOST_DELAY_MS, concurrency: 1 }]);
    deps.hosts.forget(id);
  }
  const deadline = Date.now() + MAX_WAIT_MS;
  for (let wait = 0; ; ) {
    const slot = await waitForSlot(deps, id, wait, deadline);
    if (!slot)
      return ended({
        failed: `no request to ${id} was possible within ${MAX_WAIT_MS / 1000} s: the host is slow or paused`,
      });
    try {
      // Another process may have read the document in the meantime.
      const stored = await getDocument(deps.store, url);
      if (stored && stored.expiresAt > deps.now()) return stored;
      deps.hosts.forget(id);
      const target = await deps.hosts.get(id);
      if (!target) return ended({ failed: `${id} isn't known` });
      const robots = target.robots && target.robots.expiresAt > deps.now() ? target.robots : null;
      if (!ignoreRobots && !robots) {
        await slot.opened;
        const read = await readRobots(deps, target, url, { slot, proxy });
        wait = await slot.release(paceOf({ ...target, robots: read }, deps.settings.product));
        continue;
      }
      const refused = !ignoreRobots && robots && refusalBy(robots, deps.settings.product, url);
      if (refused) return ended({ failed: refused.detail ?? refused.skipped });
      await slot.opened;
      const fileKind = kind === "rsl" ? "licence" : "policy";
      const file = { url, kind: fileKind, bytes: DOCUMENT_BYTES, proxy } as const;
      const answer = await askFile(deps, target, file, slot);
      await slot.release();
      return ended(answer ?? { failed: "our own network is down" });
    } finally {
      await slot.cancel();
    }
  }
}
