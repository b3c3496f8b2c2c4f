import { describe, expect, test } from "vitest";
import { pathPattern, TRAP_EVIDENCE, trapOf } from "../../../../crawler/links/url.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";

const patternOf = (path: string) => pathPattern(`https://city.example${path}`);

describe("patterns", () => {
  test.each([
    ["/calendar/2026/11/25", "/calendar/0/0/0"],
    ["/calendar/2031-05-01", "/calendar/0-0-0"],
    ["/calendar/week-48/", "/calendar/week-0/"],
    ["/events?year=2031&month=5", "/events?month&year"],
    ["/list.php?sid=8af3&page=2", "/list.php?page&sid"],
    ["/archive/page7.html", "/archive/page0.html"],
    ["/2026/11/25/council-opens-data-portal", "/0/0/0/x"],
    ["/news/a1b2c3d4e5", "/news/x"],
    ["/news/council-opens-data-portal", null],
    ["/about/contact", null],
    ["/news/x", null],
  ])("%s is %s", (path, pattern) => {
    expect(patternOf(path)).toBe(pattern);
  });

  test("all days of a calendar share one, whatever they are", () => {
    const days = Array.from({ length: 5000 }, (_, day) => {
      const date = new Date(Date.UTC(1990, 0, 1 + 7 * day)).toISOString().slice(0, 10);
      return patternOf(`/kalender/${date}?view=day&session=${day * 7919}`);
    });
    expect([...new Set(days)]).toEqual(["/kalender/0-0-0?session&view"]);
  });

  test("an address of 64 KB with thousands of parameters costs nothing", async () => {
    const query = Array.from({ length: 8000 }, (_, n) => `p${n}=1`).join("&");
    const url = `/a/${"1-".repeat(8000)}?${query}`;
    expect(patternOf(url)?.length).toBeLessThanOrEqual(300);
    expect(await leastCpuOf(() => patternOf(url), 1000)).toBeLessThan(1000);
  });
});

describe("evidence", () => {
  const now = new Date("2026-11-25T12:00:00Z");
  const at = new Date("2026-11-24T12:00:00Z");
  const pattern = "/calendar/0-0-0";
  const traps = (misses: number) => ({ key: { pattern, misses, at } });

  test("enough pages in a row without an article make a trap, and say so", () => {
    expect(trapOf(traps(TRAP_EVIDENCE), pattern, now)).toBe(
      "none of the last 20 pages like /calendar/0-0-0 held a new article",
    );
    expect(trapOf(traps(TRAP_EVIDENCE - 1), pattern, now)).toBeNull();
    expect(trapOf(traps(TRAP_EVIDENCE), "/news/0", now)).toBeNull();
    expect(trapOf(undefined, pattern, now)).toBeNull();
  });

  test("a week later it is tried again", () => {
    expect(trapOf(traps(99), pattern, new Date("2026-12-02T00:00:00Z"))).toBeNull();
  });
});
