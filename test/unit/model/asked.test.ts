import { describe, expect, test } from "vitest";
import { AnyMoment, checked, Day, FormMoment, Moment } from "../../../model/asked.ts";
import { ProblemError } from "../../../model/problem.ts";

const OUTSIDE = ["0000-01-01", "0999-12-31", "9999-01-01", "9999-12-31"];

describe.each(Object.entries({ Day, Moment, FormMoment, AnyMoment }))("%s", (_, form) => {
  test.each(OUTSIDE)("%s is refused, since the days around it can't be told", (day) => {
    expect(form.safeParse(day).success).toBe(false);
  });

  test.each(["1000-01-01", "1969-12-31", "9998-12-31"])("%s may be asked for", (day) => {
    expect(form.safeParse(day).success).toBe(true);
  });

  test.each(["+275760-09-13T00:00:00Z", "-000001-01-01", "2026-02-30T25:00", "yesterday", ""])(
    "%j is refused",
    (text) => {
      expect(form.safeParse(text).success).toBe(false);
    },
  );
});

test("a form's date-time without a zone is UTC", () => {
  const at = new Date("2026-11-25T08:30:00Z");
  for (const text of ["2026-11-25T08:30", "2026-11-25T08:30:00", "2026-11-25T09:30:00+01:00"]) {
    expect(FormMoment.parse(text)).toEqual(at);
  }
  expect(Moment.safeParse("2026-11-25T08:30").success).toBe(false);
});

test("what is asked for wrongly is a 400 that names it", () => {
  const ask = () => checked(Day, "9999-12-31");
  expect(ask).toThrow(ProblemError);
  expect(ask).toThrow("write a date from 1000-01-01 to 9998-12-31");
});
