import { type RunCounts } from "../../model/crawl/run.ts";
import { emptyCounts } from "../../store/crawl/runs.ts";
import { plainTable } from "../table.ts";
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
  "not done",
  "s",
];

/** The result of a pass, one row per source and a sum. */
export function passTable(progress: SourceProgress[]): string {
  const sorted = progress.toSorted((a, b) => a.source._id.localeCompare(b.source._id));
  const rows = sorted.map(({ source, counts, seconds }) => row(source._id, counts, seconds));
  const sum = sorted.map(({ counts }) => counts).reduce(add, emptyCounts());
  const longest = Math.max(0, ...sorted.map(({ seconds }) => seconds));
  return plainTable(HEAD, [...rows, row("all", sum, longest)], { right: [1, 2, 3, 4, 5, 6, 9] });
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
    [words(dead), waits].filter(Boolean).join(", "),
    seconds.toFixed(1),
  ];
}

function words(reasons: Partial<Record<string, number>>): string {
  return Object.entries(reasons)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
}

function add(a: RunCounts, b: RunCounts): RunCounts {
  const sum = emptyCounts();
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
