import { describe, expect, test } from "vitest";
import type { Watched } from "../../../../articles/ingest/decide.ts";
import {
  type Baseline,
  type Drift,
  EMPTY_SAMPLE,
  type Sample,
} from "../../../../model/sources/learned.ts";
import { acceptDrift, afterRun } from "../../../../sources/health/drift.ts";
import { dice } from "../../../helpers/arrivals.ts";
import { healthyRun } from "../../../helpers/healthy-run.ts";

type Known = Pick<Baseline, "recent" | "usual">;

const kindsOf = (drift: Drift[]) => drift.map(({ field, kind }) => `${field} ${kind}`).toSorted();

/** A source after so many healthy runs, with the alarms raised meanwhile. */
function watched(
  seed: number,
  runs: number,
): { known: Known; alarms: string[]; next: () => number } {
  const next = dice(seed);
  let known: Known = {};
  const alarms: string[] = [];
  for (let n = 0; n < runs; n++) {
    const { drift, ...after } = afterRun(known, healthyRun(next));
    alarms.push(...kindsOf(drift));
    known = after;
  }
  return { known, alarms, next };
}

/** How many runs of the changed source it takes until an alarm, and which. */
function untilAlarm(
  { known, next }: ReturnType<typeof watched>,
  runOf: (n: () => number) => Sample,
) {
  let after = known;
  for (let runs = 1; runs <= 3; runs++) {
    const { drift, ...rest } = afterRun(after, runOf(next));
    after = rest;
    if (drift.length > 0) return { runs, kindsOf: kindsOf(drift), after };
  }
  return { runs: Number.POSITIVE_INFINITY, kindsOf: [], after };
}

const unselect = (field: "title" | "publishedAt" | "text") => (one: Watched) => ({
  ...one,
  evidence: { ...one.evidence, [field]: { rule: "meta", seen: "", confidence: 0.8 } },
});
const ROT: Record<string, [string, (one: Watched) => Watched]> = {
  "the title's selector names nothing": ["title unselected", unselect("title")],
  "the date's selector names nothing": ["publishedAt unselected", unselect("publishedAt")],
  "the body's selector names nothing": ["text unselected", unselect("text")],
  "the date is that of the newest comment": [
    "publishedAt contradicted",
    (one) => ({ ...one, fields: { ...one.fields, publishedAt: new Date("2030-01-01") } }),
  ],
  "there is no date any more": [
    "publishedAt missing",
    (one) => ({ ...one, fields: { ...one.fields, publishedAt: null } }),
  ],
  "the body is the teaser alone": [
    "text length",
    (one) => ({ ...one, fields: { ...one.fields, text: "x".repeat(120) } }),
  ],
  "the body is the whole page": ["text shared", (one) => ({ ...one, shared: 0.8 })],
};

describe("two hundred healthy runs", () => {
  test("of forty sources raise no alarm", () => {
    const alarms = Array.from({ length: 40 }, (_, seed) => watched(seed * 104_729 + 7, 200).alarms);
    expect(alarms.flat()).toEqual([]);
  });
});

describe.each(Object.entries(ROT))("%s", (_name, [expected, change]) => {
  test.each([1, 2, 3])("is told within three runs, source %d", (seed) => {
    const source = watched(seed * 7919, 60);
    const alarm = untilAlarm(source, (next) => healthyRun(next, { change }));
    expect(alarm.runs).toBeLessThanOrEqual(3);
    expect(alarm.kindsOf).toContain(expected);
    const healed = afterRun(alarm.after, healthyRun(source.next, { articles: 8 }));
    expect(kindsOf(healed.drift)).toEqual([]);
  });
});

test("a title that is the site's name is told of", () => {
  const withRepeated = (next: () => number) => ({
    ...healthyRun(next, { articles: 3 }),
    repeated: 3,
  });
  expect(untilAlarm(watched(9, 60), withRepeated)).toMatchObject({
    runs: 1,
    kindsOf: ["title repeated"],
  });
});

test("pages without an article are told of, be they one a run", () => {
  const empty = () => ({ ...EMPTY_SAMPLE, empty: 1 });
  expect(untilAlarm(watched(5, 60), empty)).toMatchObject({ runs: 3, kindsOf: ["text empty"] });
});

test("an alarm stays until it is read as before, or what is read now is accepted", () => {
  const source = watched(11, 60);
  const change = unselect("title");
  let { after } = untilAlarm(source, (next) => healthyRun(next, { change }));
  for (let runs = 0; runs < 50; runs++) {
    const { drift, ...rest } = afterRun(after, healthyRun(source.next, { change }));
    expect(kindsOf(drift)).toContain("title unselected");
    after = rest;
  }
  const accepted = acceptDrift(after);
  expect(afterRun(accepted, healthyRun(source.next, { change })).drift).toEqual([]);
});

test("of a new source too little is known", () => {
  const change = unselect("title");
  expect(untilAlarm(watched(3, 4), (next) => healthyRun(next, { change })).kindsOf).toEqual([]);
});
