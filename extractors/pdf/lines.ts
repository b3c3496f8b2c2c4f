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
/** A superscript, for example, has a higher baseline than the rest of its line. */
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
    const gap = last ? distance(last, piece) : 0;
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

function distance(one: Piece, other: Piece): number {
  return one.x < other.x ? other.x - (one.x + one.width) : one.x - (other.x + other.width);
}

/** The margins contain running heads and page numbers. */
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

/** Includes the font size, because a title is larger than the running head that repeats it. */
function keyOf({ text, size }: Line): string {
  return `${Math.round(size)} ${text.replace(/\d+/g, "0")}`;
}
