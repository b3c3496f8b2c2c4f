import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EXTRACT_BOUNDS } from "../../config/limits.ts";

/** A run of text as drawn. Lengths are in points; `y` is the baseline's distance from the top. */
export interface Piece {
  text: string;
  x: number;
  y: number;
  width: number;
  /** Font size in points. */
  size: number;
  font: string;
  rtl: boolean;
}

export interface PdfPage {
  pieces: Piece[];
  height: number;
}

export interface PdfInfo {
  title: string | null;
  author: string | null;
  language: string | null;
  created: string | null;
}

export type Opened = { pages: PdfPage[]; info: PdfInfo } | { problem: string };

/** Press releases have about two pages, and each page takes about 10 ms. */
const MAX_PAGES = EXTRACT_BOUNDS.pdf.pages;
const MAX_PIECES = EXTRACT_BOUNDS.pdf.pieces;

/** Returns a PDF's metadata and the text of its first pages, or the problem; never rejects. */
export async function openPdf(bytes: Uint8Array): Promise<Opened> {
  // The library is large and most pages are HTML, so it is loaded only for a PDF.
  const { getDocumentProxy } = await import("unpdf");
  // The library takes ownership of the bytes.
  const data = new Uint8Array(bytes);
  const settings = {
    verbosity: 0,
    stopAtErrors: false,
    disableFontFace: true,
    BinaryDataFactory: CharacterMaps,
    cMapUrl: "cmaps/",
    cMapPacked: true,
    useWorkerFetch: false,
  };
  try {
    return await withBoundedMemory(async () => {
      const pdf = await getDocumentProxy(data, settings);
      try {
        return await readDocument(pdf);
      } finally {
        await pdf.loadingTask.destroy();
      }
    });
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

type Document = Awaited<ReturnType<typeof import("unpdf").getDocumentProxy>>;

async function readDocument(pdf: Document): Promise<Opened> {
  const pages: PdfPage[] = [];
  let count = 0;
  for (let number = 1; number <= Math.min(pdf.numPages, MAX_PAGES); number++) {
    const page = await readPage(pdf, number);
    pages.push(page);
    count += page.pieces.length;
    if (count > MAX_PIECES) break;
  }
  if (count === 0) return { problem: "the PDF holds no text, only pictures" };
  const { info } = await pdf.getMetadata();
  const values = new Map(Object.entries(info));
  const word = (name: string) => {
    const value: unknown = values.get(name);
    return typeof value === "string" && value.trim() ? value.trim().slice(0, 500) : null;
  };
  return {
    pages,
    info: {
      title: word("Title"),
      author: word("Author"),
      language: word("Language"),
      created: word("CreationDate"),
    },
  };
}

async function readPage(pdf: Document, number: number): Promise<PdfPage> {
  const page = await pdf.getPage(number);
  const view = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  page.cleanup();
  const pieces: Piece[] = [];
  for (const item of items.slice(0, MAX_PIECES)) {
    if (!("str" in item) || !item.str.trim()) continue;
    const piece = pieceOf(item, view.transform);
    if (piece) pieces.push(piece);
  }
  return { pieces, height: view.height };
}

interface Item {
  str: string;
  dir: string;
  width: number;
  fontName: string;
  transform: unknown[];
}

function pieceOf(item: Item, view: unknown[]): Piece | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = item.transform.map(Number);
  const [va = 1, vb = 0, vc = 0, vd = 1, ve = 0, vf = 0] = view.map(Number);
  const along = Math.abs(va * a + vc * b);
  const down = Math.abs(vb * a + vd * b);
  // The text is rotated.
  if (down > along) return null;
  const x = va * e + vc * f + ve;
  const y = vb * e + vd * f + vf;
  const size = Math.hypot(c, d);
  if (![x, y, size, item.width].every(Number.isFinite) || size < 1) return null;
  const { str, width, fontName: font, dir } = item;
  // Ligatures (fi) and Arabic presentation forms become plain letters.
  const text = str.replace(/[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc]+/g, (run) =>
    run.normalize("NFKC"),
  );
  return { text, x, y, width, size, font, rtl: dir === "rtl" };
}

function problemOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return "the PDF is encrypted";
  if (error instanceof TooLarge) return "a part of the PDF unpacks to more than 64 MB";
  const message = error instanceof Error ? error.message : String(error);
  return `the PDF is broken: ${message.slice(0, 120)}`;
}

const MAX_BYTES = EXTRACT_BOUNDS.pdf.unpacked;
/**
 * Limit after a part of a PDF was refused as too large. It is small because pdf.js then tries to
 * unpack the part again.
 */
const MAX_BYTES_AFTER_REFUSAL = 2 ** 16;

const { Uint8Array: Bytes, DecompressionStream: Unpacking } = globalThis;

class TooLarge extends RangeError {}

let working = 0;
let refused = false;

const BoundedBytes = new Proxy(Bytes, {
  construct(target, params: unknown[], made) {
    const [size] = params;
    if (typeof size === "number" && size > (refused ? MAX_BYTES_AFTER_REFUSAL : MAX_BYTES)) {
      refused = true;
      throw new TooLarge();
    }
    return Reflect.construct(target, params, made) as Uint8Array;
  },
});

class BoundedUnpacking {
  readonly writable: WritableStream;
  readonly readable: ReadableStream;

  constructor(format: ConstructorParameters<typeof DecompressionStream>[0]) {
    const { writable, readable } = new Unpacking(format);
    let size = 0;
    const bound = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        size += piece.length;
        refused ||= size > MAX_BYTES;
        if (size > MAX_BYTES) controller.error(new TooLarge());
        else controller.enqueue(piece);
      },
    });
    this.writable = writable;
    this.readable = readable.pipeThrough(bound);
  }
}

/** Replaces global classes until all work is done, to limit the memory that pdf.js allocates. */
async function withBoundedMemory<T>(work: () => Promise<T>): Promise<T> {
  if (working === 0) refused = false;
  working += 1;
  // A few kilobytes packed twice can expand to a gigabyte, which isn't freed even if the thread
  // ends.
  Object.assign(globalThis, { Uint8Array: BoundedBytes, DecompressionStream: BoundedUnpacking });
  try {
    return await work();
  } catch (error) {
    throw refused ? new TooLarge() : error;
  } finally {
    working -= 1;
    if (working === 0) {
      Object.assign(globalThis, { Uint8Array: Bytes, DecompressionStream: Unpacking });
    }
  }
}

const CMAPS_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json")),
  "cmaps",
);

/** pdf.js loads the character maps of Chinese, Japanese and Korean fonts with this class. */
export class CharacterMaps {
  /** Returns the bytes of a character map. Throws if the name isn't a plain `.bcmap` file name. */
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    // The PDF chooses the name.
    if (!/^[\w-]+\.bcmap$/.test(filename)) throw new Error(`no character map: ${filename}`);
    return new Uint8Array(await readFile(join(CMAPS_FOLDER, filename)));
  }
}
