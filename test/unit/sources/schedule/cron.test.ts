import { CronExpressionParser } from "cron-parser";
import { expect, test } from "vitest";
import { DAY_MS } from "../../../../lib/time.ts";
import { slotAfter } from "../../../../sources/schedule/next-due.ts";

const AT = Date.UTC(2026, 9, 24, 21, 7, 3);

const EXPRESSIONS = [
  "*/15 * * * *",
  "7 * * * *",
  "30 2 * * *",
  "0 0 * * *",
  "59 23 * * 0",
  "0 6,18 * * 1-5",
  "5 4 1,15 * *",
  "0 9 13 * 5",
  "0 12 L * *",
  "0 8 * * 1#2",
  "0 0 29 2 *",
  "@daily",
];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"];

test.each(EXPRESSIONS)("%s has the slots of the parser, over changes of the clocks too", (cron) => {
  for (const tz of ZONES) {
    const wanted: number[] = [];
    const expression = CronExpressionParser.parse(cron, { currentDate: new Date(AT), tz });
    const found: number[] = [];
    for (let at = AT; found.length < 30 && at < AT + 400 * DAY_MS; ) {
      at = slotAfter(cron, tz, at);
      found.push(at);
      wanted.push(expression.next().getTime());
    }
    expect({ tz, found }).toEqual({ tz, found: wanted });
  }
});

test("an instant before the slots that are kept, and one on a slot, have theirs", () => {
  const slot = slotAfter("0 6 * * *", "Europe/Berlin", AT);
  expect(new Date(slot).toISOString()).toBe("2026-10-25T05:00:00.000Z");
  expect(slotAfter("0 6 * * *", "Europe/Berlin", slot)).toBe(slot + DAY_MS);
  expect(slotAfter("0 6 * * *", "Europe/Berlin", AT - 3 * DAY_MS)).toBe(
    slot - 3 * DAY_MS - 3_600_000,
  );
  expect(slotAfter("0 6 * * *", "Europe/Berlin", slot - 1)).toBe(slot);
});
