import { type Html, html } from "../../lib/text.ts";
import { isSkipReason, type Run, SKIP_REASONS } from "../../model/crawl/outcome.ts";
import { healthOf } from "../../model/sources/health.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

export const CSS_CLASSES = {
  // of a source's health
  ok: "status-green",
  degraded: "status-orange",
  failing: "status-red",
  quarantined: "status-red",
  unknown: "status-secondary",
  paused: "status-secondary",
  running: "status-blue",
  "waiting for its first run": "status-secondary",
  "never succeeded": "status-red",
  "ok, not verified yet": "status-green",
  // of what needs attention
  stopped: "status-red",
  "to do": "status-blue",
  // of a breaker
  closed: "status-green",
  open: "status-red",
  "half-open": "status-orange",
  // of a preview
  green: "status-green",
  amber: "status-orange",
  red: "status-red",
  working: "status-secondary",
  failed: "status-secondary",
  done: "status-secondary",
  // of a source in the plan
  add: "status-green",
  "add again": "status-green",
  change: "status-blue",
  retire: "status-red",
  // of an article
  published: "status-green",
  unlisted: "status-orange",
  retracted: "status-red",
  // of a step in an article's timeline
  found: "status-secondary",
  fetched: "status-blue",
  read: "status-blue",
  decided: "status-orange",
  delivered: "status-green",
  // of a reader of the stream
  "has it": "status-green",
  behind: "status-orange",
  "filtered out": "status-secondary",
  // of a user
  active: "status-green",
  invited: "status-blue",
  locked: "status-orange",
  disabled: "status-secondary",
  // of a link in a preview
  followed: "status-green",
  skipped: "status-secondary",
  // of an imported source
  new: "status-green",
  there: "status-secondary",
  wrong: "status-red",
} as const;

export type State = keyof typeof CSS_CLASSES;

/** Returns a state as a word with a colour. */
export function badge(word: State): Html {
  return html`<span class="status ${CSS_CLASSES[word]}">${word}</span>`;
}

/** Returns the state of a source: its health, or more detail if its health is `ok` or `unknown`. */
export function stateOf(source: SourceRecord, now: Date): State {
  const { state } = healthOf(source, now);
  if (state !== "ok" && state !== "unknown") return state;
  if (source.openRunId) return "running";
  if (!source.lastAttemptAt) return "waiting for its first run";
  if (!source.lastSuccessAt) return "never succeeded";
  return source.verified ? "ok" : "ok, not verified yet";
}

export function reasonText(reason: string): Html {
  const text = isSkipReason(reason) ? SKIP_REASONS[reason] : reason.replaceAll("-", " ");
  const parts = text
    .split("`")
    .map((part, index) => (index % 2 ? html`<code>${part}</code>` : part));
  return html`${parts}`;
}

export function reasons(
  counts: Run["counts"],
): { reason: string; count: number; isDeadLetter: boolean }[] {
  const listed = (causes: Record<string, number>, isDeadLetter: boolean) =>
    Object.entries(causes).map(([reason, count]) => ({ reason, count, isDeadLetter }));
  return [...listed(counts.skipped, false), ...listed(counts.deadLetters, true)].toSorted(
    (a, b) => b.count - a.count,
  );
}
