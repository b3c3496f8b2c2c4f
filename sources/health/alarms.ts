import { formatDuration, MINUTE_MS } from "../../lib/time.ts";
import type { Alarm, Digest, Trouble } from "../../model/operations/alarm.ts";
import { budgetOf, type CoverageSummary, shareText } from "../../model/sources/coverage.ts";
import { healthOf } from "../../model/sources/health.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";

const ALARM_DELAYS_MS = { process: 5 * MINUTE_MS, partly: 60 * MINUTE_MS };
/**
 * Operators are notified of these causes at once, because waiting wouldn't show whether they pass.
 */
const CERTAIN_CAUSES = new Set(["drift", "silent", "spike", "coverage-missing", "coverage-late"]);
const MAX_LINES = 50;

export function sourceTroubles(sources: readonly SourceRecord[], now: Date): Trouble[] {
  return sources.flatMap((source): Trouble[] => {
    const { state, cause, words, todo } = healthOf(source, now);
    const about = { kind: "source", subject: source._id } as const;
    if (source.pausedByOperator?.isHarmful)
      return [
        {
          ...about,
          cause: "ends-workers",
          state: "failing",
          words: words ?? "its pages crash workers",
          todo: `once the page can be read, run newsgather sources resume ${source._id}, then newsgather dead-letters replay --source ${source._id}`,
        },
      ];
    if (state === "ok" || state === "unknown" || state === "paused") return [];
    if (!source.verified || !cause) return [];
    return [{ ...about, cause, state, words: words ?? cause, todo }];
  });
}

const MIN_LATE = 3;

/** Returns the troubles of active sources that have overspent their error budget. */
export function coverageTroubles(
  all: readonly CoverageSummary[],
  sources: readonly SourceRecord[],
  now: Date,
): Trouble[] {
  const watched = new Map(
    sources
      .filter((source) => source.active && source.verified && !isPaused(source, now))
      .map((source) => [source._id, source]),
  );
  return all.flatMap(({ _id, total, recent, objective }): Trouble[] => {
    if (!watched.has(_id)) return [];
    const budget = budgetOf(total, objective);
    if (budget.remaining >= 0) return [];
    const { share, within } = objective;
    const goal = `the objective is that ${shareText(share)} of announced articles are on the portal within ${formatDuration(within)}; in the last 28 days, ${shareText(budget.inTime)} were`;
    const trouble = {
      kind: "source",
      subject: _id,
      state: "degraded",
      todo: `newsgather coverage ${_id} lists missing articles, with the reasons`,
    } as const;
    const lately = budgetOf(recent, objective);
    const found: Trouble[] = [];
    if (total.missing > 0) {
      const words = `announced articles that are missing: ${total.missing}; ${goal}`;
      found.push({ ...trouble, cause: "coverage-missing", words });
    }
    if (recent.late >= MIN_LATE && lately.remaining < 0) {
      const words = `articles that came late since yesterday: ${recent.late}; ${goal}`;
      found.push({ ...trouble, cause: "coverage-late", words });
    }
    return found;
  });
}

/** Returns the alarms that must be stored: new, changed and newly closed ones. */
export function reconcile(
  known: readonly Alarm[],
  troubles: readonly Trouble[],
  now: Date,
): Alarm[] {
  const open = new Map(
    known.filter(({ closedAt }) => !closedAt).map((alarm) => [alarm._id, alarm]),
  );
  const changed: Alarm[] = [];
  for (const trouble of troubles) {
    const _id = `${trouble.kind}:${trouble.subject}:${trouble.cause}`;
    const before = open.get(_id);
    open.delete(_id);
    const tellAt = new Date(now.getTime() + notificationDelay(trouble));
    const notified = { opened: false, closed: false };
    const begun = { openedAt: now, closedAt: null, tellAt, notified };
    const alarm = { _id, ...begun, ...before, ...trouble };
    // Operators are notified earlier of an alarm that got worse.
    if (before && tellAt < before.tellAt) alarm.tellAt = tellAt;
    if (!before || JSON.stringify(before) !== JSON.stringify(alarm)) changed.push(alarm);
  }
  return [...changed, ...[...open.values()].map((alarm) => ({ ...alarm, closedAt: now }))];
}

function notificationDelay({ kind, state, cause }: Trouble): number {
  if (kind === "process") return ALARM_DELAYS_MS.process;
  return state === "degraded" && !CERTAIN_CAUSES.has(cause) ? ALARM_DELAYS_MS.partly : 0;
}

export function digestOf(
  alarms: readonly Alarm[],
  now: Date,
  { title, page }: { title: string; page: string },
): Pick<Digest, "at" | "subject" | "text" | "opened" | "closed" | "open"> | null {
  const due = alarms.filter(({ closedAt, tellAt }) => !closedAt && tellAt <= now);
  const opened = due.filter(({ notified }) => !notified.opened);
  const closed = alarms.filter(
    ({ closedAt, notified }) => closedAt && notified.opened && !notified.closed,
  );
  if (opened.length + closed.length === 0) return null;
  const open = due.length;
  const news = [
    ...(opened.length > 0 ? [`${opened.length} new`] : []),
    ...(closed.length > 0 ? [`${closed.length} over`] : []),
  ];
  const text = [
    ...part("New", opened),
    ...part("Over", closed),
    `Open in total: ${open}. See ${page}`,
    "",
  ].join("\n");
  return { at: now, subject: `${title}: alarms, ${news.join(", ")}`, text, opened, closed, open };
}

function part(heading: string, alarms: readonly Alarm[]): string[] {
  if (alarms.length === 0) return [];
  const shown = alarms
    .slice(0, MAX_LINES)
    .flatMap(({ kind, subject, state, words, todo, closedAt }) => [
      `- ${kind} ${subject} (${closedAt ? "was " : ""}${state}): ${words}`,
      ...(todo && !closedAt ? [`  to do: ${todo}`] : []),
    ]);
  const more = alarms.length > MAX_LINES ? [`- and ${alarms.length - MAX_LINES} more`] : [];
  return [`${heading} (${alarms.length})`, ...shown, ...more, ""];
}
