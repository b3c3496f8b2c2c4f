import type { Line } from "./lines.ts";

/** Share of a page's height where running heads and page numbers stand. */
const MARGIN = 0.1;
const NUMBER =
  /^\W*(?:page|seite|p\.|pág\.?|página|pagina|strona|sida|side)?\s*\d{1,3}(?:\s*(?:\/|of|von|de|sur|di|van|av|af)\s*\d{1,3})?\W*$/iu;

/** Pages without page numbers and without lines that stand in the margins of several pages. */
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
      return !NUMBER.test(line.text) && (counts.get(keyOf(line)) ?? 0) < often;
    }),
  );
}

function inMargin({ y }: Line, height: number): boolean {
  return y < MARGIN * height || y > (1 - MARGIN) * height;
}

/** A title is set larger than the running head that repeats it. */
function keyOf({ text, size }: Line): string {
  return `${Math.round(size)} ${text.replace(/\d+/g, "0")}`;
}
