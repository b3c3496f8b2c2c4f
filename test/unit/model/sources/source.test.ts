import { describe, expect, test } from "vitest";
import { isPaused, Source } from "../../../../model/sources/source.ts";

const least = { id: "city", name: "City", feeds: ["https://city.example/rss"] };

describe("Source", () => {
  test("id, name and one entry point are enough; durations become milliseconds", () => {
    expect(Source.parse(least)).toMatchObject({
      schedule: { every: 1_800_000 },
      pace: { delay: 2000, concurrency: 1 },
      render: "auto",
      firstRun: { articles: 50, days: 30 },
      verified: true,
    });
    const { schedule } = Source.parse({ ...least, schedule: { adaptive: {} } });
    expect(schedule).toMatchObject({ adaptive: { min: 300_000, max: 21_600_000 } });
  });

  test.each<[string, object]>([
    ["no entry point", { feeds: [] }],
    ["a word that isn't known", { feed: "https://city.example/rss" }],
    ["an address that is no web page", { feeds: ["ftp://city.example/rss"] }],
    ["an id that can't name a job", { id: "City:1" }],
    ["a schedule of two kinds", { schedule: { every: "5m", cron: "* * * * *" } }],
    ["more requests at once than is polite", { pace: { concurrency: 9 } }],
    ["an override of robots.txt without a reason", { ignoreRobots: { reason: "ok" } }],
  ])("%s is refused", (_what, overrides) => {
    expect(Source.safeParse({ ...least, ...overrides }).success).toBe(false);
  });
});

describe("isPaused", () => {
  const now = new Date("2026-11-25T12:00:00Z");
  const pausedUntil = (until?: string) =>
    isPaused({ paused: { reason: "moving", ...(until && { until: new Date(until) }) } }, now);

  test("without an end for ever, else until then", () => {
    expect(isPaused({}, now)).toBe(false);
    expect(pausedUntil()).toBe(true);
    expect(pausedUntil("2026-11-25T12:00:01Z")).toBe(true);
    expect(pausedUntil("2026-11-25T11:59:59Z")).toBe(false);
  });
});
