import { expect, test } from "vitest";
import { HOUR_MS } from "../../../../lib/time.ts";
import { healthOf } from "../../../../model/sources/health.ts";
import type { SourceRecord } from "../../../../model/sources/source.ts";
import { makeSource } from "../../../helpers/articles.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);
const stateOf = (overrides: Partial<SourceRecord>) =>
  healthOf(makeSource("cities", { lastSuccessAt: ago(1), ...overrides }), NOW);

test.each<[string, Partial<SourceRecord>, string, string | null]>([
  ["nothing is wrong", {}, "ok", null],
  [
    "nothing was fetched yet",
    { lastAttemptAt: null, lastSuccessAt: null },
    "unknown",
    "never-fetched",
  ],
  [
    "its first run hasn't finished",
    { lastAttemptAt: ago(1), lastSuccessAt: null },
    "unknown",
    "first-run",
  ],
  [
    "it is held",
    { pausedByOperator: { reason: "they move", actor: "user ada", at: NOW } },
    "paused",
    "paused",
  ],
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
    { lastProblem: "7 of 8 pages have no article (7 × not-article)" },
    "degraded",
    "not-article",
  ],
])("%s", (_name, overrides, state, cause) => {
  const health = stateOf(overrides);
  expect(health).toMatchObject({ state, cause });
  expect(health.words === null).toBe(cause === null);
});

test("what drifts, is silent or spikes is told in numbers, and closes itself", () => {
  const drift = [
    { field: "title", kind: "unselected", count: 6, of: 6, usual: 0.02, now: 1 },
    { field: "text", kind: "length", count: 6, of: 6, usual: 2210.4, now: 118 },
  ] satisfies SourceRecord["drift"];
  expect(healthOf(makeSource("cities", { drift }), NOW)).toMatchObject({
    state: "degraded",
    cause: "drift",
    words:
      "the title is no longer found by its selector: 6 of the last 6 articles, usually 2 %; the text has 118 characters, usually 2210",
  });
  const silent = { lastNewArticleAt: ago(30), silentAt: ago(6) };
  expect(healthOf(makeSource("cities", silent), NOW)).toMatchObject({
    cause: "silent",
    words: "unusually quiet: nothing new for 30 hours; more than 24 hours is unusual",
  });
  expect(stateOf({ ...silent, silentAt: ago(-1) }).state).toBe("ok");
  expect(stateOf({ ...silent, silentAt: null }).state).toBe("ok");
  expect(stateOf({ spike: { items: 200, expected: 0.4, at: NOW } }).cause).toBe("spike");
});
