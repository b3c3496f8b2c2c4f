import { failedSet, skippedSet } from "../articles/ingest/links.ts";
import { runSequencer } from "../articles/stream/sequencer.ts";
import { disposition, type Received } from "../crawler/http/response.ts";
import type { Lane } from "../model/crawl/link.ts";
import { GiveUp, isSkipped, RetryLater, type Skipped } from "../model/crawl/outcome.ts";
import type { TurnPayload } from "../queues/queues.ts";
import { crawl } from "./crawl/open-runs.ts";
import type { Attempt, AttemptResult, KnownAttempt, Storing, TurnDeps } from "./deps.ts";
import { articleGone, followRedirect, keepUnchanged } from "./fetch/answers.ts";
import { readArticle } from "./fetch/article.ts";
import {
  type Begun,
  beginWithLogin,
  keepCapture,
  requestPage,
  signedOut,
  withoutCookies,
} from "./fetch/capture.ts";
import { readEntryPoint } from "./fetch/entry-point.ts";
import { noteHostFailure, noteHostSuccess, recordFailure, recordOutcome } from "./fetch/outcome.ts";
import { endTurn } from "./fetch/slot.ts";
import { tick, wakeHost } from "./schedule/tick.ts";
import { type Next, takeHostTurn } from "./turn/turn.ts";

/**
 * The path of an article, from a due source to the change that readers get. Start reading here.
 *
 * 1. schedule: every few seconds (`NEWSGATHER_TICK`), `schedule` enqueues jobs for due sources and
 *    hosts.
 * 2. crawl: `crawl` opens a source's run, and stores the source's entry points as due links.
 * 3. fetch, render: `takeTurn` requests a host's due links, at the host's pace.
 * 4. capture: `handleAnswer` judges the response. Every response is stored before its link is done.
 * 5. discover, extract: `readEntryPoint` stores the links in a feed, sitemap or list as due links,
 *    for step 3. `readArticle` reads an article in the parser threads.
 * 6. match, store: `deps.commit` matches articles with their copies, and stores many articles
 *    together.
 * 7. publish: `publish` appends what readers can see to the change stream, for API clients and
 *    webhooks. The portal and the feeds read the articles.
 */
export { crawl, runSequencer as publish, tick as schedule };

/**
 * Fetches a host's due links for about two seconds. Returns when the job should continue, or `done`
 * if the job ends.
 */
export function takeTurn(deps: TurnDeps, lane: Lane, turn: TurnPayload): Promise<Next> {
  return takeHostTurn(deps, lane, turn, fetchLink);
}

const RETIRED: Skipped = { skipped: "filtered", detail: "the source is retired" };
const ALL_STORED: Storing = { stored: Promise.resolve() };

async function fetchLink(deps: TurnDeps, attempt: Attempt): Promise<AttemptResult> {
  const { source, slot } = attempt;
  if (!source?.active) {
    await slot.cancel();
    await recordOutcome(deps, attempt, skippedSet(RETIRED));
    return { next: deps.now(), ...ALL_STORED };
  }
  let answer: Received | Skipped;
  try {
    const begun = source.login ? await beginWithLogin(deps, attempt, source) : { cookies: [] };
    if ("instead" in begun) return await leaveToLogin(deps, attempt, begun);
    answer = await requestPage(deps, attempt, source, begun.cookies);
    if (source.login && !isSkipped(answer)) answer = withoutCookies(answer);
  } catch (error) {
    const next = await endTurn(deps, slot);
    await recordFailure(deps, attempt, error);
    return { next, ...ALL_STORED };
  }
  const next = await endTurn(deps, slot);
  if (!isSkipped(answer)) deps.outage.answered();
  const { stored } = await storeAnswer(deps, { ...attempt, source }, answer);
  if (!mayStoreLater(attempt)) await stored;
  return { next, stored };
}

function mayStoreLater({ link, source }: Attempt): boolean {
  // A page might show an expired login, or crash this worker and thereby affect another link.
  return link.kind === "article" && link.attempts === 1 && !link.losses?.all && !source?.login;
}

async function storeAnswer(
  deps: TurnDeps,
  attempt: KnownAttempt,
  answer: Received | Skipped,
): Promise<Storing> {
  const fail = (error: unknown) =>
    recordFailure(deps, attempt, error, isSkipped(answer) ? null : answer);
  try {
    if (!isSkipped(answer))
      return { stored: (await handleAnswer(deps, attempt, answer)).stored.catch(fail) };
    await recordOutcome(deps, attempt, skippedSet(answer));
  } catch (error) {
    await fail(error);
  }
  return ALL_STORED;
}

async function handleAnswer(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
): Promise<Storing> {
  const { link } = attempt;
  const { attempts, hops, kind } = link;
  const now = deps.now();
  const context = { kind, attempts, hops, now, random: deps.random() };
  if (attempt.source.login && received.status === 401) signedOut("the site answers 401");
  const verdict = disposition(received, context);
  if (verdict instanceof RetryLater || verdict instanceof GiveUp) {
    // The host first: a turn in another of its slots can begin while the capture is being stored.
    await noteHostFailure(deps, attempt.host, verdict);
    await keepCapture(deps, attempt, received, failedSet(verdict, now));
    return ALL_STORED;
  }
  await noteHostSuccess(deps, attempt.host);
  // Reading the previous page can add to what is known about the host.
  await attempt.before;
  if (isSkipped(verdict)) {
    const known = kind === "article" && link.articleId && !link.articlePageOf;
    if (known && verdict.skipped === "gone") await articleGone(deps, attempt, received, verdict);
    else await keepCapture(deps, attempt, received, skippedSet(verdict));
    return ALL_STORED;
  }
  if (verdict.kind === "ok") {
    if (kind === "article") return { stored: readArticle(deps, attempt, received) };
    return { stored: readEntryPoint(deps, attempt, received, kind) };
  }
  if (verdict.kind === "redirect") await followRedirect(deps, attempt, received, verdict.to);
  else await keepUnchanged(deps, attempt, received);
  return ALL_STORED;
}

async function leaveToLogin(
  deps: TurnDeps,
  attempt: Attempt,
  { instead, hasRequested }: Extract<Begun, { hasRequested: boolean }>,
): Promise<AttemptResult> {
  const { link, slot } = attempt;
  const next = hasRequested ? await endTurn(deps, slot) : deps.now();
  if (!hasRequested) await slot.cancel();
  await recordOutcome(deps, attempt, instead);
  const { lane = link.lane } = instead;
  if (lane !== link.lane) await wakeHost(deps, link.host, lane);
  return { next, ...ALL_STORED };
}
