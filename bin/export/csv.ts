import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import type { ExportedArticle } from "../pass/export-articles.ts";
import { COLUMNS } from "./columns.ts";

/**
 * Writes articles as CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read it right).
 * Lists are joined by `; `. A cell that a spreadsheet would take for a formula gets an apostrophe
 * (OWASP, CSV injection).
 */
export async function writeCsv(
  articles: AsyncIterable<ExportedArticle>,
  file: string,
): Promise<void> {
  const csv = stringify({
    header: true,
    bom: true,
    record_delimiter: "windows",
    escape_formulas: true,
    columns: COLUMNS.map(({ name }) => name),
    cast: { date: (value) => value.toISOString() },
  });
  const out = file === "-" ? process.stdout : createWriteStream(file);
  await pipeline(Readable.from(rows(articles)), csv, out, { end: file !== "-" });
}

async function* rows(articles: AsyncIterable<ExportedArticle>) {
  for await (const article of articles) {
    yield COLUMNS.map(({ name }) => {
      const value = article[name];
      return Array.isArray(value) ? value.join("; ") : value;
    });
  }
}
