import { deflateSync } from "node:zlib";
import { type Drawn, makePdf } from "../../demo/pdf.ts";

const CMAP_PREFIXES = { GB1: "UniGB", CNS1: "UniCNS", Japan1: "UniJIS", Korea1: "UniKS" };

function eastern(letters: keyof typeof CMAP_PREFIXES): string {
  const system = `/CIDSystemInfo << /Registry (Adobe) /Ordering (${letters}) /Supplement 2 >>`;
  const descriptor =
    "/FontDescriptor << /Type /FontDescriptor /FontName /Mincho /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>";
  const inner = `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho ${system} ${descriptor} /DW 1000 >>`;
  return `<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /${CMAP_PREFIXES[letters]}-UCS2-H /DescendantFonts [${inner}] >>`;
}

/** A PDF whose font, which isn't embedded, has an East Asian character collection. */
export function easternPdf(pages: Drawn[][], letters: keyof typeof CMAP_PREFIXES): Buffer {
  const encode = (text: string) => `<${Buffer.from(text, "utf16le").swap16().toString("hex")}>`;
  return makePdf(pages, { font: eastern(letters), encode });
}

/** A PDF that is encrypted with an unknown password. */
export function lockedPdf(pages: Drawn[][]): Buffer {
  const trailer = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${"ab".repeat(32)}> /U <${"cd".repeat(32)}> >> /ID [<00> <00>]`;
  return makePdf(pages, { trailer });
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
