import type { Line } from "./lines.ts";

/** A white strip between columns. */
interface Gutter {
  from: number;
  to: number;
  /** Number of lines that cross the strip. */
  across: number;
}

const MIN_COLUMN_LINES = 3;
/** Compared with the mean width of a column's lines. Bullets and numbers are narrower. */
const MIN_COLUMN_WIDTH_EM = 5;
const MAX_DEPTH = 12;
/** A page with more lines is a map or a drawing. */
const MAX_LINES = 3000;

/**
 * Returns lines in reading order: columns one after the other, divided by lines across them, and
 * tables of short cells row by row.
 */
export function inReadingOrder(lines: Line[], rtl = false, depth = 0): Line[] {
  const gutter = depth < MAX_DEPTH && lines.length <= MAX_LINES ? findGutter(lines) : null;
  if (!gutter) return lines.toSorted((a, b) => a.y - b.y || (rtl ? b.x - a.x : a.x - b.x));
  const middle = (gutter.from + gutter.to) / 2;
  const across = lines
    .filter((line) => line.x < middle && line.right > middle)
    .toSorted((a, b) => a.y - b.y);
  const wide = new Set(across);
  const ordered: Line[] = [];
  let above = Number.NEGATIVE_INFINITY;
  const takeBand = (end: number) => {
    const band = lines.filter((line) => line.y > above && line.y <= end && !wide.has(line));
    const left = band.filter((line) => line.right <= middle);
    const right = band.filter((line) => line.right > middle);
    const [one, two] = rtl ? [right, left] : [left, right];
    const beneath = endOfColumns(one, two);
    for (const part of [
      one.filter((line) => line.y < beneath),
      two.filter((line) => line.y < beneath),
      band.filter((line) => line.y >= beneath),
    ]) {
      ordered.push(...inReadingOrder(part, rtl, depth + 1));
    }
    above = end;
  };
  for (const line of across) {
    takeBand(line.y);
    ordered.push(line);
  }
  takeBand(Number.POSITIVE_INFINITY);
  return ordered;
}

/** Returns the `y` at which text below the two columns begins; infinity if there is none. */
function endOfColumns(one: Line[], two: Line[]): number {
  const end = bottom(two);
  const above = one.filter((line) => line.y <= end);
  const beneath = one.filter((line) => line.y > end).toSorted((a, b) => a.y - b.y);
  if (two.length === 0 || above.length === 0) return Number.POSITIVE_INFINITY;
  const first = Math.min(...two.map((line) => line.order));
  const last = Math.max(...two.map((line) => line.order));
  if (above.every((line) => line.order < first)) {
    return beneath.find((line) => line.order > last)?.y ?? Number.POSITIVE_INFINITY;
  }
  const far = beneath.find((line, at) => {
    const before = beneath[at - 1]?.y ?? bottom(above);
    return line.y - Math.max(before, end) > 2.6 * line.size;
  });
  return far?.y ?? Number.POSITIVE_INFINITY;
}

function findGutter(lines: Line[]): Gutter | null {
  if (lines.length < 2 * MIN_COLUMN_LINES) return null;
  const size = lines[Math.floor(lines.length / 2)]?.size ?? 10;
  const starts = lines.map((line) => line.x).toSorted((a, b) => a - b);
  const ends = lines.map((line) => line.right).toSorted((a, b) => a - b);
  const found: Gutter[] = [];
  let started = 0;
  for (const [ended, from] of ends.entries()) {
    while (started < starts.length && (starts[started] ?? 0) < from) started++;
    const to = starts[started];
    if (to === undefined) break;
    const left = ended + 1;
    const right = lines.length - started;
    const across = started - left;
    if (to - from < 0.8 * size || to > (ends[ended + 1] ?? to)) continue;
    if (left >= MIN_COLUMN_LINES && right >= MIN_COLUMN_LINES && across <= lines.length * 0.4) {
      found.push({ from, to, across });
    }
  }
  const best = found.toSorted((a, b) => a.across - b.across || b.to - b.from - (a.to - a.from));
  return best.slice(0, 4).find((gutter) => hasColumns(lines, gutter, size)) ?? null;
}

function hasColumns(lines: Line[], { from, to }: Gutter, size: number): boolean {
  const left = lines.filter((line) => line.right <= from);
  const right = lines.filter((line) => line.x >= to);
  const wide = [left, right].every((column) => {
    const width = column.reduce((sum, line) => sum + line.right - line.x, 0);
    return width / column.length >= MIN_COLUMN_WIDTH_EM * size;
  });
  // The columns must be side by side: an indented list further down isn't a column.
  return wide && Math.min(bottom(left), bottom(right)) - Math.max(top(left), top(right)) > size;
}

function top(lines: Line[]): number {
  return lines.reduce((least, line) => Math.min(least, line.y), Number.POSITIVE_INFINITY);
}

function bottom(lines: Line[]): number {
  return lines.reduce((most, line) => Math.max(most, line.y), Number.NEGATIVE_INFINITY);
}
