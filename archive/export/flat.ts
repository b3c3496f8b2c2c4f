import { open } from "node:fs/promises";
import { stringify } from "csv-stringify/sync";
import { COLUMNS } from "./columns.ts";
import type { ExportedArticle } from "./export-articles.ts";

/** Articles whose text is written at once. */
const GROUP = 200;

/** Takes articles one after the other; what `settle` answers tells where to go on after a stop. */
export interface Writer<Mark> {
  add(article: ExportedArticle): Promise<void>;
  /** Writes all that was added. */
  settle(): Promise<Mark>;
  close(): Promise<void>;
}

/** Writes lines of JSON or CSV to a sink; `fresh` says that nothing is there yet. */
export function lineWriter(
  format: "jsonl" | "csv",
  sink: (text: string) => Promise<void>,
  fresh: boolean,
): Writer<void> {
  let group: ExportedArticle[] = [];
  let first = fresh;
  async function flush() {
    // An export without articles has its columns, too.
    if (group.length === 0 && !(first && format === "csv")) return;
    const text = format === "csv" ? csvText(group, first) : jsonText(group);
    first = false;
    group = [];
    await sink(text);
  }
  return {
    async add(article) {
      group.push(article);
      if (group.length === GROUP) await flush();
    },
    settle: flush,
    close: () => Promise.resolve(),
  };
}

/** Writes lines to a file from byte `at` on; what stands behind it is cut. The mark is the file's length. */
export async function fileWriter(
  format: "jsonl" | "csv",
  file: string,
  at: number,
): Promise<Writer<number>> {
  const handle = await open(file, at > 0 ? "r+" : "w", 0o600);
  await handle.truncate(at);
  let end = at;
  const sink = async (text: string) => {
    const bytes = Buffer.from(text);
    await handle.write(bytes, 0, bytes.length, end);
    end += bytes.length;
  };
  const lines = lineWriter(format, sink, at === 0);
  return {
    add: lines.add,
    async settle() {
      await lines.settle();
      await handle.datasync();
      return end;
    },
    close: () => handle.close(),
  };
}

/** Writes to standard output, as fast as it is read. */
export function toStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function jsonText(articles: readonly ExportedArticle[]): string {
  return articles.map((article) => `${JSON.stringify(article)}\n`).join("");
}

/**
 * Articles as CSV (RFC 4180, UTF-8; with `header` a byte order mark and the columns' names before them, so
 * that spreadsheets read it right). Lists are joined by `; `. A cell that a spreadsheet would take for a
 * formula gets an apostrophe (OWASP, CSV injection).
 */
function csvText(articles: readonly ExportedArticle[], header: boolean): string {
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
