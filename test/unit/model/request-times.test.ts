import { describe, expect, test } from "vitest";
import { checked, ProblemError } from "../../../model/problem.ts";
import {
  AnyMoment,
  Day,
  dayOf,
  endOf,
  FormMoment,
  firstMomentOf,
  lastMomentOf,
  TimeText,
} from "../../../model/request-times.ts";

const OUTSIDE = ["0000-01-01", "0999-12-31", "9999-01-01", "9999-12-31"];

describe.each(Object.entries({ Day, TimeText, FormMoment, AnyMoment }))("%s", (_, form) => {
  test.each(OUTSIDE)("%s is refused, since the days around it can't be told", (day) => {
    expect(form.safeParse(day).success).toBe(false);
  });

  test.each(["1000-01-01", "1969-12-31", "9998-12-31"])("%s may be asked for", (day) => {
    expect(form.safeParse(day).success).toBe(true);
  });

  test.each(["+275760-09-13T00:00:00Z", "-000001-01-01", "2026-02-30T25:00", "someday", ""])(
    "%j is refused",
    (text) => {
      expect(form.safeParse(text).success).toBe(false);
    },
  );
});

test.each(Object.entries({ TimeText, FormMoment, AnyMoment }))(
  "%s may be any moment of the last day",
  (_, form) => {
    expect(form.safeParse("9998-12-31T23:59:59Z").success).toBe(true);
  },
);

test("a form's date-time without a zone is UTC", () => {
  const at = new Date("2026-11-25T08:30:00Z");
  for (const text of ["2026-11-25T08:30", "2026-11-25T08:30:00", "2026-11-25T09:30:00+01:00"]) {
    expect(FormMoment.parse(text)).toEqual(at);
  }
});

const NOW = new Date("2026-11-28T09:30:00Z");

test("a time of a request is the first moment of what it names, the last one, or the first behind it", () => {
  expect(firstMomentOf("2026-11", NOW)).toEqual(new Date("2026-11-01T00:00:00Z"));
  expect(lastMomentOf("2026-11", NOW)).toEqual(new Date("2026-11-30T23:59:59.999Z"));
  expect(endOf("2026-11", NOW)).toEqual(new Date("2026-12-01T00:00:00Z"));
  expect(lastMomentOf("7d", NOW)).toEqual(new Date("2026-11-21T09:30:00Z"));
});

test("a + of a zone that arrives as a space is one", () => {
  const text = "2026-11-28T09:30:00 01:00";
  expect(TimeText.safeParse(text).success).toBe(true);
  expect(firstMomentOf(text, NOW)).toEqual(new Date("2026-11-28T08:30:00Z"));
});

test("a time of a request names a day of a zone", () => {
  const timeZone = "Asia/Shanghai";
  expect(dayOf("now", new Date("2026-11-28T20:00:00Z"), { timeZone })).toBe("2026-11-29");
  expect(dayOf("2026-11", NOW, { timeZone })).toBe("2026-11-01");
  expect(dayOf("2026-11", NOW, { timeZone, last: true })).toBe("2026-11-30");
});

test("what is asked for wrongly is a 400 that names it", () => {
  const ask = () => checked(Day, "9999-12-31");
  expect(ask).toThrow(ProblemError);
  expect(ask).toThrow("write a date from 1000-01-01 to 9998-12-31");
});
