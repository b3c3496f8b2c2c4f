import { stringify } from "csv-stringify/sync";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { dayIn } from "../../lib/time.ts";
import { TIME_FORMS } from "../../lib/time-expression.ts";
import {
  ROWS_OF,
  STATISTIC_NAMES,
  STATISTICS,
  STATISTICS_ROWS,
  StatisticsParams,
  type StatisticsTable,
  toStatisticsQuery,
} from "../../model/publish/statistics.ts";
import { dayOf, TimeText } from "../../model/request-times.ts";
import { readStatistic } from "../../store/statistics/read.ts";
import { requireActor } from "../auth/access.ts";
import { sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";

const Column = z.object({
  name: z.string(),
  type: z.enum(["text", "count", "seconds", "share", "bytes"]),
  about: z.string(),
});
const Table = z.object({
  name: z.enum(STATISTIC_NAMES),
  rows: z.enum(STATISTICS_ROWS),
  from: z.string(),
  to: z.string(),
  columns: z.array(Column),
  items: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
});
const List = z.object({
  items: z.array(
    z.object({
      name: z.enum(STATISTIC_NAMES),
      about: z.string(),
      rows: z.array(z.enum(STATISTICS_ROWS)),
    }),
  ),
});

/** Serves `/v1/statistics`, for readers with access to the whole archive. */
export const statisticsRoutes: Routes = (app, { store, config, now }) => {
  const api = typed(app, { preHandler: requireActor });
  api.get(
    "/v1/statistics",
    { summary: "The available statistics", response: { 200: List } },
    async (_, reply) => {
      const items = STATISTIC_NAMES.map((name) => ({
        name,
        about: STATISTICS[name],
        rows: [...ROWS_OF[name]],
      }));
      return sendJson(reply, { items });
    },
  );

  api.get(
    "/v1/statistics/:name",
    {
      summary: "One statistic over a span of days",
      description:
        "An article counts on its day of publication or, if that is unknown, of discovery. Durations are in seconds, with an error of at most 10 %; `type` describes each column. `format=csv` returns a file.",
      params: z.object({ name: z.enum(STATISTIC_NAMES) }),
      querystring: StatisticsParams.extend({
        from: TimeText.optional().describe(
          `First day, in the portal's time zone, ${TIME_FORMS}; default: 29 days before the last day`,
        ),
        to: TimeText.optional().describe("Last day, included; default: today"),
        format: z.enum(["json", "csv"]).default("json"),
      }),
      response: { 200: Table },
    },
    async (request, reply) => {
      const { format, from: first, to: last, ...params } = request.query;
      const { timezone: timeZone } = config;
      const days = {
        ...(first !== undefined && { from: dayOf(first, now(), { timeZone }) }),
        ...(last !== undefined && { to: dayOf(last, now(), { timeZone, last: true }) }),
      };
      const today = dayIn(timeZone, now());
      const query = toStatisticsQuery(request.params.name, { ...params, ...days }, today);
      const table = await readStatistic(store, query);
      const { name, rows, from, to } = query;
      reply.header("cache-control", "no-store");
      const file = `${name}-by-${rows}-${from}-${to}.csv`;
      if (format === "csv") return sendCsv(reply, file, figureCsv(table));
      return sendJson(reply, { name, rows, from, to, columns: table.columns, items: table.rows });
    },
  );
};

/** Returns CSV (RFC 4180, UTF-8). An apostrophe precedes any cell that looks like a formula. */
export function figureCsv({ columns, rows }: StatisticsTable): string {
  return stringify(rows, {
    header: true,
    bom: true,
    record_delimiter: "windows",
    escape_formulas: true,
    columns: columns.map(({ name }) => name),
  });
}

function sendCsv(reply: FastifyReply, file: string, csv: string): FastifyReply {
  return reply
    .header("content-type", "text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${file}"`)
    .send(Buffer.from(csv));
}
