import { expect, test } from "vitest";
import { Source } from "../../../model/source.ts";
import { scheduleProblem } from "../../../schedule/check.ts";

const problem = (schedule: unknown) =>
  scheduleProblem(
    Source.parse({ id: "city", name: "C", feeds: ["https://c.example/f"], schedule }).schedule,
  );

test("good schedules have no problem", () => {
  expect(problem({ every: "15m" })).toBeNull();
  expect(problem({ cron: "*/10 6-22 * * 1-5", timezone: "Asia/Shanghai" })).toBeNull();
  expect(problem({ adaptive: {} })).toBeNull();
});

test.each([
  [{ cron: "61 * * * *" }, '"61 * * * *" is not a cron expression'],
  [{ every: "15m", timezone: "Berlin" }, '"Berlin" is not a time zone'],
  [{ adaptive: { min: "8h", max: "1h" } }, "the shortest interval"],
])("%j: %s", (schedule, words) => {
  expect(problem(schedule)).toContain(words);
});
