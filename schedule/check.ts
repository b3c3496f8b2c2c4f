import { CronExpressionParser } from "cron-parser";
import type { Source } from "../model/source.ts";

/** What is wrong with a schedule that its schema can't see, in words; null when it is fine. */
export function scheduleProblem(schedule: Source["schedule"]): string | null {
  const tz = schedule.timezone;
  try {
    Intl.DateTimeFormat("en", { timeZone: tz });
  } catch {
    return `"${tz}" is not a time zone; write an IANA name such as Europe/Berlin`;
  }
  if ("cron" in schedule) {
    try {
      CronExpressionParser.parse(schedule.cron, { tz }).next();
    } catch (error) {
      return `"${schedule.cron}" is not a cron expression: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  if ("adaptive" in schedule && schedule.adaptive.min > schedule.adaptive.max) {
    return "the shortest interval (min) is longer than the longest (max)";
  }
  return null;
}
