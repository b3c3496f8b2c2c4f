import { goneAgain, goneVerdict } from "../../articles/classify/retraction.ts";
import { settleBuried } from "../../articles/ingest/buried.ts";
import {
  failedSet,
  redirectedSet,
  skippedSet,
  verdictOn,
} from "../../articles/ingest/link-states.ts";
import { withNextLook } from "../../articles/revisions/revisits.ts";
import type { SentCookie } from "../../crawler/http/cookies.ts";
import { disposition } from "../../crawler/http/disposition.ts";
import { type HttpRequest, SITEMAP_LIMITS } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/received.ts";
import { judgeNotModified, validatorsFor } from "../../crawler/http/validators.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { isOurs, ownHosts } from "../../crawler/links/own-hosts.ts";
import { AFTER_SUCCESS, afterFailure } from "../../crawler/politeness/breaker.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import { type Host, isBelieved } from "../../model/crawl/host.ts";
import type { Link, Validators } from "../../model/crawl/link.ts";
import { isSkipped, type Skipped } from "../../model/crawl/skipped.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys, claimAliases } from "../../store/articles/aliases.ts";
import { latestOf } from "../../store/articles/stories.ts";
import { tombstonesOf } from "../../store/articles/tombstones.ts";
import { ensureHosts, getHost, noteHostLooks, saveBreaker } from "../../store/crawl/hosts.ts";
import { knownLinks, planLooks, settleLinks } from "../../store/crawl/links.ts";
import type { TurnDeps } from "../deps.ts";
import { endTurn } from "./hold-slot.ts";
import { type KnownLook, keepCapture } from "./keep-capture.ts";
import { noteContradictions } from "./lies.ts";
import type { Look } from "./look.ts";
import { pardon } from "./pardon.ts";
import { readPage } from "./read-page.ts";
import { reviveSheets } from "./sheets/follow.ts";
import { wakeHost } from "./wake.ts";
import { afterLapse, type Begun, beginWithLogin, signedOut, withoutCookies } from "./with-login.ts";

interface Kept {
  /** Resolves once the page is read and stored; of an article alone that may still be under way. */
  kept: Promise<void>;
}

/** What a look came to. */
export interface Looked extends Kept {
  /** When the host's next turn begins. */
  next: Date;
}

const DONE: Kept = { kept: Promise.resolve() };

/** Makes the turn's request and deals with the answer. */
export async function lookAt(deps: TurnDeps, look: Look): Promise<Looked> {
  const { source, slot } = look;
  if (!source?.active) {
    await slot.cancel();
    await settle(deps, look, skippedSet({ skipped: "filtered", detail: "its source is retired" }));
    return { next: deps.now(), ...DONE };
  }
  let answer: Received | Skipped;
  try {
    const begun = source.login ? await beginWithLogin(deps, look, source) : { cookies: [] };
    if ("instead" in begun) return await putOff(deps, look, begun);
    answer = await request(deps, look, source, begun.cookies);
    if (source.login && !isSkipped(answer)) answer = withoutCookies(answer);
  } catch (error) {
    const next = await endTurn(deps, slot);
    await failed(deps, look, error);
    return { next, ...DONE };
  }
  const next = await endTurn(deps, slot);
  if (!isSkipped(answer)) deps.outage.answered();
  const { kept } = await keepAnswer(deps, { ...look, source }, answer);
  if (!mayOutlast(look)) await kept;
  return { next, kept };
}

/**
 * Whether the host may be asked on while an article is read and stored. Not where a login may turn out not to
 * hold, nor with a page whose worker was lost before: if that ends this one too, no other link is to suffer.
 */
function mayOutlast({ link, source }: Look): boolean {
  return link.kind === "article" && link.attempts === 1 && !link.losses?.all && !source?.login;
}

/** Deals with an answer; reading and storing a page may go on. */
async function keepAnswer(
  deps: TurnDeps,
  look: KnownLook,
  answer: Received | Skipped,
): Promise<Kept> {
  const fail = (error: unknown) => failed(deps, look, error, isSkipped(answer) ? null : answer);
  try {
    if (!isSkipped(answer)) return { kept: (await judge(deps, look, answer)).kept.catch(fail) };
    await settle(deps, look, skippedSet(answer));
  } catch (error) {
    await fail(error);
  }
  return DONE;
}

/** Leaves the link to the turn that its login calls for. */
async function putOff(
  deps: TurnDeps,
  look: Look,
  { instead, asked }: Extract<Begun, { asked: boolean }>,
): Promise<Looked> {
  const { link, slot } = look;
  const next = asked ? await endTurn(deps, slot) : deps.now();
  if (!asked) await slot.cancel();
  await settle(deps, look, instead);
  const { lane = link.lane } = instead;
  if (lane !== link.lane) await wakeHost(deps, link.host, lane);
  return { next, ...DONE };
}

