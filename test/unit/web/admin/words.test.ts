import { expect, test } from "vitest";
import { at } from "../../../../web/admin/words.ts";

test("a time says its year where that isn't this one where the operator is", () => {
  const shown = (time: string, now = "2026-11-25T12:00:00Z") =>
    String(at("Europe/Berlin", new Date(time), new Date(now)));
  expect(shown("2026-11-25T13:05:09Z")).toContain(">25 Nov, 14:05:09<");
  expect(shown("2029-11-25T13:05:09Z")).toContain(">25 Nov 2029, 14:05:09<");
  // New Year is an hour earlier there than at Greenwich.
  expect(shown("2026-12-31T23:30:00Z", "2027-01-01T12:00:00Z")).toContain(">1 Jan, 00:30:00<");
  expect(shown("2026-12-31T22:30:00Z", "2026-12-31T23:30:00Z")).toContain(
    ">31 Dec 2026, 23:30:00<",
  );
});
