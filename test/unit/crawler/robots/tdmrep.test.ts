import { describe, expect, test } from "vitest";
import { tdmCopy, tdmRuleFor } from "../../../../crawler/robots/robots.ts";
import { HOUR_MS } from "../../../../lib/time.ts";

const now = new Date("2026-03-02T12:00:00Z");
const after = (hours: number) => new Date(now.getTime() + hours * HOUR_MS);
const rule = (location: unknown, reservation: unknown) => ({
  location,
  "tdm-reservation": reservation,
});
const read = (value: unknown) =>
  tdmCopy({ status: 200, text: JSON.stringify(value) }, null, now).rules;
const at = (path: string) => `https://news.example${path}`;

describe("rules of tdmrep.json", () => {
  test("the first that matches counts, by path and with * and $ as in robots.txt", () => {
    const rules = read([
      rule("/open/", 0),
      rule("/*.pdf$", 1),
      { ...rule("/news/", 1), "tdm-policy": "https://news.example/policy.json" },
    ]);
    const paths = ["/open/a.pdf", "/x/a.pdf", "/x/a.pdf?b", "/news/1", "/News/1", "/"];
    expect(paths.filter((path) => tdmRuleFor(rules, at(path))?.reserved)).toEqual([
      "/x/a.pdf",
      "/news/1",
    ]);
    expect(tdmRuleFor(read([rule("/", 1)]), at("/any/thing"))?.reserved).toBe(true);
  });

  test("a reservation can be written as text", () => {
    expect(read([rule("/a", "1"), rule("/b", "0")])).toEqual([
      { location: "/a", reserved: true },
      { location: "/b", reserved: false },
    ]);
  });

  test("what can't be read is left out, and many are cut", () => {
    expect(read([rule(7, 1), rule("/a", "yes"), "x", null, rule("/b", 1)])).toEqual([
      { location: "/b", reserved: true },
    ]);
    expect(read(Array.from({ length: 9000 }, () => rule("/", 1)))).toHaveLength(500);
  });
});

describe("answers to tdmrep.json", () => {
  const known = tdmCopy({ status: 200, text: JSON.stringify([rule("/", 1)]) }, null, now);

  test("rules hold for a day; a file that is none says so", () => {
    expect(known).toMatchObject({ status: 200, expiresAt: after(24), detail: null });
    for (const text of ["<html>", "{}", ""]) {
      const copy = tdmCopy({ status: 200, text }, known, now);
      expect(copy).toMatchObject({ rules: [], detail: "tdmrep.json isn't a list of rules" });
    }
  });

  test("without one nothing is reserved", () => {
    expect(tdmCopy({ status: 404, text: "" }, known, now)).toMatchObject({
      rules: [],
      expiresAt: after(24),
      detail: null,
    });
  });

  test("a redirect that leads nowhere reserves nothing, whatever its body says", () => {
    const text = JSON.stringify([rule("/", 1)]);
    expect(tdmCopy({ status: 302, text }, known, now)).toMatchObject({ rules: [], detail: null });
  });

  test.each([
    [{ status: 503, text: "" }, "tdmrep.json answered 503"],
    [{ status: 429, text: "" }, "tdmrep.json answered 429"],
    [{ failed: "ECONNRESET" }, "ECONNRESET"],
  ])("after %j what was known stands, and it is asked for again soon", (answer, detail) => {
    expect(tdmCopy(answer, known, now)).toMatchObject({
      rules: known.rules,
      expiresAt: after(1),
      detail,
    });
    expect(tdmCopy(answer, null, now).rules).toEqual([]);
  });
});
