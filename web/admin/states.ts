import { type Html, html } from "../../lib/text.ts";
import type { BreakerState } from "../../model/crawl/host.ts";
import { isSkipReason, type Run, SKIP_REASONS } from "../../model/crawl/outcome.ts";
import { type Health, healthOf } from "../../model/sources/health.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

export interface State {
  word: string;
  cssClass: "status-green" | "status-blue" | "status-orange" | "status-secondary" | "status-red";
}

export const HEALTH_CSS_CLASSES = {
  ok: "status-green",
  degraded: "status-orange",
  failing: "status-red",
  quarantined: "status-red",
  unknown: "status-secondary",
  paused: "status-secondary",
} as const satisfies Record<Health["state"], State["cssClass"]>;

export const BREAKER_CSS_CLASSES = {
  closed: "status-green",
  open: "status-red",
  "half-open": "status-orange",
} as const satisfies Record<BreakerState["state"], State["cssClass"]>;

export const VERDICT_CSS_CLASSES = {
  green: "status-green",
  amber: "status-orange",
  red: "status-red",
} as const;

/** Returns the state of a source: its health, or more detail if its health is `ok` or `unknown`. */
export function stateOf(source: SourceRecord, now: Date): State {
  const { state } = healthOf(source, now);
  if (source.openRunId && (state === "ok" || state === "unknown")) {
    return { word: "running", cssClass: "status-blue" };
  }
  if (state !== "ok" && state !== "unknown")
    return { word: state, cssClass: HEALTH_CSS_CLASSES[state] };
  if (!source.lastAttemptAt)
    return { word: "waiting for its first run", cssClass: "status-secondary" };
  if (!source.lastSuccessAt) return { word: "never succeeded", cssClass: "status-red" };
  return { word: source.verified ? "ok" : "ok, not verified yet", cssClass: "status-green" };
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
  const skipped = Object.entries(counts.skipped).map((entry) => ({ entry, isDeadLetter: false }));
  const deadLetters = Object.entries(counts.deadLetters).map((entry) => ({
    entry,
    isDeadLetter: true,
  }));
  return [...skipped, ...deadLetters]
    .map(({ entry: [reason, count], isDeadLetter }) => ({ reason, count, isDeadLetter }))
    .toSorted((a, b) => b.count - a.count);
}
