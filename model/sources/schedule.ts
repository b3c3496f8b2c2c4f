import { z } from "zod";
import {
  DURATION,
  formatDuration,
  parseDuration,
  SECOND_MS,
  usualDuration,
} from "../../lib/time.ts";

/** A duration as people write it, parsed to milliseconds. */
export const Duration = z
  .string("write a duration, e.g. 500ms, 2s, 15m, 6h or 30d")
  .overwrite(usualDuration)
  .regex(DURATION, "write a duration, e.g. 500ms, 2s, 15m, 6h or 30d")
  .describe("A duration: 500ms, 2s, 15m, 6h, 30d")
  .transform(parseDuration);

const Interval = Duration.refine((ms) => ms >= SECOND_MS, "write 1s or more");

const Quiet = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    "write a range of hours, e.g. 22:00-06:00",
  )
  .describe("Hours without runs, in the schedule's time zone, e.g. 22:00-06:00");

const Days = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const Clock = "([01]\\d|2[0-3]):[0-5]\\d";
const Window = z
  .string()
  .regex(
    new RegExp(`^(${Days}(-${Days})?(,${Days}(-${Days})?)* )?${Clock}-(${Clock}|24:00)$`),
    "write a time window, e.g. Mon-Fri 06:00-22:00 or 06:00-22:00",
  );

const COMMON = {
  timezone: z
    .string()
    .default("UTC")
    .describe("Time zone of the schedule (IANA name), e.g. Europe/Berlin"),
  quiet: Quiet.optional(),
  windows: z
    .array(Window)
    .optional()
    .describe("Hours in which runs can start, in the schedule's time zone; default: always"),
  missed: z
    .enum(["run", "skip"])
    .optional()
    .describe(
      "What happens to runs missed while Newsgather was down; run (default): one run replaces all of them; skip: they are skipped",
    ),
  overlap: z
    .enum(["queue", "skip"])
    .optional()
    .describe(
      "What happens to a run that is due while the previous run is open; queue (default): it follows at once; skip: it is skipped",
    ),
};
export const Schedule = z.union([
  z.strictObject({ every: Interval.describe("Time between two runs, e.g. 15m"), ...COMMON }),
  z.strictObject({
    cron: z.string().describe("Five fields: minute hour day month weekday, e.g. */10 6-22 * * 1-5"),
    ...COMMON,
  }),
  z.strictObject({
    adaptive: z.strictObject({
      min: Interval.prefault("5m").describe("Shortest interval between runs"),
      max: Interval.prefault("6h").describe("Longest interval between runs"),
    }),
    ...COMMON,
  }),
]);

export type Schedule = z.infer<typeof Schedule>;

/** Describes a schedule, such as `5m to 6h, Mon-Fri 06:00-22:00`. */
export function scheduleWords(schedule: Schedule): string {
  const { timezone, quiet, windows = [], missed, overlap } = schedule;
  const words = [
    ...("cron" in schedule ? [schedule.cron] : []),
    ...("every" in schedule ? [`every ${formatDuration(schedule.every)}`] : []),
    ...("adaptive" in schedule
      ? [`${formatDuration(schedule.adaptive.min)} to ${formatDuration(schedule.adaptive.max)}`]
      : []),
    ...windows,
    ...(quiet ? [`not ${quiet}`] : []),
    ...(missed === "skip" ? ["missed runs are skipped"] : []),
    ...(overlap === "skip" ? ["runs that are due during another run are skipped"] : []),
  ].join(", ");
  return timezone === "UTC" ? words : `${words} (${timezone})`;
}

/** When a source will be fetched over the next hours, and how many new articles are expected. */
export interface Forecast {
  /** Times of the planned fetches if the schedule stays the same. */
  readonly visits: readonly Date[];
  /** Average time that a new article waits for the next fetch, ms; null if no fetch is planned. */
  readonly delay: number | null;
  /** Expected number of new articles; null if too little is known. */
  readonly items: number | null;
}
