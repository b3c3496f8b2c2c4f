import Table from "cli-table3";
import { shorten, wrapped } from "../lib/text.ts";
import { utcDay } from "../lib/time.ts";
import type { DeniedCounts, ExportPurpose } from "../model/archive/export.ts";

type Rows = readonly (readonly (string | number)[])[];

interface TableOptions {
  /** Indexes of right-aligned columns. */
  right?: number[];
  none?: string;
  whole?: number[];
  /** Maximum width in characters; by default the terminal's, if there is a terminal. */
  columns?: number | undefined;
}

const MIN_TEXT_COLUMN_CHARS = 18;

/**
 * Formats a table. If it is wider than the terminal, shortens texts, but not ids. If that isn't
 * enough, lists the fields of each row one below the other.
 */
export function plainTable(head: string[], rows: Rows, options: TableOptions = {}): string {
  const { none, columns = terminalColumns() } = options;
  if (rows.length === 0 && none !== undefined) return none;
  const whole = render(head, rows, options);
  if (columns === undefined) return whole;
  const [border = ""] = whole.split("\n");
  const over = border.length - columns;
  if (over <= 0) return whole;
  const widths = border
    .slice(1, -1)
    .split("┬")
    .map((column) => column.length);
  const cut = narrowed(widths, cuttableColumns(head, rows, options.whole), over);
  return cut ? render(head, rows, { ...options, widths: cut }) : listed(head, rows, columns);
}

function terminalColumns(): number | undefined {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? columns : undefined;
}

function render(
  head: string[],
  rows: Rows,
  { right, widths }: { right?: number[]; widths?: number[] },
): string {
  const table = new Table({
    head,
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
    colAligns: head.map((_, column) => (right?.includes(column) ? "right" : "left")),
    // Tables with two columns, names and values, are never cut.
    ...(widths && { colWidths: widths, wordWrap: head.length === 2 }),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

function cuttableColumns(head: string[], rows: Rows, whole: number[] = []): number[] {
  return head.flatMap((_, column) => {
    const cells = rows.map((row) => String(row[column] ?? ""));
    const isText = cells.some((cell) => !/^[!-~]*$/.test(cell) || cell.includes("://"));
    const isTime = cells.every((cell) => /^(\d{4}-\d\d-\d\d[T ][\d:.]+Z?|never|now|)$/.test(cell));
    return isText && !isTime && !whole.includes(column) ? column : [];
  });
}

function narrowed(
  widths: readonly number[],
  texts: readonly number[],
  over: number,
): number[] | null {
  const cut = [...widths];
  for (let left = over; left > 0; left--) {
    const widest = texts.toSorted((a, b) => (cut[b] ?? 0) - (cut[a] ?? 0))[0];
    if (widest === undefined || (cut[widest] ?? 0) <= MIN_TEXT_COLUMN_CHARS) return null;
    cut[widest] = (cut[widest] ?? 0) - 1;
  }
  return cut;
}

function listed(head: string[], rows: Rows, columns: number): string {
  const margin = Math.max(...head.map((name) => name.length)) + 2;
  const fields = (row: Rows[number]) =>
    head.flatMap((name, column) => {
      const value = String(row[column] ?? "");
      const lines = value
        .split("\n")
        .flatMap((line) => wrapped(line.split(" "), columns - margin, " "));
      return value === ""
        ? []
        : lines.map((line, n) => (n === 0 ? name : "").padEnd(margin) + line);
    });
  return rows.map((row) => fields(row).join("\n")).join("\n\n");
}

export function print<T>(value: T, json: boolean | undefined, format: (value: T) => string): void {
  console.log(json ? JSON.stringify(value, null, 2) : format(value));
}

/** Formats a time in UTC to the second, for tables. */
export function utc(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}

/** Formats a time in UTC to the minute; empty without a time. */
export function minute(time: Date | null | undefined): string {
  return time ? utc(time).slice(0, 16) : "";
}

/** Formats a time as its day in UTC; empty without a time. */
export function day(time: Date | null | undefined): string {
  return time ? utcDay(time) : "";
}

export function utcOrNever(time: Date | null): string {
  return time ? utc(time) : "never";
}

/** Passes each report of some work to `show`, and returns the last one. */
export async function lastReport<T>(
  reports: AsyncIterable<T>,
  show: (report: T) => void,
): Promise<T> {
  let last: T | undefined;
  for await (last of reports) show(last);
  if (last === undefined) throw new Error("the work yielded no report");
  return last;
}

const PROGRESS_INTERVAL_MS = 2000;

/** Returns a function that prints progress on standard error, at most every two seconds. */
export function createProgressWriter(): (text: string) => void {
  let shown = 0;
  return (text) => {
    if (Date.now() - shown < PROGRESS_INTERVAL_MS) return;
    shown = Date.now();
    process.stderr.write(`${text}\n`);
  };
}

const FIRST_PROGRESS_AFTER_MS = 1000;

/** Returns a function that prints progress to stderr, at most every 2 s, after the first second. */
export function createDelayedProgressWriter(): (text: string) => void {
  const [since, showProgress] = [Date.now(), createProgressWriter()];
  return (text) => {
    if (Date.now() - since >= FIRST_PROGRESS_AFTER_MS) showProgress(text);
  };
}

/** Returns a text as one line of at most `limit` characters. */
export function oneLine(text: string, limit: number): string {
  return shorten(text.replace(/\s+/g, " "), limit);
}

/** Formats a number of bytes in MB (1,000,000 bytes). */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function total(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
}

const MAX_SHOWN_REASONS = 10;

export function tellLeftOut(leftOut: DeniedCounts, purpose: ExportPurpose): void {
  const reasons = Object.entries(leftOut).toSorted(([, one], [, other]) => other - one);
  if (reasons.length === 0) return;
  console.error(`Skipped because the publisher reserves use for ${purpose}: ${total(leftOut)}`);
  for (const [reason, count] of reasons.slice(0, MAX_SHOWN_REASONS))
    console.error(`  ${count} ${reason}`);
}