function request(
  { browser, http, now, proxyOf }: TurnDeps,
  { link, host, slot }: Look,
  source: SourceRecord,
  cookies: readonly SentCookie[],
): Promise<Received | Skipped> {
  const { headers } = source;
  const proxy = proxyOf(source);
  const wanted: HttpRequest = { url: link.url, headers, cookies, proxy, start: slot.start };
  if (link.lane === "browser") {
    if (!browser) throw new RetryLater("browser", "this process has no browser");
    const turn = { host: link.host, turn: link.claim?.turn ?? 0, account: accountOf(source) };
    const own = [...ownHosts(source), ...source.allowHosts];
    return browser.render(turn, { ...wanted, ownHosts: own });
  }
  return http.get({
    ...wanted,
    validators: validatorsFor(link, isBelieved(host, "validators", now())),
    ...(link.kind === "sitemap" ? { limits: SITEMAP_LIMITS } : {}),
  });
}

/** Whose browser context it is, where a source's pages don't come as anybody's would. */
function accountOf({ _id, login, headers }: SourceRecord): string | undefined {
  return login || Object.keys(headers).length > 0 ? _id : undefined;
}

async function judge(deps: TurnDeps, look: KnownLook, received: Received): Promise<Kept> {
  const { link } = look;
  const { attempts, hops, kind } = link;
  const now = deps.now();
  const context = { kind, attempts, hops, now, random: deps.random() };
  if (look.source.login && received.status === 401) signedOut("the site answers 401");
  const verdict = disposition(received, context);
  if (verdict instanceof RetryLater || verdict instanceof GiveUp) {
    // The host first: a turn of its other slots may begin while this is stored.
    await noteFailure(deps, look.host, verdict);
    await keepCapture(deps, look, received, failedSet(verdict, now));
    return DONE;
  }
  await noteSuccess(deps, look.host);
  // What is read of a host's pages may lead to those before.
  await look.before;
  if (isSkipped(verdict)) {
    const known = kind === "article" && link.articleId && !link.sheetOf;
    if (known && verdict.skipped === "gone") await articleGone(deps, look, received, verdict);
    else await keepCapture(deps, look, received, skippedSet(verdict));
    return DONE;
  }
  if (verdict.kind === "ok") {
    return { kept: readPage(deps, look, received, validatorsOf(received)) };
  }
  if (verdict.kind === "redirect") await follow(deps, look, received, verdict.to);
  else await keepUnchanged(deps, look, received);
  return DONE;
}

/** A page that its host says is as it was. */
async function keepUnchanged(deps: TurnDeps, look: KnownLook, received: Received): Promise<void> {
  const { link } = look;
  if (link.sheets?.length) await reviveSheets(deps, look);
  const lie = judgeNotModified(link);
  if (lie) {
    const contradiction = { kind: "validators", evidence: lie.proof } as const;
    await noteContradictions(deps, look.host, [contradiction]);
  }
  await keepCapture(deps, look, received, {
    state: "done",
    dueAt: null,
    outcome: "unchanged",
    notModified: link.notModified + 1,
    ...(lie && { audits: lie.audits }),
  });
}

function validatorsOf({ headers }: Received): Validators {
  const { etag, "last-modified": lastModified } = headers;
  return { ...(etag && { etag }), ...(lastModified && { lastModified }) };
}

/** A page that came but can't be parsed is kept as evidence beside its cause. */
async function failed(
  deps: TurnDeps,
  look: Look,
  error: unknown,
  received: Received | null = null,
): Promise<void> {
  const known = error instanceof RetryLater || error instanceof GiveUp;
  // Anything else is a bug of ours: it is logged with its stack and tried again with backoff.
  if (!known) deps.log.error({ err: error, url: look.link.url }, "look failed unexpectedly");
  const failure = known
    ? error
    : new RetryLater("unknown", error instanceof Error ? error.message : String(error));
  const verdict = verdictOn(failure, { attempts: look.link.attempts, random: deps.random() });
  const set = failedSet(verdict, deps.now());
  if (failure.reason === "login" && received && look.source) {
    const again = await afterLapse(deps, look, look.source, received);
    return keepCapture(deps, look, received, again ?? set);
  }
  if (failure.reason === "parse" && received) return keepCapture(deps, look, received, set);
  const doneAt = await settle(deps, look, set);
  const { link, host } = look;
  const suspect = { url: link.url, host, look: { link, host, doneAt } };
  const blameless = deps.outage.failed(suspect, failure);
  if (blameless) await pardon(deps, blameless);
  else if (known) await noteFailure(deps, look.host, failure);
}

