import { failedSet, skippedSet, verdictOn } from "../../articles/ingest/outcome.ts";
import { withNextLook } from "../../articles/revisions/next-look.ts";
import type { SentCookie } from "../../crawler/http/cookies.ts";
import { disposition } from "../../crawler/http/disposition.ts";
import { type HttpRequest, SITEMAP_LIMITS } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/received.ts";
import { judgeNotModified, validatorsFor } from "../../crawler/http/validators.ts";
import { ownHosts } from "../../crawler/links/own-hosts.ts";
import { GiveUp, RetryLater } from "../../model/failure.ts";
import { isBelieved } from "../../model/lie.ts";
import type { Link, Validators } from "../../model/link.ts";
import { isSkipped, type Skipped } from "../../model/skipped.ts";
import type { SourceRecord } from "../../model/source.ts";
import { settleLinks } from "../../store/links.ts";
import type { TurnDeps } from "../deps.ts";
import { noteFailure, noteSuccess } from "./breaker.ts";
import { follow } from "./follow.ts";
import { articleGone } from "./gone.ts";
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
    if (!browser) throw new RetryLater("browser", "this process has no browser", 5_000);
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
    : new RetryLater("unknown", error instanceof Error ? error.message : String(error), 30_000);
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
