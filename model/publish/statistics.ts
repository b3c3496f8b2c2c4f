import { z } from "zod";
import { shiftDay } from "../../lib/time.ts";
import { ProblemError } from "../problem.ts";
import { Day } from "../request-times.ts";

export const STATISTICS = {
  volume: "articles: listed, copies, unlisted, retracted",
  latency: "time from publication to discovery, and from discovery to readers",
  topics: "listed articles by topic",
  countries: "listed articles by country",
  regions: "listed articles by region (ISO 3166-2)",
  cities: "listed articles by city",
  languages: "listed articles by language",
  reliability: "responses of sources, and results of their runs (days in UTC)",
  storage: "disk space that responses use (days in UTC)",
  flows: "which source repeats another's texts, and how much later",
} as const;
export type StatisticName = keyof typeof STATISTICS;
export const STATISTIC_NAMES = Object.keys(STATISTICS) as [StatisticName, ...StatisticName[]];

/** What a row of a statistic stands for: a day, a source, or the whole time span (`total`). */
export const STATISTICS_ROWS = ["day", "source", "total"] as const;
export type StatisticsRows = (typeof STATISTICS_ROWS)[number];

/** The kinds of rows that each statistic can have; the first is the default. */
export const ROWS_OF: Readonly<Record<StatisticName, readonly StatisticsRows[]>> = {
  volume: ["day", "source"],
  latency: ["source", "day", "total"],
  topics: ["total", "day"],
  countries: ["total", "day"],
  regions: ["total", "day"],
  cities: ["total", "day"],
  languages: ["total", "day"],
  reliability: ["source", "day", "total"],
  storage: ["source", "day", "total"],
  flows: ["total"],
};

/**
 * The parameters of a statistic. `from` and `to` are the first and last day, `YYYY-MM-DD`. The time
 * zone is the portal's, or UTC for `reliability` and `storage`.
 */
export interface StatisticsQuery {
  name: StatisticName;
  rows: StatisticsRows;
  from: string;
  to: string;
  /** Maximum number of values, sources or pairs of sources, those with the highest counts first. */
  top: number;
}

/** A column of a statistic. Values of type `seconds` are durations. */
export interface StatisticsColumn {
  name: string;
  type: "text" | "count" | "seconds" | "share" | "bytes";
  about: string;
}

export interface StatisticsTable {
  columns: readonly StatisticsColumn[];
  rows: Record<string, string | number | null>[];
}

const DEFAULT_DAYS = 30;
const MAX_DAYS = 1000;

export const StatisticsParams = z.object({
  rows: z
    .enum(STATISTICS_ROWS)
    .optional()
    .describe("What a row represents; the default depends on the statistic"),
  from: Day.optional().describe(
    "First day, in the portal's time zone; default: 29 days before the last day",
  ),
  to: Day.optional().describe("Last day, included; default: today"),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe(
      "Maximum number of sources, values (such as topics) or pairs of sources; those with the most articles come first",
    ),
});
export type StatisticsParams = z.infer<typeof StatisticsParams>;

/** Returns the query with default values. Throws a 400 problem for invalid rows or time spans. */
export function toStatisticsQuery(
  name: StatisticName,
  params: StatisticsParams,
  today: string,
): StatisticsQuery {
  const { to = today, from = shiftDay(to, 1 - DEFAULT_DAYS), top } = params;
  const [usual = "total", ...others] = ROWS_OF[name];
  const { rows = usual } = params;
  const badRequest = (detail: string) => new ProblemError(400, "bad-request", detail);
  if (rows !== usual && !others.includes(rows)) {
    throw badRequest(`${name} has no rows by ${rows}; allowed: ${ROWS_OF[name].join(", ")}.`);
  }
  if (from > to || from < shiftDay(to, 1 - MAX_DAYS)) {
    throw badRequest(`From ${from} to ${to}: choose a range of 1 to ${MAX_DAYS} days.`);
  }
  return { name, rows, from, to, top };
}

/** The properties by which articles are counted; `store/statistics/count.ts` makes the keys. */
export const COUNTED_BY = [
  "state",
  "topic",
  "country",
  "region",
  "city",
  "language",
  "seen",
  "served",
  "flow",
] as const;
export type CountedBy = (typeof COUNTED_BY)[number];

/** Numbers of articles of one day, for each value of one property. `_id` is `DAY PROPERTY`. */
export interface DayStatistics {
  _id: string;
  /** Day of publication (of our first fetch if unknown), in the portal's time zone. */
  day: string;
  dimension: CountedBy;
  /** Number of the last change that was counted. No change is counted twice. */
  seq: number;
  counts: Record<string, number>;
}

export interface ResponseCounts {
  captures: number;
  /** Number of bytes on the wire. */
  bytes: number;
  /** Number of bytes after decoding. */
  decoded: number;
  /** Number of compressed bytes stored; a body that was already stored adds none. */
  written: number;
  /** Number of compressed bytes not stored, because the same body was already stored. */
  spared: number;
}

/** Numbers of a source's responses by status, and results of its runs. */
export interface Work {
  /** Number of responses with a status below 400. */
  fine: number;
  /** Number of 4xx responses. */
  refused: number;
  /** Number of 5xx responses. */
  failed: number;
  runs: number;
  /** Number of runs that gave up on a link or recorded a problem. */
  troubled: number;
  created: number;
  updated: number;
  deadLetters: number;
}

/** The counts of a source on one UTC day. */
export interface SourceOnDay {
  /**
   * When the day was last counted. A day isn't counted again if `at` is an hour or more after the
   * day's end.
   */
  at: Date;
  stored: ResponseCounts;
  removed?: ResponseCounts;
  work: Work;
}

/**
 * Counts of the responses and runs of one UTC day, by source; responses with policy files of hosts
 * are counted under `robots`. `_id` is the day.
 */
export interface SourceDay {
  _id: string;
  day: string;
  bySource: Record<string, SourceOnDay>;
}
