import type { Line } from "./lines.ts";

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
/** Matches a line that can continue a sentence: its first letter is small or has no case. */
const LOWER = /^[\p{Ll}\p{Lo}]/u;
/** A hyphen before such a word stays: `Nord- und Südtor`. */
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
  if (page !== at || step < 0) return LOWER.test(line.text) && !/[.!?。]$/u.test(last.text);
  // Large letters have wider line spacing than the body.
  if (step > Math.max(1.3 * lead, 1.35 * last.size)) return false;
  const bullet = BULLET.test(first.text);
  if (!bullet && lines.length > 1 && line.x - last.x > 0.8 * last.size) return false;
  if (line.font !== last.font && (lines.length === 1 || !SENTENCE_END.test(line.text))) {
    if (!SENTENCE_END.test(last.text) && !LOWER.test(line.text)) return false;
  }
  // A short line ends its paragraph, and so does a list item whose bullet is drawn as a picture.
  const short = last.right - last.x < 0.7 * layout.width && last.size < 1.12 * body.size;
  return !(short && (SENTENCE_END.test(last.text) || !LOWER.test(line.text)));
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
  if (/\p{L}[-‐]$/u.test(text) && LOWER.test(next) && !CONJUNCTION.test(next))
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
