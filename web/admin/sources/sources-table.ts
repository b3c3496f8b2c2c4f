import { type Html, html, percent } from "../../../lib/text.ts";
import { DAY_MS, dayIn } from "../../../lib/time.ts";
import {
  type Fill,
  type Health,
  healthOf,
  type SourceHealthFields,
} from "../../../model/sources/health.ts";
import { pauseOf, type SourceRecord } from "../../../model/sources/source.ts";
import { getDays } from "../../../store/publish/counters.ts";
import type { Store } from "../../../store/store.ts";
import { sparkline } from "../charts.ts";
import { badge, stateOf } from "../states.ts";
import { at, type Paged, section, sourceLink } from "../tables.ts";

export interface SourceHealth<Source = SourceRecord> {
  source: Source;
  health: Health;
}

const SEVERITY: Health["state"][] = [
  "quarantined",
  "failing",
  "degraded",
  "unknown",
  "ok",
  "paused",
];

/** Returns the severity of a state; 0 is the worst. */
export function severityOf(state: Health["state"]): number {
  return SEVERITY.indexOf(state);
}

export function worstFirst<T extends SourceHealthFields>(
  sources: readonly T[],
  now: Date,
): SourceHealth<T>[] {
  const rank = ({ health }: SourceHealth<T>) => severityOf(health.state);
  return sources
    .map((source) => ({ source, health: healthOf(source, now) }))
    .toSorted((a, b) => rank(a) - rank(b));
}

interface Shown {
  fill: ReadonlyMap<string, Fill>;
  zone: string;
  now: Date;
  /** Whether each source has a checkbox. */
  ticks: boolean;
  /** Returns daily numbers of articles, oldest first. */
  daysOf: (sourceId: string) => number[];
}

export function sourcesTable(
  title: string,
  sources: readonly SourceHealth[],
  shown: Shown,
  paged: Paged,
): Html {
  const heads = [
    ...(shown.ticks ? ["Act"] : []),
    "Source",
    "State, and what to do",
    "Last new article",
    "7 days",
    "Fields filled",
    "Last attempt",
    "Last success",
    "Next due",
  ];
  return section(
    title,
    heads,
    sources.map((one) => row(one, shown)),
    html`No source is configured: put one YAML file per publisher into <code>config/sources/</code> and restart, or <a href="/admin/add">add a source from its home page</a>.`,
    paged,
  );
}

function row({ source, health }: SourceHealth, { fill, zone, now, ticks, daysOf }: Shown): Html {
  const { words, todo } = health;
  const actor = pauseOf(source, now)?.actor;
  const seen = source.lastProblem && html` <small>(${source.lastProblem})</small>`;
  const tick = html`<td><input class="form-check-input" type="checkbox" name="id" value="${source._id}" aria-label="${source.name}"></td>`;
  return html`<tr>${ticks && tick}<td>${sourceLink(source._id, source.name)}</td>
<td class="state">${badge(stateOf(source, now))} <span class="why">${words}${actor && ` (${actor})`}${seen}${todo && html`<br>To do: ${todo}`}</span></td>
<td>${at(zone, source.lastNewArticleAt)}</td><td>${sparkline(daysOf(source._id))}</td><td class="n">${fillOf(fill.get(source._id))}</td>
<td>${at(zone, source.lastAttemptAt)}</td><td>${at(zone, source.lastSuccessAt)}</td><td>${at(zone, source.nextDueAt)}</td></tr>\n`;
}

function fillOf(fill: Fill | undefined): Html {
  if (!fill) return html`<span>&ndash;</span>`;
  const rates = Object.entries(fill.fields).map(([name, share]) => `${name} ${percent(share)}`);
  const about = `${fill.articles} articles: ${rates.join(", ")}`;
  return html`<span title="${about}">${percent(fill.fieldScore)}</span>`;
}

export async function readDays(store: Store, zone: string, now: Date, count = 7) {
  const days = Array.from({ length: count }, (_, n) =>
    dayIn(zone, new Date(now.getTime() - (count - 1 - n) * DAY_MS)),
  );
  const day = await getDays(store, days);
  return (sourceId: string) => days.map((id) => day(id).bySource[sourceId] ?? 0);
}
