import { expect, test } from "vitest";
import type { Alarm } from "../../../../model/operations/alarm.ts";
import type { SourceRecord } from "../../../../model/sources/source.ts";
import { digestOf, reconcile, sourceTroubles } from "../../../../sources/health/alarms.ts";
import { makeSource } from "../../../helpers/articles.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const where = { title: "City Portal", page: "http://portal.example/admin/alarms" };
const failing = { failures: 3, lastProblem: "entry points not read: 1 × dns" };

/** Alarms after these sources were looked at. */
function check(known: Alarm[], sources: SourceRecord[], now: Date): Alarm[] {
  const changed = reconcile(known, sourceTroubles(sources, now), now);
  return [...new Map([...known, ...changed].map((alarm) => [alarm._id, alarm])).values()];
}

const notices = (alarms: Alarm[]) =>
  alarms.map((alarm) => ({ ...alarm, notified: { ...alarm.notified, opened: true } }));

test("two hundred sources that fail at once are one digest, with what to do", () => {
  const sources = Array.from({ length: 200 }, (_, n) => makeSource(`s${n}`, failing));
  const alarms = check([], sources, NOW);
  const digest = digestOf(alarms, NOW, where);
  expect(digest).toMatchObject({ subject: "City Portal: alarms, 200 new", open: 200 });
  expect(digest?.text).toMatch(
    /^New \(200\)\n- source s0 \(failing\): its host name can't be resolved\n {2}to do: /,
  );
  expect(digest?.text).toContain("- and 150 more");
  expect(digest?.text.split("\n").length).toBeLessThan(120);
  expect(reconcile(alarms, sourceTroubles(sources, NOW), NOW)).toEqual([]);
});

test("an alarm closes itself; only an end of what was told is told", () => {
  const two = [makeSource("aa", failing), makeSource("bb", failing)];
  const well = [makeSource("aa"), makeSource("bb")];
  const before = check([], two, NOW);
  expect(digestOf(check(before, well, later(1)), later(1), where)).toBeNull();
  const over = digestOf(check(notices(before), well, later(1)), later(1), where);
  expect(over).toMatchObject({ subject: "City Portal: alarms, 2 over", open: 0 });
  expect(over?.text).toContain("- source aa (was failing): its host name can't be resolved");
  const again = check(check(notices(before), well, later(1)), two, later(2));
  expect(digestOf(again, later(2), where)?.opened).toHaveLength(2);
});

test("what fails once is told after an hour, at once when it gets worse; who is paused or unverified never", () => {
  const once = { failures: 1, lastProblem: "entry points not read: 1 × dns" };
  const alarms = check([], [makeSource("aa", once)], NOW);
  expect(digestOf(alarms, later(59), where)).toBeNull();
  expect(digestOf(alarms, later(60), where)?.opened).toHaveLength(1);
  const worse = check(alarms, [makeSource("aa", failing)], later(5));
  expect(digestOf(worse, later(5), where)?.opened).toMatchObject([{ state: "failing" }]);
  const paused = { reason: "they move", actor: "user ada", at: NOW };
  const quiet = [
    makeSource("bb", { ...failing, verified: false }),
    makeSource("cc", { ...failing, pausedByOperator: paused }),
  ];
  expect(check([], quiet, NOW)).toEqual([]);
});
