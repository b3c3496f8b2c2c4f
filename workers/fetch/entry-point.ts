import { withoutBuried } from "../../articles/ingest/commit.ts";
import { doneSet, type Origin, planDiscovery } from "../../articles/ingest/links.ts";
import { pageOf } from "../../articles/reading/parse-tasks.ts";
import { LIMITS } from "../../config/limits.ts";
import { captureIdOf } from "../../crawler/http/capture.ts";
import { hubInHeader, judgeValidators, type Received } from "../../crawler/http/response.ts";
import { contradictions } from "../../crawler/links/published-at.ts";
import { pathPattern, trapOf, urlKey } from "../../crawler/links/url.ts";
import type { HostPace } from "../../crawler/politeness/pace.ts";
import { robotsDelay } from "../../crawler/robots/robots.ts";
import { type Contradiction, isTrusted, type UnreliableKind } from "../../model/crawl/host.ts";
import type { Discovery, LinkChanges, LinkKind, Validators } from "../../model/crawl/link.ts";
import { ensureHosts, wakeHosts } from "../../store/crawl/hosts.ts";
import {
  addLinks,
  announceLinks,
  knownLinks,
  reviveLinks,
  scheduleRevisits,
} from "../../store/crawl/links.ts";
import { countArticleLinks, getRun, noteProblems } from "../../store/crawl/runs.ts";
import { setSource } from "../../store/sources/sources.ts";
import { noteHub } from "../crawl/subscriptions.ts";
import type { Deps, KnownAttempt, TurnDeps } from "../deps.ts";
import { laneFor, toBrowser } from "../render/render-lane.ts";
import { enqueueTurnsOf } from "../schedule/tick.ts";
import { keepCapture, noteContradictions, signedOut, validatorsOf } from "./capture.ts";

/** Reads a fetched entry point, and stores its links and then its outcome. */
export async function readEntryPoint(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
  kind: Exclude<LinkKind, "article">,
): Promise<void> {
  const { link, source, host } = attempt;
  const task = {
    kind,
    page: link.page,
    trustsIds: isTrusted(host, "ids", deps.now()),
    ...pageOf(source, received, deps.now()),
  };
  const { discovery, appShell, signedOut: out } = await deps.parser.discover(task);
  if (out) signedOut("the site sent the entry point without the login");
  if (appShell && link.lane === "http" && source.render === "auto") {
    return toBrowser(deps, attempt, (set) => keepCapture(deps, attempt, received, set));
  }
  if (received.truncated) discovery.problems.push(`truncated at ${LIMITS.wireBytes} bytes`);
  if (kind === "feed") discovery.hub ??= hubInHeader(received.headers["link"], received.url);
  const run = (await getRun(deps.store, link.runId)) ?? { _id: link.runId, first: false };
  const laneOf = (url: string) => laneFor(source, host, url, deps.now());
  const facts = await hostFacts(deps, discovery, source.pace);
  const trusts = (word: UnreliableKind) => isTrusted(host, word, deps.now());
  const announcer = {
    captureId: captureIdOf(link._id, received),
    seenAt: received.startedAt,
    kind,
  };
  const origin = { link, announcer, source, run, laneOf, trusts, ...facts };
  const taken = await takeDiscovery(deps, discovery, origin);
  const { set, contradictions: found } = compared(attempt, discovery, {
    got: validatorsOf(received),
    trusted: trusts("validators"),
  });
  await noteContradictions(deps, host, found);
  // The entry point is done only after its links are stored.
  const linkSet: LinkChanges = {
    ...doneSet("unchanged"),
    ...set,
    // If links are left over, "not modified" would hide them next time.
    ...(taken.over > 0 && { validators: {} }),
    notModified: 0,
  };
  // A body that names erased articles is not stored again.
  const withheld = taken.erased > 0 ? ({ withheld: "erased" } as const) : {};
  await keepCapture(deps, attempt, received, linkSet, withheld);
  await enqueueTurnsOf(deps, taken.turns);
}

