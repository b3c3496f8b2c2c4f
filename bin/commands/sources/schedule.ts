import type { Command } from "@commander-js/extra-typings";
import { CommandError } from "../../../lib/exit.ts";
import { HOUR_MS } from "../../../lib/time.ts";
import { healthOf } from "../../../model/sources/health.ts";
import { type Forecast, scheduleWords } from "../../../model/sources/schedule.ts";
import { isPaused, type SourceRecord } from "../../../model/sources/source.ts";
import { forecast } from "../../../sources/schedule/forecast.ts";
import { listSources } from "../../../store/sources/sources.ts";
import { requireSource } from "../../known.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";

type Planned = Forecast & { source: SourceRecord };

export function register(program: Command): void {
  program
    .command("schedule")
    .description("show when sources are fetched next, and the average delay of an article")
    .argument("[id...]", "sources (default: all)")
    .option("--hours <number>", "number of hours to show, up to 168", "24")
    .option("--json", "print JSON, with the time of each run")
    .action(async (ids, { hours, json }) => {
      const ahead = Number(hours);
      if (!(ahead > 0 && ahead <= 168))
        throw new CommandError("usage", "--hours: write a number greater than 0, at most 168");
      const now = new Date();
      const until = new Date(now.getTime() + ahead * HOUR_MS);
      const active = (await onStore(listSources)).filter(({ active: isActive }) => isActive);
      requireSource(ids, active);
      const planned = active
        .filter(({ _id }) => ids.length === 0 || ids.includes(_id))
        .map((source) => ({ source, ...forecast(source, now, until) }))
        .toSorted((a, b) => firstOf(a) - firstOf(b));
      print(planned.map(jsonRowOf), json, () => tables(planned, now));
    });
}

function firstOf({ visits }: Planned): number {
  return visits[0]?.getTime() ?? Infinity;
}

function jsonRowOf({ source, visits, delay, items }: Planned): object {
  const { _id: id, schedule, missedAt = null } = source;
  return { id, schedule, visits, delayMs: delay, expectedArticles: items, missedAt };
}

function tables(planned: Planned[], now: Date): string {
  const rows = planned.map(({ source, visits, delay, items }) => {
    const why = isPaused(source, now) ? `paused: ${healthOf(source, now).words ?? ""}` : "";
    const missed = source.missedAt
      ? `the run due ${utc(source.missedAt)} was missed and skipped`
      : "";
    return [
      source._id,
      scheduleWords(source.schedule),
      visits[0] ? utc(visits[0]) : "–",
      visits.length,
      delay === null ? "" : `${Math.round(delay / 60_000)} min`,
      items === null ? "" : items.toFixed(1),
      [why, missed].filter((words) => words !== "").join("; "),
    ];
  });
  const head = ["source", "schedule (its zone)", "next (UTC)", "runs", "delay", "articles", "note"];
  return `${plainTable(head, rows, { right: [3, 4, 5] })}\n${byHour(planned)}`;
}

function byHour(planned: Planned[]): string {
  const counts = new Map<string, number>();
  for (const { visits } of planned) {
    for (const visit of visits) {
      const hour = utc(visit).slice(0, 13);
      counts.set(hour, (counts.get(hour) ?? 0) + 1);
    }
  }
  const most = Math.max(1, ...counts.values());
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, n]) => `${hour}h ${"█".repeat(Math.ceil((n / most) * 40))} ${n}`)
    .join("\n");
}
