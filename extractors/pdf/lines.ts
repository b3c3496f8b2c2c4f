import type { PdfPage, Piece } from "./open.ts";

/** A line of text, or its part in one column; coordinates are in points, as in `Piece`. */
export interface Line {
  text: string;
  x: number;
  right: number;
  y: number;
  size: number;
  font: string;
  /** Drawing order among the page's lines. */
  order: number;
}

/** Justified text has gaps of up to one font size. */
const MIN_COLUMN_GAP_EM = 1.3;
/** A superscript has a higher baseline than the rest of its line. */
const MAX_BASELINE_DIFFERENCE_EM = 0.4;

export function linesOf({ pieces }: Pick<PdfPage, "pieces">): Line[] {
  const placed = pieces.map((piece, order) => ({ ...piece, order }));
  const sorted = placed.toSorted((a, b) => a.y - b.y || a.x - b.x);
  const lines: Line[] = [];
  let row: Placed[] = [];
  for (const piece of sorted) {
    const last = row.at(-1);
    if (last && piece.y - last.y > MAX_BASELINE_DIFFERENCE_EM * Math.max(last.size, piece.size)) {
      lines.push(...cut(row));
      row = [];
    }
    row.push(piece);
  }
  return [...lines, ...cut(row)];
}

type Placed = Piece & { order: number };

function cut(row: Placed[]): Line[] {
  const parts: Placed[][] = [];
  let right = 0;
  for (const piece of row.toSorted((a, b) => a.x - b.x)) {
    const open = parts.at(-1);
    if (open && piece.x - right <= MIN_COLUMN_GAP_EM * piece.size) open.push(piece);
    else parts.push([piece]);
    right = Math.max(open ? right : 0, piece.x + piece.width);
  }
  return parts.flatMap((part) => lineOf(part) ?? []);
}

function lineOf(part: Placed[]): Line | null {
  const letters = (piece: Piece) => piece.text.length;
  const main = part.reduce((a, b) => (letters(b) > letters(a) ? b : a));
  const rtl = part.filter((piece) => piece.rtl).length * 2 > part.length;
  let text = "";
  let last: Piece | null = null;
  for (const piece of rtl ? part.toReversed() : part) {
    const gap = last ? gapBetween(last, piece) : 0;
    text += (last && gap > 0.18 * piece.size ? " " : "") + piece.text;
    last = piece;
  }
  const folded = text.replace(/\s+/g, " ").trim();
  if (!folded) return null;
  const x = part.reduce((least, piece) => Math.min(least, piece.x), Number.POSITIVE_INFINITY);
  const right = part.reduce((most, piece) => Math.max(most, piece.x + piece.width), 0);
  const { y, size, font, order } = main;
  return { text: folded, x, right, y, size, font, order };
}

function gapBetween(one: Piece, other: Piece): number {
  return one.x < other.x ? other.x - (one.x + one.width) : one.x - (other.x + other.width);
}

const MARGIN_SHARE = 0.1;
const PAGE_NUMBER =
  /^\W*(?:page|seite|p\.|pág\.?|página|pagina|strona|sida|side)?\s*\d{1,3}(?:\s*(?:\/|of|von|de|sur|di|van|av|af)\s*\d{1,3})?\W*$/iu;

const MAX_NUMBER_CHARS = 60;

function isNumber(text: string): boolean {
  return text.length <= MAX_NUMBER_CHARS && PAGE_NUMBER.test(text);
}

