import { expect, test } from "vitest";
import type { Alarm } from "../../../../model/operations/alarm.ts";
import { type Facts, findConcerns } from "../../../../web/admin/overview/attention.ts";

const at = new Date("2026-11-28T12:00:00Z");
const NOTHING: Facts = {
  urgent: [],
  processes: [],
  alarms: [],
  troubled: [],
  counts: new Map(),
  names: new Map(),
};

function alarmOf(about: Pick<Alarm, "kind" | "subject" | "state">): Alarm {
  return {
    ...about,
    _id: `${about.kind}/${about.subject}`,
    cause: "standstill",
    words: "it does not answer",
    todo: null,
    openedAt: at,
    closedAt: null,
    tellAt: at,
    notified: { opened: true, closed: false },
  };
}

const shown = (facts: Partial<Facts>) =>
  findConcerns({ ...NOTHING, ...facts }).map(({ about, fix }) => [about.markup, fix.path]);

test("A process that an alarm is about is listed once, by its name", () => {
  const process = { _id: "vm/12/http", name: "http", problem: "does not answer", since: at };
  const alarm = alarmOf({ kind: "process", subject: "vm/12/http", state: "failing" });
  expect(shown({ processes: [process], alarms: [alarm] })).toEqual([
    ["Process http", "/admin/health"],
  ]);
});

test("An alarm about a source has the source's name", () => {
  const alarm = alarmOf({ kind: "source", subject: "cities", state: "failing" });
  const names = new Map([["cities", "City News"]]);
  expect(shown({ alarms: [alarm], names })).toEqual([
    ['<a href="/admin/source?id=cities"><bdi>City News</bdi></a>', "/admin/source?id=cities"],
  ]);
});

test("What stopped comes first, then what fails, then what is degraded, then what waits", () => {
  const alarms = [
    alarmOf({ kind: "source", subject: "slow", state: "degraded" }),
    alarmOf({ kind: "source", subject: "broken", state: "failing" }),
  ];
  const counts = new Map([["/admin/inbox", 2]]);
  const paths = shown({ urgent: ["the disk is full"], alarms, counts }).map(([, path]) => path);
  expect(paths).toEqual([
    "/admin/health",
    "/admin/source?id=broken",
    "/admin/source?id=slow",
    "/admin/inbox",
  ]);
});
