import { LIMITS } from "../config/limits.ts";
import type { Received } from "../fetch/received.ts";
import type { Capture } from "../model/capture.ts";
import type { Discovery } from "../model/discovery.ts";
import type { LinkKind, Validators } from "../model/link.ts";
import type { Retraction } from "../model/retraction.ts";
import type { SourceRecord } from "../model/source.ts";
import { saveVerdict } from "../store/hosts.ts";
import { getRun, noteProblems } from "../store/runs.ts";
import type { Reading } from "./article.ts";
import { toCapture } from "./capture.ts";
import type { TurnDeps } from "./deps.ts";
import { takeDiscovery } from "./discovered.ts";
import { hostFacts } from "./host-facts.ts";
import type { Look } from "./look-at.ts";
import { judgePage, reservationsOf } from "./page-verdict.ts";
import { sourceView } from "./parse-tasks.ts";
import { browserVerdict, laneFor } from "./render-lane.ts";
import { holding, reservedWords, withholds } from "./reserved.ts";
import { enqueueTurns } from "./schedule.ts";
import { doneSet, skippedSet, toBrowserSet } from "./settle.ts";
import { learnTraps } from "./traps.ts";
import { wakeHost } from "./wake.ts";

/** A look whose source is known. */
export type KnownLook = Look & { source: SourceRecord };

type Set = Parameters<typeof keepCapture>[3];

/** Stores the response as a capture and settles its link: every answer is kept, good or bad. */
export async function keepCapture(
  deps: TurnDeps,
  { link, token, source, host }: Look,
  received: Received,
  settle: Partial<Look["link"]>,
  found: {
    reading?: Omit<Reading, "capture">;
    reservations?: string[];
    withheld?: Capture["withheld"];
    /** Why the article was taken back. */
    retraction?: Pick<Retraction, "by" | "because">;
  } = {},
): Promise<void> {
  const reservations = found.reservations ?? reservationsOf(received, [], deps.settings.product);
  const reserved = source ? holding(reservations, source) : reservations;
  const { capture, body } = await toCapture(received, {
    linkId: link._id,
    sourceId: link.sourceId,
    sourceVersion: source?.version ?? 0,
    runId: link.runId,
    kind: link.kind,
    lane: link.lane,
    hops: link.hops,
    reservations,
    withheld: found.withheld ?? withholds(reserved),
    consent:
      reserved.length < reservations.length ? (source?.rights.consent?.reason ?? null) : null,
    robotsOverride: source?.ignoreRobots?.reason ?? null,
  });
  const reading = found.reading ? { ...found.reading, capture } : null;
  const { _id: captureId } = capture;
  const retraction = found.retraction && { ...found.retraction, at: deps.now(), captureId };
  const rates = source?.looks;
  const entry = { capture, body, link, token, reading, settle, rates, retraction };
  const settled = await deps.commit.add(entry);
  await learnTraps(deps, host, link, { outcome: null, reason: null, ...settled });
}

/** Reads a page that came as it should: an entry point's links, or an article. */
export function readPage(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  validators: Validators,
): Promise<void> {
  const { kind } = look.link;
  return kind === "article"
    ? readArticle(deps, look, received, validators)
    : readEntryPoint(deps, look, received, validators, kind);
}