/** Returns each page's lines without the page numbers and repeated lines in the margins. */
export function withoutMargins(pages: { lines: Line[]; height: number }[]): Line[][] {
  const counts = new Map<string, number>();
  for (const { lines, height } of pages) {
    const keys = lines.filter((line) => inMargin(line, height)).map(keyOf);
    for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const often = Math.max(2, pages.length / 2);
  return pages.map(({ lines, height }) =>
    lines.filter((line) => {
      if (!inMargin(line, height)) return true;
      return !isNumber(line.text) && (counts.get(keyOf(line)) ?? 0) < often;
    }),
  );
}

function inMargin({ y }: Line, height: number): boolean {
  return y < MARGIN_SHARE * height || y > (1 - MARGIN_SHARE) * height;
}

function keyOf({ text, size }: Line): string {
  // With the size, a title doesn't equal the running head that repeats the title.
  return `${Math.round(size)} ${text.replace(/\d+/g, "0")}`;
}

interface Gutter {
  from: number;
  to: number;
  across: number;
}

const MIN_COLUMN_LINES = 3;
/** Columns of bullets or numbers are narrower. */
const MIN_COLUMN_WIDTH_EM = 5;
const MAX_DEPTH = 12;
/** A page with more lines is a map or a drawing. */
const MAX_LINES = 3000;

/** Returns lines in reading order: columns one after the other, tables row by row. */
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

/** Returns the `y` at which text below both columns begins. */
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

export interface Paragraph {
  text: string;
  kind: "text" | "heading" | "item";
  size: number;
  /** Page number, from 0. */
  page: number;
}

interface Opened {
  lines: Line[];
  page: number;
}

const BULLET = /^(?:[•▪●■◦‣➢✓\uf0b7\uf0a7]|[-–*](?=\s))\s*/u;
const SENTENCE_END = /[.!?…:;。！？؟"”»)\]]$/u;
const CONTINUATION = /^[\p{Ll}\p{Lo}]/u;
/** A hyphen at a line's end stays if the next line begins with one of these: `Nord- und Südtor`. */
const CONJUNCTION = /^(?:und|oder|bzw|and|or|to|et|ou|en|of|e|y|o|och|og)\b/iu;

/** Returns the paragraphs of pages, given each page's lines in reading order. */
export function paragraphsOf(pages: Line[][]): Paragraph[] {
  const body = mostCommon(pages.flat());
  const found: Opened[] = [];
  for (const [page, lines] of pages.entries()) {
    const layout = { page, lead: leading(lines, body.size), width: usualWidth(lines), body };
    for (const line of lines) {
      const open = found.at(-1);
      if (open && goesOn(open, line, layout)) open.lines.push(line);
      else found.push({ lines: [line], page });
    }
  }
  return found.map((open) => finish(open, body));
}

function leading(lines: Line[], size: number): number {
  const steps: number[] = [];
  for (const [at, line] of lines.entries()) {
    const step = at > 0 ? line.y - (lines[at - 1]?.y ?? 0) : 0;
    if (step > 0.5 * size && step < 2.5 * size) steps.push(step);
  }
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1.25 * size;
}

function usualWidth(lines: Line[]): number {
  const widths = lines.map(({ x, right }) => right - x).toSorted((a, b) => a - b);
  return widths[Math.floor(widths.length * 0.7)] ?? 0;
}

interface LineLayout {
  page: number;
  lead: number;
  width: number;
  body: Pick<Line, "size" | "font">;
}

function goesOn({ lines, page }: Opened, line: Line, layout: LineLayout): boolean {
  const { page: at, lead, body } = layout;
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last || BULLET.test(line.text)) return false;
  if (Math.abs(line.size - last.size) > 0.12 * last.size) return false;
  const step = line.y - last.y;
  if (page === at && Math.abs(step) <= 0.4 * last.size) return true;
  if (page !== at || step < 0) return CONTINUATION.test(line.text) && !/[.!?。]$/u.test(last.text);
  // Large letters have wider line spacing than the body.
  if (step > Math.max(1.3 * lead, 1.35 * last.size)) return false;
  const bullet = BULLET.test(first.text);
  if (!bullet && lines.length > 1 && line.x - last.x > 0.8 * last.size) return false;
  if (line.font !== last.font && (lines.length === 1 || !SENTENCE_END.test(line.text))) {
    if (!SENTENCE_END.test(last.text) && !CONTINUATION.test(line.text)) return false;
  }
  // A short line ends its paragraph, and so does a list item whose bullet is drawn as a picture.
  const short = last.right - last.x < 0.7 * layout.width && last.size < 1.12 * body.size;
  return !(short && (SENTENCE_END.test(last.text) || !CONTINUATION.test(line.text)));
}

function finish({ lines, page }: Opened, body: Pick<Line, "size" | "font">): Paragraph {
  let text = "";
  for (const { text: next } of lines) text = joined(text, next);
  const [first] = lines;
  const size = first?.size ?? body.size;
  if (BULLET.test(text)) return { text: text.replace(BULLET, ""), kind: "item", size, page };
  const large = size > 1.12 * body.size;
  const other = first?.font !== body.font && size > 0.95 * body.size;
  const heading =
    text.length < 250 && (large || (other && text.length < 100 && !SENTENCE_END.test(text)));
  return { text, kind: heading ? "heading" : "text", size, page };
}

function joined(text: string, next: string): string {
  if (!text) return next;
  if (text.endsWith("\u00ad")) return text.slice(0, -1) + next;
  if (/\p{L}[-‐]$/u.test(text) && CONTINUATION.test(next) && !CONJUNCTION.test(next))
    return text.slice(0, -1) + next;
  const unspaced = /[\u3040-\u30ff\u3400-\u9fff]$/u.test(text) && /^[\u3000-\u9fff]/u.test(next);
  return (
    text + (unspaced || (/\p{L}[-‐]$/u.test(text) && !CONJUNCTION.test(next)) ? "" : " ") + next
  );
}

function mostCommon(lines: Line[]): Pick<Line, "size" | "font"> {
  const counts = new Map<string, { size: number; font: string; letters: number }>();
  for (const { size, font, text } of lines) {
    const key = `${font} ${Math.round(size * 2)}`;
    const known = counts.get(key) ?? { size, font, letters: 0 };
    known.letters += text.length;
    counts.set(key, known);
  }
  const sorted = [...counts.values()].toSorted((a, b) => b.letters - a.letters);
  return sorted[0] ?? { size: 10, font: "" };
}
