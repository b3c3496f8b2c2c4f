import { expect, test } from "vitest";
import { at } from "../../../admin/words.ts";

const now = new Date("2026-11-25T12:00:00Z");

test("a time says its year where that isn't this one", () => {
  const shown = (time: string) => String(at("Europe/Berlin", new Date(time), now));
  expect(shown("2026-11-25T13:05:09Z")).toContain(">25 Nov, 14:05:09<");
  expect(shown("2029-11-25T13:05:09Z")).toContain(">25 Nov 2029, 14:05:09<");
});