function compared(
  { link }: KnownAttempt,
  { listed, links, skipped, problems }: Discovery,
  server: { got: Validators; trusted: boolean },
): { set: LinkChanges; contradictions: Contradiction[] } {
  if (links.length + skipped.length === 0 && problems.length > 0) {
    // With validators, a 304 would hide that the entry point is still unreadable.
    const set = { reason: "parse", detail: problems[0] ?? null, validators: {} } as const;
    return { set, contradictions: [] };
  }
  const changed = !!link.listed && !!listed && link.listed.digest !== listed.digest;
  const { set, proof } = judgeValidators(link, { ...server, changed });
  const own = listed ? contradictions(link.listed, listed) : [];
  return {
    set: { ...set, ...(listed && { listed }) },
    contradictions: proof ? [...own, { kind: "validators", evidence: proof }] : own,
  };
}

async function takeDiscovery(
  { store, now }: Deps,
  found: Discovery,
  origin: Omit<Origin, "known" | "taken" | "now"> & { isPaced(host: string): boolean },
) {
  const { link, source, run } = origin;
  const { discovery, erased } = await withoutBuried(store, found);
  const keys = [...discovery.links, ...discovery.skipped]
    .filter(({ url }) => URL.canParse(url))
    .map(({ url }) => urlKey(url));
  const [known, taken] = await Promise.all([
    knownLinks(store, keys),
    countArticleLinks(store, run._id),
  ]);
  const plan = planDiscovery(discovery, { ...origin, known, taken, now: now() });
  const awake = [...plan.due, ...plan.again];
  // A backfill can later fetch an article that is too old now.
  const old = plan.left.filter(({ reason }) => reason === "too-old");
  const hosts = [...new Set([...awake, ...old].map(({ host }) => host))];

  const unpaced = hosts.filter((host) => !origin.isPaced(host));
  const paced = unpaced.map((host) => ({ host, ...source.pace }));
  await ensureHosts(store, paced);
  await addLinks(store, [...plan.due, ...plan.left]);
  const again = plan.again.map(({ id, ...set }) => {
    return { id, runId: run._id, dueAt: now(), set: { ...set, nextFetchAt: null } };
  });
  await reviveLinks(store, again);
  await scheduleRevisits(store, plan.sooner);
  await announceLinks(store, plan.announced);
  const { concurrency } = source.pace;
  const at = now();
  const byLane = awake.map(
    ({ host, lane }) => [`${lane} ${host}`, { host, lane, concurrency, at }] as const,
  );
  const turns = [...new Map(byLane).values()];
  await wakeHosts(store, turns);
  await noteProblems(store, run._id, plan.problems);
  if (link.kind === "feed") {
    const { ttl, hub } = discovery;
    if (ttl !== source.ttl) await setSource(store, source._id, { ttl });
    const before = source.hubs?.[link._id];
    if (before?.url !== hub?.url || before?.self !== hub?.self)
      await noteHub({ store, now }, source, link, hub);
  }
  return { turns, over: plan.over, erased };
}

async function hostFacts(
  { hosts, settings, now }: TurnDeps,
  { links }: Discovery,
  { delay, concurrency }: HostPace,
): Promise<Pick<Origin, "delayOf" | "trapOf"> & { isPaced(host: string): boolean }> {
  const ids = [...new Set(links.map(({ url }) => new URL(url).host))];
  const found = await Promise.all(ids.map(async (id) => [id, await hosts.get(id)] as const));
  const known = new Map(found);
  const at = now();
  return {
    isPaced(id) {
      const host = known.get(id);
      return !!host && host.delay >= delay && host.concurrency <= concurrency;
    },
    delayOf(url) {
      const robots = known.get(new URL(url).host)?.robots;
      return robots ? robotsDelay(robots, settings.product) : 0;
    },
    trapOf(url) {
      const traps = known.get(new URL(url).host)?.traps;
      const pattern = traps ? pathPattern(url) : null;
      return pattern === null ? null : trapOf(traps, pattern, at);
    },
  };
}
