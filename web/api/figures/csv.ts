import { stringify } from "csv-stringify/sync";
import type { FastifyReply } from "fastify";
import type { FigureTable } from "../../../model/publish/statistics.ts";

/** A figure as CSV (RFC 4180, UTF-8); a cell that a spreadsheet would take for a formula gets an apostrophe. */
export function figureCsv({ columns, rows }: FigureTable): string {
  return stringify(rows, {
    header: true,
    bom: true,
    record_delimiter: "windows",
    escape_formulas: true,
    columns: columns.map(({ name }) => name),
  });
}

/** Sends CSV as a file of that name. */
export function sendCsv(reply: FastifyReply, file: string, csv: string): FastifyReply {
  return reply
    .header("content-type", "text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${file}"`)
    .send(Buffer.from(csv));
}
