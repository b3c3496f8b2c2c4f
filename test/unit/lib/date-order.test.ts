import { expect, test } from "vitest";
import { hasDayFirst } from "../../../lib/dates.ts";

test.each([
  ["www.gov.uk", "en", true],
  ["www.gov.uk", "en-US", true],
  ["city.example", "en", false],
  ["city.example", "en-US", false],
  ["city.example", "en-PH", false],
  ["city.example", "en-GB", true],
  ["city.example", "en_ca", true],
  ["city.example", "en-KE", true],
  ["startup.io", "en", false],
  ["city.gov", "en-GB", false],
  ["city.us", "en-GB", false],
])("whether dates at %s in %s have the day first: %s", (host, tag, expected) => {
  expect(hasDayFirst(host, tag)).toBe(expected);
});
