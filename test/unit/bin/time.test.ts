import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf, laterTime, pointOf, spanOf, timeAhead, timeOf } from "../../../bin/time.ts";

const NOW = new Date("2026-11-28T10:00:00Z");
let zone: string | undefined;

beforeEach(() => {
  zone = process.env["NEWSGATHER_TIMEZONE"];
  process.env["NEWSGATHER_TIMEZONE"] = "Europe/Berlin";
});

afterEach(() => {
  if (zone === undefined) delete process.env["NEWSGATHER_TIMEZONE"];
  else process.env["NEWSGATHER_TIMEZONE"] = zone;
});

describe("a time at the command line", () => {
  it("is a distance, a word, a date or a moment, in UTC", () => {
    expect(
      ["7d", "yesterday", "2026-11", "2026-11-28T09:30:00Z"].map((text) =>
        timeOf("--since", text, NOW).toISOString(),
      ),
    ).toEqual([
      "2026-11-21T10:00:00.000Z",
      "2026-11-27T00:00:00.000Z",
      "2026-11-01T00:00:00.000Z",
      "2026-11-28T09:30:00.000Z",
    ]);
    expect(timeAhead("--embargo", "7d", NOW).toISOString()).toBe("2026-12-05T10:00:00.000Z");
    expect(pointOf("2026-11-27")).toBe("2026-11-27T00:00:00.000Z");
    expect(pointOf("latest")).toBe("latest");
  });

  it("takes in the day, month or year that --until names", () => {
    expect(spanOf({ since: "2026-11", until: "2026-11" }, NOW)).toEqual({
      since: new Date("2026-11-01"),
      until: new Date("2026-12-01"),
    });
    expect([dayOf("--from", "2026-02", "first"), dayOf("--to", "2026-02", "last")]).toEqual([
      "2026-02-01",
      "2026-02-28",
    ]);
  });

  it("names days of figures in the portal's time zone", () => {
    expect(dayOf("--from", "2026-11-01T23:30:00Z", "first")).toBe("2026-11-02");
  });

  it("is refused with the option and what it may look like", () => {
    expect(() => timeOf("--since", "last week", NOW)).toThrow(
      "--since last week: write e.g. 7d (7 days ago), yesterday",
    );
    expect(() => laterTime("--until", "soon")).toThrow(
      "--until soon: write e.g. 7d (in 7 days), tomorrow",
    );
    expect(() => laterTime("--until", "2020")).toThrow("--until 2020 is in the past");
    expect(() => spanOf({ since: "1d", until: "2d" }, NOW)).toThrow(
      "--since is not before --until",
    );
  });
});
