import { describe, expect, test } from "vitest";
import { dayIn, isTimezone, parseDuration, shiftDay, sleep } from "../../../lib/time.ts";

describe("parseDuration", () => {
  test.each([
    ["500ms", 500],
    ["2s", 2000],
    ["1.5m", 90_000],
    [" 6h ", 21_600_000],
    ["30d", 2_592_000_000],
    ["0s", 0],
    ["15 minutes", 900_000],
    ["1 hour", 3_600_000],
    ["1 Hr", 3_600_000],
    ["2h30m", 9_000_000],
    ["2 hours and 30 minutes", 9_000_000],
    ["1 day, 6 hours", 108_000_000],
    ["90 secs", 90_000],
    ["2 weeks", 1_209_600_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(["", "5", "-1s", "1 month", "minutes", "1h 30", "Infinityms", "1e3s", "15 minuets"])(
    "%j is refused with the accepted form",
    (text) => {
      expect(() => parseDuration(text)).toThrow(/write 500ms, 2s, 15m, 6h or 30d/);
    },
  );
});

describe("dayIn", () => {
  test.each([
    ["UTC", "2026-11-24T23:59:59.999Z", "2026-11-24"],
    ["Asia/Shanghai", "2026-11-24T16:00:00Z", "2026-11-25"],
    ["America/New_York", "2026-11-25T04:59:59Z", "2026-11-24"],
    ["Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25"],
    ["Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26"],
    ["Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"],
    ["UTC", "0999-01-02T00:00:00Z", "0999-01-02"],
  ])("in %s, %s is on %s", (zone, at, day) => {
    expect(dayIn(zone, new Date(at))).toBe(day);
  });
});

test.each([
  ["Europe/Berlin", true],
  ["UTC", true],
  ["Europe/Atlantis", false],
  ["", false],
])("isTimezone(%j) is %s", (name, expected) => {
  expect(isTimezone(name)).toBe(expected);
});

test.each([
  ["2026-02-28", 1, "2026-03-01"],
  ["2026-01-01", -1, "2025-12-31"],
  ["2026-11-29", 0, "2026-11-29"],
])("%s shifted by %d days is %s", (day, days, expected) => {
  expect(shiftDay(day, days)).toBe(expected);
});

describe("sleep", () => {
  test("ends early, without an error, when its signal fires, and doesn't start after it", async () => {
    const ended = new AbortController();
    const start = performance.now();
    const sleeping = sleep(60_000, ended.signal);
    ended.abort();
    await sleeping;
    await sleep(60_000, ended.signal);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test("leaves no listener at the signal", async () => {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners.add(args[1]);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners.delete(args[1]);
      removeEventListener.apply(signal, args);
    };
    await sleep(2, signal);
    expect(listeners.size).toBe(0);
  });
});
