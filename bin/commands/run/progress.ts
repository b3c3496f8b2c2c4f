import pc from "picocolors";
import type { RunCounts } from "../../../model/crawl/outcome.ts";
import { emptyCounts } from "../../../store/crawl/runs.ts";
import { plainTable } from "../../output.ts";
import { describeWaiting, type SourceProgress, type WaitingLink } from "./wait.ts";

/** Shows progress. `waiting` has the links that are waited for; null while there is progress. */
export type ShowProgress = (progress: SourceProgress[], waiting: WaitingLink[] | null) => void;

export function progressView(out: NodeJS.WriteStream = process.stderr): ShowProgress {
  return out.isTTY ? bars(out) : lines(out);
}

const ID_WIDTH = 22;
const BAR_WIDTH = 24;

function bars(out: NodeJS.WriteStream): ShowProgress {
  let drawn = 0;
  return (progress, waiting) => {
    const width = (out.columns ?? 200) - 1;
    const rows = progress.slice(0, (out.rows ?? 40) - 3).map((one) => bar(one, width));
    if (waiting) rows.push(describeWaiting(waiting).slice(0, width));
    // Move to the first row of the last drawing, then overwrite it and clear the rest.
    const back = drawn > 0 ? `\u001b[${drawn}A` : "";
    out.write(`${back}${rows.map((line) => `\u001b[2K${line}\n`).join("")}\u001b[J`);
    drawn = rows.length;
  };
}

function bar({ source, counts, state }: SourceProgress, width: number): string {
  const total = counts.links + counts.entryPoints;
  const through = total - counts.waiting;
  const filled =
    state === "done" ? BAR_WIDTH : total > 0 ? Math.round((through / total) * BAR_WIDTH) : 0;
  const drawn = pc.green("█".repeat(filled)) + pc.dim("░".repeat(BAR_WIDTH - filled));
  const id = source._id.padEnd(ID_WIDTH).slice(0, ID_WIDTH);
  const left = Math.max(0, width - ID_WIDTH - BAR_WIDTH - 2);
  return `${id} ${drawn} ${describeProgress({ counts, state }).slice(0, left)}`;
}

function lines(out: NodeJS.WriteStream): ShowProgress {
  const last = new Map<string, string>();
  let lastWaiting = "";
  return (progress, waiting) => {
    const wait = waiting ? describeWaiting(waiting) : "";
    if (wait !== "" && wait !== lastWaiting) out.write(`${wait}\n`);
    lastWaiting = wait;
    for (const one of progress) {
      const id = one.source._id;
      const text = describeProgress(one);
      if (one.state === "waiting" || last.get(id) === text) continue;
      last.set(id, text);
      out.write(`${id}: ${text}\n`);
    }
  };
}

function describeProgress({ counts, state }: Pick<SourceProgress, "counts" | "state">): string {
  const total = counts.links + counts.entryPoints;
  const through = total - counts.waiting;
  const { stored, updated, duplicates } = counts;
  const more = [
    updated > 0 ? `${updated} updated` : "",
    duplicates > 0 ? `${duplicates} duplicates` : "",
  ];
  return [`${state}, ${through} of ${total} links`, `${stored} stored`, ...more]
    .filter(Boolean)
    .join(", ");
}

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

export function runsTable(progress: SourceProgress[]): string {
  const sorted = progress.toSorted((a, b) => a.source._id.localeCompare(b.source._id));
  const rows = sorted.map(({ source, counts, seconds }) => row(source._id, counts, seconds));
  const sum = sorted.map(({ counts }) => counts).reduce(add, emptyCounts());
  const longest = Math.max(0, ...sorted.map(({ seconds }) => seconds));
  return plainTable(HEAD, [...rows, row("all", sum, longest)], { right: [1, 2, 3, 4, 5, 6, 9] });
}

function row(name: string, counts: RunCounts, seconds: number): (string | number)[] {
  const { links, http, browser, stored, updated, duplicates, skipped, deadLetters, waiting } =
    counts;
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
    [words(deadLetters), waits].filter(Boolean).join(", "),
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
