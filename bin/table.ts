import Table from "cli-table3";

/** A plain table: a head, a rule, rows without lines between; fits a terminal and a log. Without rows it is what `none` says, where given. */
export function plainTable(
  head: string[],
  rows: (string | number)[][],
  options: { right?: number[]; none?: string } = {},
): string {
  if (rows.length === 0 && options.none !== undefined) return options.none;
  const table = new Table({
    head,
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
    colAligns: head.map((_, column) => (options.right?.includes(column) ? "right" : "left")),
  });
  table.push(...rows);
  return table.toString();
}

/** A time in UTC to the second, as tables show it. */
export function utc(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}

/** A share, 0 to 1, as tables show it; nothing where there is none. */
export function percent(share: number | undefined): string {
  return share === undefined ? "" : `${Math.round(share * 100)} %`;
}
