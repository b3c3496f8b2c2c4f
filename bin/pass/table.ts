import Table from "cli-table3";
import { type RunCounts } from "../../model/run.ts";
import type { SourceProgress } from "./wait.ts";

const HEAD = [
  "source",
  "links",
  "HTTP",
  "browser",
  "stored",
  "updated",
  "duplicates",
  "skipped",
  "gave up",
  "s",
];

/** The result of a pass, one row per source and a sum. */
export function passTable(progress: SourceProgress[], options: { color: boolean }): string {
  const style = options.color ? {} : { head: [], border: [] };
  const table = new Table({
    head: HEAD,
    style,
    colAligns: ["left", ...HEAD.slice(1, 7).map(() => "right" as const), "left", "left", "right"],
  });
  const rows = progress.toSorted((a, b) => a.source._id.localeCompare(b.source._id));
  for (const { source, counts, seconds } of rows) table.push(row(source._id, counts, seconds));
  const sum = rows.map(({ counts }) => counts).reduce(add, zero());
  table.push(row("all", sum, Math.max(0, ...rows.map(({ seconds }) => seconds))));
  return table.toString();
}

function row(name: string, counts: RunCounts, seconds: number): (string | number)[] {
  const { links, http, browser, stored, updated, duplicates, skipped, dead, waiting } = counts;
  const waits = waiting > 0 ? `${waiting} wait for a retry` : "";
  return [
    name,
    links,
    http,
    browser,
    stored,
    updated,
    duplicates,
    words(skipped),
    [words(dead), waits].filter(Boolean).join("\n"),
    seconds.toFixed(1),
  ];
}

function words(reasons: Partial<Record<string, number>>): string {
  return Object.entries(reasons)
    .toSorted()
    .map(([reason, count]) => `${count} ${reason}`)
    .join("\n");
}

const zero = (): RunCounts => ({
  links: 0,
  entryPoints: 0,
  http: 0,
  browser: 0,
  stored: 0,
  updated: 0,
  unchanged: 0,
  duplicates: 0,
  waiting: 0,
  skipped: {},
  dead: {},
});

function add(a: RunCounts, b: RunCounts): RunCounts {
  const sum = zero();
  for (const part of [a, b]) {
    for (const [key, value] of Object.entries(part)) {
      const into = sum as unknown as Record<string, number | Record<string, number>>;
      const there = into[key];
      if (typeof value === "number" && typeof there === "number") into[key] = there + value;
      else if (typeof there === "object") addReasons(there, value as Record<string, number>);
    }
  }
  return sum;
}

function addReasons(into: Record<string, number>, reasons: Record<string, number>): void {
  for (const [reason, count] of Object.entries(reasons)) into[reason] = (into[reason] ?? 0) + count;
}