/** Writes what became of the link; answers when. */
async function settle(
  deps: TurnDeps,
  { link, token, source }: Look,
  came: Partial<Link>,
): Promise<Date> {
  const now = deps.now();
  const context = { reading: null, revised: false, rates: source?.looks, now };
  const cleared = link.losses ? { losses: null } : {};
  const set = withNextLook(link, { ...came, ...cleared, doneAt: now }, context);
  await settleLinks(deps.store, [{ id: link._id, token, set }]);
  return now;
}

/** Longer than any process believes what it read of a host, ms. */
const BELIEVED = 1500;

/** Counts a failure against its host; enough in a row, or Retry-After, open its breaker for a while. */
async function noteFailure(deps: TurnDeps, host: Host, failure: RetryLater | GiveUp) {
  const state = afterFailure(host, failure, deps.now());
  if (!state) return;
  await saveBreaker(deps.store, host._id, state);
  deps.hosts.forget(host._id);
  if (state.openUntil) {
    // Other processes still believe for a moment that it may be visited.
    await deps.pace.penalize(host._id, BELIEVED);
    deps.log.warn(
      { host: host._id, until: state.openUntil, reason: state.openReason },
      "host left alone: its breaker is open",
    );
  }
}

/** The breaker of a host that answers closes again. */
async function noteSuccess(deps: TurnDeps, host: Host): Promise<void> {
  if (host.failures === 0 && !host.openUntil) return;
  await saveBreaker(deps.store, host._id, AFTER_SUCCESS);
  deps.hosts.forget(host._id);
}

/** Other articles of a source that are looked at when there is nothing to compare with. */
const PROBES = 3;

/**
 * Deals with a 404 or 410 at the address of an article that is known: it is kept as evidence, looked
 * at again, and the article is taken back once the evidence suffices.
 */
async function articleGone(
  deps: TurnDeps,
  look: Look,
  received: Received,
  why: Skipped,
): Promise<void> {
  const { link, host } = look;
  const { store } = deps;
  const now = deps.now();
  await noteHostLooks(store, [{ host: host._id, linkId: link._id, gone: true, at: now }]);
  const gone = goneAgain(link.gone, now);
  const looks = (await getHost(store, host._id))?.looks ?? [];
  const verdict = goneVerdict(link._id, gone, looks);
  if (!verdict.retract && verdict.why === "nothing to compare") {
    const others = await latestOf(store, link.sourceId, now, PROBES + 1);
    const probes = others.filter((id) => id !== link.articleId).slice(0, PROBES);
    await planLooks(
      store,
      probes.map((_id) => ({ _id, at: now })),
    );
  }
  const detail = verdict.retract ? verdict.because : `${why.detail}; ${verdict.why}`;
  const set = { ...skippedSet({ ...why, detail }), gone, nextLookAt: verdict.again };
  const retraction = verdict.retract && { by: "gone" as const, because: verdict.because };
  await keepCapture(deps, look, received, set, retraction ? { retraction } : {});
}

/**
 * Follows a redirect by handing the link to the target's host: each hop is a request of its own
 * there, with that host's robots.txt and pace.
 */
async function follow(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  to: string,
): Promise<void> {
  const { link, source, host } = look;
  const { store } = deps;
  const target = new URL(to);
  if (!isOurs(source, link.foundUrl, target)) {
    const why = { skipped: "off-site", detail: `redirects to ${to}` } as const;
    return keepCapture(deps, look, received, skippedSet(why));
  }
  const key = urlKey(to);
  if (link.kind === "article" && key !== link._id && (await knownLinks(store, [key])).has(key)) {
    return duplicate(deps, look, received, to, key);
  }
  const tombstone = link.kind === "article" && (await tombstonesOf(store, [key])).get(key);
  if (tombstone) return settleBuried(store, [{ entry: look, tombstone }], deps.now());
  const hop = { url: received.url, status: received.status, location: to };
  await ensureHosts(store, [{ host: target.host, ...source.pace }]);
  await keepCapture(deps, look, received, redirectedSet(hop, link, deps.now()));
  if (target.host !== host._id) await wakeHost(deps, target.host, link.lane);
}

/** Another link has the target already: this one is one more address of its article. */
async function duplicate(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  to: string,
  key: string,
): Promise<void> {
  const { link } = look;
  const articleId = (await articlesOfKeys(deps.store, [key])).get(key) ?? null;
  if (articleId) {
    const alias = { _id: link._id, articleId, url: link.foundUrl, at: deps.now() };
    await claimAliases(deps.store, [{ ...alias, kind: "redirect" }]);
  }
  const why = { skipped: "duplicate", detail: `redirects to ${to}` } as const;
  await keepCapture(deps, look, received, { ...skippedSet(why), articleId });
}
