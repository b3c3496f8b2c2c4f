import { wrapped } from "../lib/text.ts";
import type { Placed } from "./place.ts";

/** A line of text in a PDF. Coordinates are in points from the lower left corner of an A4 page. */
export interface Drawn {
  text: string;
  x: number;
  y: number;
  size?: number;
}

const WINDOWS_1252_CODES = new Map(
  Array.from("€…‘’“”•–—").map((char, at) => [char, "\x80\x85\x91\x92\x93\x94\x95\x96\x97"[at]]),
);

function literal(text: string): string {
  const escaped = text
    .replace(/[\\()]/g, "\\$&")
    .replace(/[€…‘’“”•–—]/g, (char) => WINDOWS_1252_CODES.get(char) ?? "?");
  return `(${escaped})`;
}

/** What a PDF can have besides its text. */
export interface PdfParts {
  info?: Record<string, string>;
  /** The font's object; Helvetica by default, which has only Western European letters. */
  font?: string;
  /** Writes a text in the font's encoding. */
  encode?: (text: string) => string;
  /** Further entries of the trailer. */
  trailer?: string;
}

const HELVETICA =
  "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/** Returns a PDF 1.4 file. */
export function makePdf(pages: Drawn[][], parts: PdfParts = {}): Buffer {
  const { info = {}, font = HELVETICA, encode = literal, trailer = "" } = parts;
  const entries = Object.entries(info).map(([name, text]) => `/${name} ${literal(text)}`);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${5 + 2 * at} 0 R`).join(" ")}] >>`,
    font,
    `<< ${entries.join(" ")} >>`,
  ];
  for (const [at, lines] of pages.entries()) {
    const drawn = lines.map(({ text, x, y, size = 10 }) => {
      return `BT /F1 ${size} Tf ${x} ${y} Td ${encode(text)} Tj ET`;
    });
    const content = drawn.join("\n");
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${6 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  let file = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const start = file.length;
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}`;
  file += `trailer << /Size ${size} /Root 1 0 R /Info 4 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

export function setText(text: string, x: number, y: number, width = 90, size = 10): Drawn[] {
  const lines = wrapped(text.split(" "), width, " ");
  return lines.map((line, at) => ({ text: line, x, y: y - at * size * 1.3, size }));
}

const COLUMNS_X = [50, 310];
const LINE_HEIGHT = 13;
const BOTTOM_Y = 60;
const TOP_Y = { firstPage: 680, otherPages: 790 };

export function articlePdf(article: Placed): Buffer {
  const made = article.publishedAt.toISOString().replace(/\D/g, "").slice(0, 14);
  const info = { Title: article.title, Author: article.author, CreationDate: `D:${made}Z` };
  return makePdf(layOut(article), { info });
}

function layOut({ title, author, paragraphs }: Placed): Drawn[][] {
  const head = [
    ...setText(title, 50, 780, 42, 22),
    { text: `By ${author}`, x: 50, y: 705, size: 10 },
  ];
  const pages: Drawn[][] = [head];
  let column = 0;
  let y = TOP_Y.firstPage;
  for (const { kind, text } of paragraphs) {
    const size = kind === "h2" ? 13 : 10;
    for (const line of setText(text, 0, 0, kind === "h2" ? 34 : 46, size)) {
      if (y < BOTTOM_Y) {
        column++;
        if (column % COLUMNS_X.length === 0) pages.push([]);
        y = pages.length === 1 ? TOP_Y.firstPage : TOP_Y.otherPages;
      }
      pages.at(-1)?.push({ ...line, x: COLUMNS_X[column % COLUMNS_X.length] ?? 0, y });
      y -= LINE_HEIGHT * (size / 10);
    }
    y -= LINE_HEIGHT * 0.7;
  }
  return pages;
}
