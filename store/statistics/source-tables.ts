import type {
  ResponseCounts,
  SourceDay,
  SourceOnDay,
  StatisticsColumn,
  StatisticsQuery,
  StatisticsTable,
  Work,
} from "../../model/publish/statistics.ts";
import { addCoverage, type CoverageSummary } from "../../model/sources/coverage.ts";
import { addUp, column, type DayCounts, rowOf, sumOf as sumOfCounts, tableOf } from "./add-up.ts";

const STORAGE_COLUMNS: readonly StatisticsColumn[] = [
  column("responses", "count", "received, including failures"),
  column("bytes", "bytes", "received over the network"),
  column("decoded", "bytes", "after decompression"),
  column(
    "written",
    "bytes",
    "written for bodies of responses, compressed; a shared body counts for the first response with that body",
  ),
  column("spared", "bytes", "not written, because an equal body was already stored"),
  column(
    "removed",
    "bytes",
    "written bytes whose response was erased or whose retention has ended; a shared body stays until all its responses are gone",
  ),
  column("stored", "bytes", "written bytes whose response is still stored"),
];

const RELIABILITY_COLUMNS: readonly StatisticsColumn[] = [
  column("responses", "count", "that came"),
  column("fine", "share", "responses that were read, or had not changed"),
  column("refused", "count", "4xx"),
  column("failed", "count", "5xx"),
  column("runs", "count", "runs that ended"),
  column("untroubled", "share", "runs that gave up on no link and had no problem"),
  column("dead_letters", "count", "links that Newsgather gave up on"),
  column("created", "count", "new articles"),
  column("updated", "count", "changed articles"),
  column("retracted", "count", "retracted articles dated in these days (portal time zone)"),
];

const COVERAGE_COLUMN = column(
  "coverage",
  "share",
  "of the articles announced in the last 28 days, the share that readers find",
);

export function storageTable(days: readonly SourceDay[], query: RowsAndTop): StatisticsTable {
  return table(days, query, STORAGE_COLUMNS, (all) => {
    const stored = sumOf<ResponseCounts>(all.map((one) => one.stored));
    const removed = sumOf<ResponseCounts>(all.map((one) => one.removed ?? {}));
    const sum = (name: keyof ResponseCounts) => (stored[name] ?? 0) + (removed[name] ?? 0);
    const [written, spared] = [sum("written"), sum("spared")];
    const sizes = { bytes: sum("bytes"), decoded: sum("decoded"), written, spared };
    const gone = { removed: removed.written ?? 0, stored: stored.written ?? 0 };
    return { order: written, row: { responses: sum("captures"), ...sizes, ...gone } };
  });
}

export function reliabilityTable(
  days: readonly SourceDay[],
  query: RowsAndTop,
  { states, coverage }: { states: readonly DayCounts[]; coverage: readonly CoverageSummary[] },
): StatisticsTable {
  const { rows } = query;
  const taken = addUp(states, (key, day) => {
    const [source = "", state = ""] = key.split(" ");
    return state === "retracted" ? [rowOf(rows, source, day), state] : null;
  });
  const columns = rows === "day" ? RELIABILITY_COLUMNS : [...RELIABILITY_COLUMNS, COVERAGE_COLUMN];
  return table(days, query, columns, (all, key) => {
    const work = sumOf<Work>(all.map((one) => one.work));
    const { fine = 0, refused = 0, failed = 0, runs = 0, troubled = 0 } = work;
    const responses = fine + refused + failed;
    const { deadLetters = 0, created = 0, updated = 0 } = work;
    const shares = { fine: part(fine, responses), untroubled: part(runs - troubled, runs) };
    const retracted = sumOfCounts(taken.get(key) ?? new Map());
    const row = {
      responses,
      refused,
      failed,
      runs,
      dead_letters: deadLetters,
      created,
      updated,
      retracted,
      ...shares,
    };
    const source = rows === "source" ? key : null;
    const covered = rows !== "day" && { coverage: coverageOf(coverage, source) };
    return { order: responses, row: { ...row, ...covered } };
  });
}

function coverageOf(all: readonly CoverageSummary[], source: string | null): number | null {
  const counts = all.filter(({ _id }) => source === null || _id === source);
  const { inTime, late, missing } = addCoverage(counts.map(({ total }) => total));
  return part(inTime + late, inTime + late + missing);
}

type RowsAndTop = Pick<StatisticsQuery, "rows" | "top">;

function table(
  days: readonly SourceDay[],
  { rows, top }: RowsAndTop,
  columns: readonly StatisticsColumn[],
  add: (all: SourceOnDay[], key: string) => { order: number; row: StatisticsTable["rows"][number] },
): StatisticsTable {
  const byKey = new Map<string, SourceOnDay[]>();
  for (const { day, bySource } of days) {
    for (const [source, one] of Object.entries(bySource)) {
      const key = rowOf(rows, source, day);
      const all = byKey.get(key);
      if (all) all.push(one);
      else byKey.set(key, [one]);
    }
  }
  const totals = [...byKey].map(([key, all]) => ({ key, ...add(all, key) }));
  const most = totals.toSorted((a, b) => b.order - a.order).slice(0, top);
  return tableOf(
    rows,
    columns,
    (rows === "day" ? totals : most).map(({ key, row }) => [key, row]),
  );
}

function sumOf<T>(
  all: readonly Partial<Record<keyof T, number>>[],
): Partial<Record<keyof T, number>> {
  const sums: Partial<Record<keyof T, number>> = {};
  for (const one of all) {
    for (const name of Object.keys(one) as (keyof T)[]) {
      sums[name] = (sums[name] ?? 0) + (one[name] ?? 0);
    }
  }
  return sums;
}

function part(some: number, all: number): number | null {
  return all === 0 ? null : Number((some / all).toFixed(4));
}
