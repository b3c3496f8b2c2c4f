import { doneSet } from "../../articles/ingest/link-states.ts";
import { pageOf } from "../../articles/reading/parse-tasks.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Received } from "../../crawler/http/received.ts";
import { judgeValidators } from "../../crawler/http/validators.ts";
import { contradictions } from "../../crawler/links/contradictions.ts";
import { hubInHeader } from "../../crawler/websub/hub-header.ts";
import { type Contradiction, isBelieved, type LieKind } from "../../model/crawl/host.ts";
import type { Discovery, LinkKind, Validators } from "../../model/crawl/link.ts";
import { getRun } from "../../store/crawl/runs.ts";
import type { TurnDeps } from "../deps.ts";
import { takeDiscovery } from "../discover/discovered.ts";
import { hostFacts } from "../discover/host-facts.ts";
import { enqueueTurnsAt } from "../schedule.ts";
import { type KnownLook, keepCapture, type LinkSet } from "./keep-capture.ts";
import { noteContradictions } from "./lies.ts";
import { laneFor } from "./render-lane.ts";
import { toBrowser } from "./to-browser.ts";
import { signedOut } from "./with-login.ts";

/** Reads an entry point that came: stores the links that it names, then settles it. */
export async function readEntryPoint(
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
    believesIds: isBelieved(host, "ids", deps.now()),
    ...pageOf(source, received, deps.now()),
  } as const;
  const { discovery, appShell, signedOut: out } = await deps.parser.discover(task);
  if (out) signedOut("the entry point came as for a stranger");
  if (appShell && link.lane === "http" && source.render === "auto") {
    return toBrowser(deps, look, (set) => keepCapture(deps, look, received, set));
  }
  if (received.truncated) discovery.problems.push(`cut at ${LIMITS.wireBytes} bytes`);
  if (kind === "feed") discovery.hub ??= hubInHeader(received.headers["link"], received.url);
  const run = (await getRun(deps.store, link.runId)) ?? { _id: link.runId, first: false };
  const laneOf = (url: string) => laneFor(source, host, url, deps.now());
  const facts = await hostFacts(deps, discovery, source.pace);
  const believes = (word: LieKind) => isBelieved(host, word, deps.now());
  const origin = { link, source, run, laneOf, believes, ...facts };
  const taken = await takeDiscovery(deps, discovery, origin);
  const told = isUnread(discovery)
    ? NOTHING
    : compared(look, discovery, { got: validators, believed: believes("validators") });
  await noteContradictions(deps, host, told.contradictions);
  // The entry point is done after its links are stored: seen only after stored.
  const set: LinkSet = {
    ...doneSet("unchanged"),
    // With links left over, "not modified" next time would hide them.
    ...(isUnread(discovery)
      ? unreadSet(discovery)
      : { ...told.set, ...(taken.over > 0 && { validators: {} }) }),
    notModified: 0,
  };
  // It names what was erased: its words are not stored again.
  await keepCapture(deps, look, received, set, taken.erased > 0 ? { withheld: "erased" } : {});
  await enqueueTurnsAt(deps, taken.turns);
}

const NOTHING = { set: {}, contradictions: [] };

/** What an entry point says now, beside what it and its server said at the last look. */
function compared(
  { link }: KnownLook,
  { named }: Discovery,
  server: { got: Validators; believed: boolean },
): { set: LinkSet; contradictions: Contradiction[] } {
  const changed = !!link.named && !!named && link.named.digest !== named.digest;
  const { set, proof } = judgeValidators(link, { ...server, changed });
  const own = named ? contradictions(link.named, named) : [];
  return {
    set: { ...set, ...(named && { named }) },
    contradictions: proof ? [...own, { kind: "validators", evidence: proof }] : own,
  };
}

/** Whether nothing could be made of an entry point: another kind of page, broken beyond repair. */
function isUnread({ links, skipped, problems }: Discovery): boolean {
  return links.length + skipped.length === 0 && problems.length > 0;
}

/** It is asked for without validators next time: "not modified" would hide that it is no good. */
function unreadSet({ problems }: Discovery): LinkSet {
  return { reason: "parse", detail: problems[0] ?? null, validators: {} };
}
