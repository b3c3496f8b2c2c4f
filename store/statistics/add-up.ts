import type {
  StatisticsColumn,
  StatisticsRows,
  StatisticsTable,
} from "../../model/publish/statistics.ts";
import { addCount, type Counts } from "../publish/counters.ts";

export interface DayCounts {
  day: string;
  counts: Counts;
}

export function addUp<Row extends string>(
  days: readonly DayCounts[],
  keyOf: (key: string, day: string) => [row: Row, column: string] | null,
): Map<Row, Counts> {
  const rows = new Map<Row, Counts>();
  for (const { day, counts } of days) {
    for (const [key, count] of counts) {
      const place = keyOf(key, day);
      if (!place) continue;
      const [row, name] = place;
      const sums = rows.get(row) ?? new Map<string, number>();
      addCount(sums, name, count);
      rows.set(row, sums);
    }
  }
  return rows;
}

export function rowOf(rows: StatisticsRows, source: string, day: string): string {
  return { source, day, total: "all" }[rows];
}

export function column(
  name: string,
  type: StatisticsColumn["type"],
  about: string,
): StatisticsColumn {
  return { name, type, about };
}

export function tableOf(
  name: string,
  columns: readonly StatisticsColumn[],
  rows: readonly (readonly [key: string, cells: StatisticsTable["rows"][number]])[],
): StatisticsTable {
  return {
    columns: [column(name, "text", name), ...columns],
    rows: rows.map(([key, cells]) => ({ [name]: key, ...cells })),
  };
}

export function sumOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export function topOf(rows: ReadonlyMap<string, Counts>, top: number): [string, Counts][] {
  const sums = [...rows].map(([row, counts]) => ({ row, counts, sum: sumOf(counts) }));
  return sums
    .toSorted((a, b) => b.sum - a.sum || (a.row < b.row ? -1 : 1))
    .slice(0, top)
    .map(({ row, counts }) => [row, counts]);
}
