import { stringify } from "csv-stringify/sync";
import { COLUMNS } from "./columns.ts";
import type { ExportedArticle } from "./export-articles.ts";

/**
 * Articles as CSV (RFC 4180, UTF-8; with `header` a byte order mark and the columns' names before them, so
 * that spreadsheets read it right). Lists are joined by `; `. A cell that a spreadsheet would take for a
 * formula gets an apostrophe (OWASP, CSV injection).
 */
export function csvText(articles: readonly ExportedArticle[], header: boolean): string {
  return stringify(articles.map(cells), {
    header,
    bom: header,
    record_delimiter: "windows",
    escape_formulas: true,
    columns: COLUMNS.map(({ name }) => name),
    cast: { date: (value) => value.toISOString() },
  });
}

function cells(article: ExportedArticle) {
  return COLUMNS.map(({ name }) => {
    const value = article[name];
    return Array.isArray(value) ? value.join("; ") : value;
  });
}
