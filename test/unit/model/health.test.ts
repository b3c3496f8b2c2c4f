import { describe, expect, test } from "vitest";
import { floodIn, gapsAfter, healthOf } from "../../../model/health.ts";
import type { SourceRecord } from "../../../model/source.ts";
import { makeSource } from "../../helpers/articles.ts";

const HOUR = 3_600_000;
const NOW = new Date("2026-11-25T12:00:00Z");
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);
const stateOf = (given: Partial<SourceRecord>) => healthOf(makeSource("cities", given), NOW);

test.each<[string, Partial<SourceRecord>, string, string | null]>([
  ["nothing is wrong", {}, "ok", null],
  ["it is held", { held: { reason: "they move", by: "user ada", at: NOW } }, "paused", "paused"],
  ["its file is gone", { active: false }, "paused", "paused"],
  [
    "one entry point of two",
    { lastProblem: "entry points not read: 1 × gone" },
    "degraded",
    "gone",
  ],
  [
    "two runs failed",
    { failures: 2, lastProblem: "entry points not read: 2 × dns (x)" },
    "degraded",
    "dns",
  ],
  [
    "three runs failed",
    { failures: 3, lastProblem: "entry points not read: 1 × tls" },
    "failing",
    "tls",
  ],
  [
    "eight runs failed",
    { failures: 8, lastProblem: "entry points not read: 1 × blocked" },
    "quarantined",
    "blocked",
  ],
  [
    "pages without articles",
    { lastProblem: "7 × not-article of 8 pages" },
    "degraded",
    "not-article",
  ],
])("%s", (_name, given, state, cause) => {
  const health = stateOf(given);
  expect(health).toMatchObject({ state, cause });
  expect(health.words === null).toBe(cause === null);
});

describe("silence and floods", () => {
  /** A source after three weeks of articles every `hours`, but for nights of eight hours. */
  function watched(hours: number): SourceRecord {
    let source = makeSource("cities");
    for (let at = 24 * 21; at >= 0; at -= hours) {
      const when = ago(at);
      if (when.getUTCHours() < 8) continue;
      source = { ...source, gaps: gapsAfter(source, when), lastNewArticleAt: when };
    }
    return source;
  }

  test.each([1, 3, 12])(
    "articles every %d h: no alarm over nights, one within twice the longest gap, and it closes",
    (hours) => {
      const source = watched(hours);
      const last = source.lastNewArticleAt ?? NOW;
      const longest = source.gaps?.longest ?? 0;
      const later = (h: number) => new Date(last.getTime() + h * HOUR);
      for (let h = 0; h * HOUR <= longest; h++) expect(healthOf(source, later(h)).state).toBe("ok");
      const alarm = later((2 * longest) / HOUR + 1);
      expect(healthOf(source, alarm)).toMatchObject({ state: "degraded", cause: "silent" });
      const back = { ...source, gaps: gapsAfter(source, alarm), lastNewArticleAt: alarm };
      expect(healthOf(back, alarm).state).toBe("ok");
    },
  );

  test("what is known for days only is never silent", () => {
    const gaps = { longest: HOUR, seen: 40, since: ago(72) };
    expect(stateOf({ gaps, lastNewArticleAt: ago(48) }).state).toBe("ok");
  });

  test("far more than the model expects is a flood, a busy day or a first run is none", () => {
    const arrivals = { items: 20, hours: 48 };
    const source = { arrivals, lastSuccessAt: ago(1) };
    expect(floodIn(source, 200, NOW)).toMatchObject({
      items: 200,
      expected: expect.closeTo(0.417, 2) as number,
    });
    expect(floodIn(source, 8, NOW)).toBeNull();
    expect(floodIn({ arrivals: null, lastSuccessAt: null }, 200, NOW)).toBeNull();
    expect(
      floodIn({ arrivals: { items: 900, hours: 48 }, lastSuccessAt: ago(6) }, 110, NOW),
    ).toBeNull();
    expect(stateOf({ flood: { items: 200, expected: 0.4, at: NOW } })).toMatchObject({
      cause: "flood",
    });
  });
});
