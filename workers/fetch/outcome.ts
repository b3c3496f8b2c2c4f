import {
  announcedAfter,
  failedSet,
  skippedSet,
  toBrowserSet,
  verdictOn,
} from "../../articles/ingest/links.ts";
import { withNextFetch } from "../../articles/revisions/revisits.ts";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import type { Received } from "../../crawler/http/response.ts";
import { AFTER_SUCCESS, afterFailure } from "../../crawler/politeness/breaker.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Link, LinkChanges } from "../../model/crawl/link.ts";
import { GiveUp, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import type { RevisitRates } from "../../model/sources/source.ts";
import { saveBreaker } from "../../store/crawl/hosts.ts";
import { recordOutcomes } from "../../store/crawl/links.ts";
import type { Attempt, TurnDeps } from "../deps.ts";
import { wakeHost } from "../schedule/tick.ts";
import { keepCapture } from "./capture.ts";

function withPlans(
  link: Link,
  result: Partial<Link>,
  now: Date,
  rates?: RevisitRates,
): Partial<Link> {
  const announced = { ...result, ...announcedAfter(link, result, now) };
  return withNextFetch(link, announced, { reading: null, revised: false, rates, now });
}

/** Moves links of a host to the browser lane without requesting their pages. */
export async function handOver(
  deps: TurnDeps,
  links: readonly Link[],
  { token, turn }: { token: string; turn: number },
): Promise<void> {
  const at = deps.now();
  const claim = (link: Link, index: number) =>
    deps.links.claim(link, { token: `${token}${index}`, turn, at });
  const claimed = (await Promise.all(links.map(claim))).flatMap((link) => link ?? []);
  const [first] = claimed;
  if (!first) return;
  const outcomes = claimed.map((link) => ({ link, set: toBrowserSet(at) }));
  await record(deps, outcomes);
  await wakeHost(deps, first.host, "browser");
}

async function record(
  { store }: TurnDeps,
  outcomes: readonly { link: Link; set: LinkChanges }[],
): Promise<void> {
  const settlements = outcomes.map(({ link: { _id: id, claim }, set }) => {
    return { id, token: claim?.token ?? "", set };
  });
  await recordOutcomes(store, settlements);
}

/** Records a refusal by robots.txt. If robots.txt can't be read, the link is due at `again`. */
export async function recordRefusal(
  deps: TurnDeps,
  link: Link,
  refused: Skipped,
  again: Date,
): Promise<void> {
  const left = skippedSet(refused);
  const wait = refused.skipped === "robots-unreachable";
  const state = wait ? ({ ...left, state: "due", dueAt: again } as const) : left;
  // No request was made, so this doesn't count as an attempt.
  const now = deps.now();
  const set = withPlans(link, { ...state, attempts: 0, doneAt: now }, now);
  await record(deps, [{ link, set }]);
}

/**
 * Records a failed attempt at a link: robots.txt or tdmrep.json of its host couldn't be requested
 * through the source's proxy. After too many attempts, the link becomes a dead letter.
 */
export async function postponeLink(
  deps: TurnDeps,
  link: Link,
  { token, turn }: { token: string; turn: number },
  failure: RetryLater | GiveUp,
): Promise<void> {
  const at = deps.now();
  const claimed = await deps.links.claim(link, { token, turn, at });
  if (!claimed) return;
  const judged = verdictOn(failure, { attempts: claimed.attempts, random: deps.random() });
  const result = { ...failedSet(judged, at), doneAt: at };
  const set = { ...result, ...announcedAfter(link, result, at) };
  await record(deps, [{ link: claimed, set }]);
}

/**
 * Makes a link a dead letter, because its page crashes workers, or because its source is paused for
 * crashing workers.
 */
export async function recordPoison(deps: TurnDeps, link: Link, detail: string): Promise<void> {
  deps.log.warn(
    { url: link.url },
    "the page crashes workers, or its source is paused because its pages do; the link is now a dead letter",
  );
  const at = deps.now();
  const result = { state: "dead-letter", dueAt: null, reason: "poison", detail } as const;
  const set = { ...result, ...announcedAfter(link, result, at), doneAt: at };
  await record(deps, [{ link, set }]);
}

/** Stores the outcome of an attempt in its link, and returns the time at which it was stored. */
export async function recordOutcome(
  deps: TurnDeps,
  { link, source }: Attempt,
  result: Partial<Link>,
): Promise<Date> {
  const now = deps.now();
  const cleared = link.losses ? { losses: null } : {};
  const set = withPlans(link, { ...result, ...cleared, doneAt: now }, now, source?.revisitRates);
  await record(deps, [{ link, set }]);
  return now;
}

/**
 * Records a failed attempt, which can also count against the host. Stores a page as evidence if it
 * can't be parsed or the login has expired.
 */
export async function recordFailure(
  deps: TurnDeps,
  attempt: Attempt,
  error: unknown,
  received: Received | null = null,
): Promise<void> {
  const known = error instanceof RetryLater || error instanceof GiveUp;
  // Anything else is a defect of this program: log it with its stack, and try again with backoff.
  if (!known) deps.log.error({ err: error, url: attempt.link.url }, "fetch failed unexpectedly");
  const failure = known
    ? error
    : new RetryLater("unknown", error instanceof Error ? error.message : String(error));
  const verdict = verdictOn(failure, { attempts: attempt.link.attempts, random: deps.random() });
  const set = failedSet(verdict, deps.now());
  if (failure.reason === "login" && received && attempt.source) {
    const mayRetry =
      attempt.link.attempts < RETRY_POLICY.link.maxAttempts &&
      (await deps.logins.lapse(attempt.source, received.startedAt));
    const again = { state: "due", dueAt: deps.now(), reason: null, detail: null } as const;
    return keepCapture(deps, attempt, received, mayRetry ? again : set);
  }
  if (failure.reason === "parse" && received) return keepCapture(deps, attempt, received, set);
  const doneAt = await recordOutcome(deps, attempt, set);
  const { link, host } = attempt;
  const suspect = { url: link.url, host, attempt: { link, doneAt } };
  const isBlameless = await deps.outage.failed(suspect, failure);
  if (known && !isBlameless) await noteHostFailure(deps, host, failure);
}

const MAX_HOST_COPY_AGE_MS = 1500;

/** Counts a host's failure. A Retry-After, or enough failures, opens the host's circuit breaker. */
export async function noteHostFailure(deps: TurnDeps, host: Host, failure: RetryLater | GiveUp) {
  const state = afterFailure(host, failure, deps.now());
  if (!state) return;
  await saveBreaker(deps.store, host._id, state);
  deps.hosts.forget(host._id);
  const { openUntil: until, openReason: reason } = state;
  if (!until) return;
  // For a moment, other processes can still use a copy of the host from before it was paused.
  await deps.pace.penalize(host._id, MAX_HOST_COPY_AGE_MS);
  deps.log.warn({ host: host._id, until, reason }, "host paused: its circuit breaker is open");
}

/** Closes the circuit breaker of a host that has answered. */
export async function noteHostSuccess(deps: TurnDeps, host: Host): Promise<void> {
  if (host.failures === 0 && !host.openUntil) return;
  await saveBreaker(deps.store, host._id, AFTER_SUCCESS);
  deps.hosts.forget(host._id);
}
