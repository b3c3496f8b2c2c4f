import { expect, test } from "vitest";
import { html } from "../../../../lib/text.ts";
import {
  at,
  Before,
  factsList,
  older,
  PAGE_SIZE,
  section,
  sortKey,
  withTimes,
} from "../../../../web/admin/tables.ts";

test("headings stand where their cells do: those of numbers at the end", () => {
  const row = html`<tr><th scope="row">a</th><td class="n">1</td><td class="why">b</td><td class="n">2</td></tr>`;
  const { markup } = section("T", ["Name", "Count", "Why", "Sum"], [row], "None.");
  const heads = [...markup.matchAll(/<th scope="col"( class="n")?>(\w+)/g)];
  expect(heads.map(([, n, name]) => [name, n !== undefined])).toEqual([
    ["Name", false],
    ["Count", true],
    ["Why", false],
    ["Sum", true],
  ]);
});

const LAST = new Date("2026-11-25T14:05:09Z");

test("a page leads to what lies before its last line, and keeps what it asks for", () => {
  const link =
    '<p><a href="/admin/audit?before=2026-11-25T14%3A05%3A09.000Z" rel="next">Older</a></p>';
  const times = Array.from({ length: PAGE_SIZE }, () => LAST);
  expect(String(older("/admin/audit", times))).toBe(link);
  expect(String(older("/admin/runs?source=a", times))).toContain(
    "/admin/runs?source=a&amp;before=",
  );
});

test("only a full page has a last line to go on from", () => {
  expect(older("/admin/audit", [LAST, LAST])).toBeNull();
  expect(older("/admin/audit", [])).toBeNull();
});

test("what isn't a date counts as not given", () => {
  expect(Before.parse("2026-11-25T14:05:09Z")).toEqual(LAST);
  expect(Before.parse("yesterday")).toBeUndefined();
});

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

test("a text keeps what only looks like a time, such as a part of a URL", () => {
  const url = "https://town.example/2026-99-99T99:99:99Z";
  expect(String(withTimes("UTC", url))).toBe(url);
  expect(String(withTimes("UTC", "due at 2026-11-25T14:05:09Z"))).toContain("due at <time ");
});

test("a fact without a value is left out, and a zero is a value", () => {
  const { markup } = factsList([
    ["Null", null],
    ["Missing", undefined],
    ["False", false],
    ["Empty", ""],
    ["Failures", 0],
  ]);
  expect([...markup.matchAll(/<dt[^>]*>(\w+)/g)].map(([, name]) => name)).toEqual(["Failures"]);
});

test("a sort key that a list doesn't have counts as missing", () => {
  const key = sortKey(["name", "due"]);
  expect([key.parse("name"), key.parse("-due"), key.parse(undefined)]).toEqual([
    "name",
    "-due",
    undefined,
  ]);
  expect(["size", "--due", "", "constructor"].map((sort) => key.parse(sort))).toEqual(
    Array(4).fill(undefined),
  );
});
