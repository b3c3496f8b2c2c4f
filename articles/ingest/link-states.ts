import { type AttemptState, retryOrGiveUp } from "../../config/retry-policy.ts";
import type { FoundLink, Hop, Lane, Link, LinkChanges } from "../../model/crawl/link.ts";
import { GiveUp, type RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

export function skippedSet({ skipped, detail }: Skipped): LinkChanges {
  return { state: "skipped", dueAt: null, reason: skipped, detail: detail ?? null };
}

export function doneSet(outcome: Link["outcome"]): LinkChanges {
  return { state: "done", dueAt: null, reason: null, detail: null, outcome };
}

export function redirectedSet(hop: Hop, link: Link, now: Date): LinkChanges {
  const host = new URL(hop.location).host;
  const where = { url: hop.location, host, hops: [...link.hops, hop] };
  // The hop succeeded, so the next request is a first attempt.
  return { ...where, state: "due", dueAt: now, attempts: 0 };
}

export function toBrowserSet(now: Date): LinkChanges {
  return { state: "due", dueAt: now, lane: "browser", attempts: 0 };
}

export function failedSet(verdict: RetryLater | GiveUp, now: Date): LinkChanges {
  const { reason, message: detail } = verdict;
  if (verdict instanceof GiveUp) return { state: "dead-letter", dueAt: null, reason, detail };
  return { state: "due", dueAt: new Date(now.getTime() + (verdict.delay ?? 0)), reason, detail };
}

/**
 * Returns `RetryLater` if a failed fetch is tried again. Returns `GiveUp` if there were too many
 * attempts, or if `error` is a `GiveUp`.
 */
export function verdictOn(error: RetryLater | GiveUp, state: AttemptState): RetryLater | GiveUp {
  return error instanceof GiveUp ? error : retryOrGiveUp(error.reason, error.message, state);
}

export function newLink(
  found: FoundLink,
  context: {
    id: string;
    source: Pick<SourceRecord, "_id">;
    runId: string;
    lane: Lane;
    now: Date;
    parentId: string | null;
  },
): Link {
  const { id, source, runId, lane, now, parentId } = context;
  return {
    _id: id,
    url: found.url,
    foundUrl: found.url,
    host: new URL(found.url).host,
    sourceId: source._id,
    kind: found.kind,
    lane,
    state: "due",
    dueAt: now,
    runId,
    parentId,
    page: found.page,
    attempts: 0,
    claim: null,
    hops: [],
    hints: found.hints,
    validators: {},
    notModified: 0,
    reason: null,
    detail: null,
    captureId: null,
    articleId: null,
    outcome: null,
    firstSeenAt: now,
    doneAt: null,
  };
}
