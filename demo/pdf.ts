import { deflateSync } from "node:zlib";
import type { Placed } from "./place.ts";

/** A line of text in a PDF. Coordinates are in points from the lower left corner of an A4 page. */
export interface Drawn {
  text: string;
  x: number;
  y: number;
  size?: number;
}

export interface PdfOptions {
  info?: Record<string, string>;
  /** Whether the PDF is encrypted with an unknown password. */
  encrypted?: boolean;
  /** Character collection of the font, which isn't embedded. The default font is Helvetica. */
  letters?: "GB1" | "CNS1" | "Japan1" | "Korea1";
}

const CMAP_PREFIXES = { GB1: "UniGB", CNS1: "UniCNS", Japan1: "UniJIS", Korea1: "UniKS" };

function eastern(letters: keyof typeof CMAP_PREFIXES): string {
  const system = `/CIDSystemInfo << /Registry (Adobe) /Ordering (${letters}) /Supplement 2 >>`;
  const descriptor =
    "/FontDescriptor << /Type /FontDescriptor /FontName /Mincho /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>";
  const inner = `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho ${system} ${descriptor} /DW 1000 >>`;
  return `<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /${CMAP_PREFIXES[letters]}-UCS2-H /DescendantFonts [${inner}] >>`;
}

const WINDOWS_1252_CODES = new Map(
  Array.from("€…‘’“”•–—").map((char, at) => [char, "\x80\x85\x91\x92\x93\x94\x95\x96\x97"[at]]),
);

/** Returns a PDF 1.4 file. Without `letters`, its font has only Western European letters. */
export function makePdf(
  pages: Drawn[][],
  { info = {}, encrypted = false, letters }: PdfOptions = {},
): Buffer {
  const escape = (text: string) =>
    text
      .replace(/[\\()]/g, "\\$&")
      .replace(/[€…‘’“”•–—]/g, (char) => WINDOWS_1252_CODES.get(char) ?? "?");
  const shown = (text: string) =>
    letters ? `<${Buffer.from(text, "utf16le").swap16().toString("hex")}>` : `(${escape(text)})`;
  const entries = Object.entries(info).map(([name, text]) => `/${name} (${escape(text)})`);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${5 + 2 * at} 0 R`).join(" ")}] >>`,
    letters
      ? eastern(letters)
      : "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    `<< ${entries.join(" ")} >>`,
  ];
  for (const [at, lines] of pages.entries()) {
    const drawn = lines.map(({ text, x, y, size = 10 }) => {
      return `BT /F1 ${size} Tf ${x} ${y} Td ${shown(text)} Tj ET`;
    });
    const content = drawn.join("\n");
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${6 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  const lock = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${"ab".repeat(32)}> /U <${"cd".repeat(32)}> >> /ID [<00> <00>]`;
  let file = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const start = file.length;
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}`;
  file += `trailer << /Size ${size} /Root 1 0 R /Info 4 0 R ${encrypted ? lock : ""} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

export function setText(text: string, x: number, y: number, width = 90, size = 10): Drawn[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width)
      lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines.map((line, at) => ({ text: line, x, y: y - at * size * 1.3, size }));
}

export function makePdfBomb(size: number, times: number): Buffer {
  let compressed = Buffer.alloc(size, " ");
  for (let n = 0; n < times; n++) compressed = deflateSync(compressed);
  const filters = Array.from({ length: times }, () => "/FlateDecode").join(" ");
  const stream = `<< /Filter [${filters}] /Length ${compressed.length} >>\nstream\n${compressed.toString("latin1")}\nendstream`;
  const file = makePdf([[{ text: "@", x: 1, y: 1 }]]).toString("latin1");
  return Buffer.from(
    file.replace(/<< \/Length \d+ >>\nstream[\s\S]*?endstream/, () => stream),
    "latin1",
  );
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