async function readArticle(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  validators: Validators,
): Promise<void> {
  const { link, source } = look;
  const { product } = deps.settings;
  const extracted = await deps.parser.extract({
    task: "extract",
    ...pageOf(deps, look, received),
    hints: link.hints,
    boilerplate: await deps.boilerplate.get(source._id),
    reserved: reservationsOf(received, [], product),
  });
  const stated = extracted.extraction.page.reservations;
  const reservations = reservationsOf(received, stated, product);
  if (extracted.withdrawn) {
    const why = { skipped: "withdrawn", detail: `"${extracted.withdrawn}"` } as const;
    const retraction = { by: "publisher", because: why.detail } as const;
    return keepCapture(deps, look, received, skippedSet(why), { reservations, retraction });
  }
  const reserved = holding(reservations, source);
  const verdict = judgePage(extracted, reserved, { lane: link.lane, render: source.render });
  const keep = (set: Set, reading?: Omit<Reading, "capture">) =>
    keepCapture(deps, look, received, set, { reservations, ...(reading && { reading }) });
  switch (verdict.kind) {
    case "article": {
      const { article, extraction } = verdict;
      const origin = { sourceId: source._id, sourceVersion: source.version, reserved };
      const words = reservedWords(reserved);
      if (words) await noteProblems(deps.store, link.runId, [words]);
      const seen = { ...doneSet("new"), notModified: 0, validators: ownOf(link, validators) };
      await keep(seen, { extracted: { article, extraction }, ...origin });
      return;
    }
    case "needs-browser":
      return toBrowser(deps, look, keep);
    case "skipped":
      return keep(skippedSet(verdict.why));
  }
}

/** Validators belong to the address that gave them: after hops that isn't the link's own. */
function ownOf({ hops }: Look["link"], validators: Validators): Validators {
  return hops.length > 0 ? {} : validators;
}

async function readEntryPoint(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  validators: Validators,
  kind: Exclude<LinkKind, "article">,
): Promise<void> {
  const { link, source, host } = look;
  const task = {
    task: "discover",
    kind,
    page: link.page,
    ...pageOf(deps, look, received),
  } as const;
  const { discovery, appShell } = await deps.parser.discover(task);
  if (appShell && link.lane === "http" && source.render === "auto") {
    return toBrowser(deps, look, (set) => keepCapture(deps, look, received, set));
  }
  if (received.truncated) discovery.problems.push(`cut at ${LIMITS.wireBytes} bytes`);
  const run = (await getRun(deps.store, link.runId)) ?? { _id: link.runId, first: false };
  const laneOf = (url: string) => laneFor(source, host, url, deps.now());
  const facts = await hostFacts(deps, discovery);
  const taken = await takeDiscovery(deps, discovery, { link, source, run, laneOf, ...facts });
  // The entry point is done after its links are stored: seen only after stored.
  const set: Set = {
    ...doneSet("unchanged"),
    // With links left over, "not modified" next time would hide them.
    ...(isUnread(discovery)
      ? unreadSet(discovery)
      : { validators: taken.over > 0 ? {} : validators }),
    notModified: 0,
  };
  // It names what was erased: its words are not stored again.
  await keepCapture(deps, look, received, set, taken.erased > 0 ? { withheld: "erased" } : {});
  if (taken.due + taken.again > 0) await enqueueTurns(deps);
}

/** Whether nothing could be made of an entry point: another kind of page, broken beyond repair. */
function isUnread({ links, skipped, problems }: Discovery): boolean {
  return links.length + skipped.length === 0 && problems.length > 0;
}

/** It is asked for without validators next time: "not modified" would hide that it is no good. */
function unreadSet({ problems }: Discovery): Set {
  return { reason: "parse", detail: problems[0] ?? null, validators: {} };
}

async function toBrowser(
  deps: TurnDeps,
  { link, source, host }: KnownLook,
  keep: (set: Set) => Promise<void>,
): Promise<void> {
  const { type, memory } = browserVerdict(source, host, link.foundUrl, deps.now());
  await saveVerdict(deps.store, host._id, type, memory);
  deps.hosts.forget(host._id);
  await keep(toBrowserSet(deps.now()));
  await wakeHost(deps, host._id, "browser");
  await noteProblems(deps.store, link.runId, [`${link.kind}s of ${host._id} need the browser`]);
}

function pageOf(deps: TurnDeps, { source }: KnownLook, received: Received) {
  return {
    body: received.decoded,
    contentType: received.headers["content-type"] ?? null,
    url: received.url,
    source: sourceView(source),
    now: deps.now(),
  };
}
