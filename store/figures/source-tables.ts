import type { FigureColumn, FigureQuery, FigureTable } from "../../model/figure-table.ts";
import type { Room, SourceDay, SourceOnDay, Work } from "../../model/source-day.ts";

const ROOM: readonly FigureColumn[] = [
  { name: "responses", type: "count", about: "that came, failures too" },
  { name: "bytes", type: "bytes", about: "as they came over the wire" },
  { name: "decoded", type: "bytes", about: "unpacked" },
  { name: "kept", type: "bytes", about: "written for their bodies, packed" },
  { name: "spared", type: "bytes", about: "not written, since the same body was there already" },
  {
    name: "removed",
    type: "bytes",
    about: "of what was written: gone since, by keeping time or erased",
  },
  { name: "held", type: "bytes", about: "of what was written: still there" },
];

const WORK: readonly FigureColumn[] = [
  { name: "responses", type: "count", about: "that came" },
  { name: "fine", type: "share", about: "read, or not changed" },
  { name: "refused", type: "count", about: "4xx" },
  { name: "failed", type: "count", about: "5xx" },
  { name: "runs", type: "count", about: "that ended" },
  { name: "untroubled", type: "share", about: "gave up on no link, and found nothing odd" },
  { name: "given_up", type: "count", about: "links, after all tries" },
  { name: "created", type: "count", about: "articles that were new" },
  { name: "updated", type: "count", about: "articles that were changed" },
];

/** What the responses of each source or day took and take. */
export function storageTable(days: readonly SourceDay[], query: RowsAndTop): FigureTable {
  return table(days, query, ROOM, (all) => {
    const held = sumOf<Room>(all.map((one) => one.held));
    const removed = sumOf<Room>(all.map((one) => one.removed ?? {}));
    const sum = (name: keyof Room) => (held[name] ?? 0) + (removed[name] ?? 0);
    const [kept, spared] = [sum("kept"), sum("spared")];
    const sizes = { bytes: sum("bytes"), decoded: sum("decoded"), kept, spared };
    const gone = { removed: removed.kept ?? 0, held: held.kept ?? 0 };
    return { order: kept, row: { responses: sum("captures"), ...sizes, ...gone } };
  });
}

/** How each source, or all of them day by day, answered, and what their runs brought. */
export function reliabilityTable(days: readonly SourceDay[], query: RowsAndTop): FigureTable {
  return table(days, query, WORK, (all) => {
    const work = sumOf<Work>(all.map((one) => one.work));
    const { fine = 0, refused = 0, failed = 0, runs = 0, troubled = 0 } = work;
    const responses = fine + refused + failed;
    const { dead: given_up = 0, created = 0, updated = 0 } = work;
    const shares = { fine: part(fine, responses), untroubled: part(runs - troubled, runs) };
    const row = { responses, refused, failed, runs, given_up, created, updated, ...shares };
    return { order: responses, row };
  });
}

type RowsAndTop = Pick<FigureQuery, "rows" | "top">;

function table(
  days: readonly SourceDay[],
  { rows, top }: RowsAndTop,
  columns: readonly FigureColumn[],
  add: (all: SourceOnDay[]) => { order: number; row: FigureTable["rows"][number] },
): FigureTable {
  const byKey = new Map<string, SourceOnDay[]>();
  for (const { day, bySource } of days) {
    for (const [source, one] of Object.entries(bySource)) {
      const key = { source, day, total: "all" }[rows];
      const all = byKey.get(key);
      if (all) all.push(one);
      else byKey.set(key, [one]);
    }
  }
  const told = [...byKey].map(([key, all]) => ({ key, ...add(all) }));
  const most = told.toSorted((a, b) => b.order - a.order).slice(0, top);
  return {
    columns: [{ name: rows, type: "text", about: rows }, ...columns],
    rows: (rows === "day" ? told : most).map(({ key, row }) => ({ [rows]: key, ...row })),
  };
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
