import { describe, expect, test } from "vitest";
import { z } from "zod";
import { explain, unknownName } from "../../../model/problem.ts";
import { Filter } from "../../../model/publish/filter.ts";
import { TimeText } from "../../../model/request-times.ts";

const schema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  relevance: z.number().min(0).max(1).optional(),
  after: z.int().min(0).optional(),
  sort: z.enum(["relevance", "newest"]).default("relevance"),
  since: TimeText.optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  name: z.string().min(2).max(5).optional(),
  skip: z.boolean().optional(),
  filter: Filter.prefault({}),
});

const wrong = (input: unknown) => {
  const read = schema.safeParse(input);
  return read.success ? null : explain(read.error, { schema, input });
};

describe("what is wrong is told with what was given and what is allowed", () => {
  test.each([
    [{ limit: "0" }, 'limit: "0" is not allowed; write a whole number from 1 to 200.'],
    [{ limit: "many" }, 'limit: "many" is not allowed; write a whole number from 1 to 200.'],
    [{ relevance: 2 }, "relevance: 2 is not allowed; write a number from 0 to 1."],
    [{ after: -1 }, "after: -1 is not allowed; write a whole number of at least 0."],
    [
      { sort: "newst" },
      'sort: "newst" is not allowed; allowed: relevance, newest; did you mean newest?',
    ],
    [
      { since: "soon" },
      'since: "soon" is not allowed; write a time: e.g. 7d (7 days ago), yesterday, today, 2026-11, 2026-11-28 or 2026-11-28T09:30:00Z (Z means UTC).',
    ],
    [
      { url: "agency" },
      'url: "agency" is not allowed; write a web address, e.g. https://agency.example/news.',
    ],
    [{ name: "x" }, 'name: "x" is not allowed; give at least 2 characters.'],
    [{ name: ["a", "b"] }, 'name: ["a","b"] is not allowed; give one text.'],
    [{ skip: "yes" }, 'skip: "yes" is not allowed; allowed: true, false.'],
    [
      { filter: { topic: "egov" } },
      'filter.topic: "egov" is not allowed; send a list, e.g. ["one", "two"].',
    ],
    [
      { filter: { country: ["UK"] } },
      'filter.country.0: "UK" is not allowed; write an ISO 3166-1 country code, e.g. DE, or GB for the United Kingdom.',
    ],
    [{ filter: { topc: ["egov"] } }, 'There is no field of filter "topc"; did you mean topic?'],
    [{ limt: 1 }, 'There is no field "limt"; did you mean limit?'],
    [
      { zzzzz: 1 },
      'There is no field "zzzzz"; allowed: limit, relevance, after, sort, since, url, name, skip, filter.',
    ],
    [
      null,
      "The body is missing; send a JSON object of limit, relevance, after, sort, since, url, name, skip, filter.",
    ],
  ])("%j", (overrides, message) => {
    expect(wrong(overrides)).toBe(message);
  });
});

test("a field that has to be there is missing", () => {
  const query = z.object({ from: z.string() });
  const read = query.safeParse({});
  const message = read.error && explain(read.error, { schema: query, input: {} });
  expect(message).toBe('"from" is missing; give one text.');
});

test("a long value is cut", () => {
  expect(wrong({ sort: "x".repeat(500) })?.length).toBeLessThan(150);
});

test("an unknown name comes with the nearest one, or all of few", () => {
  expect(unknownName("source", "berln", ["hamburg", "berlin"])).toBe(
    'There is no source "berln"; did you mean berlin?',
  );
  expect(unknownName("source", "x", ["hamburg", "berlin"])).toBe(
    'There is no source "x"; allowed: hamburg, berlin.',
  );
  expect(unknownName("source", "x", [])).toBe('There is no source "x".');
});
