import { beforeAll, describe, expect, test } from "vitest";
import { type Outcome, runFaults } from "../../bench/faults/run.ts";
import { faultTable } from "../../bench/faults/table.ts";
import { measured } from "../helpers/measured.ts";
import { SIZE } from "../helpers/size.ts";

/** The kinds whose waves take longest come first with it, so that the end need not wait for them. */
const SEED = 1206;

describe("faults under load", () => {
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await runFaults({ seed: SEED, count: SIZE.faults, note: () => {} });
    measured(`\n${faultTable(outcome)}`);
  }, SIZE.faults * 60_000);

  test("enough of them struck, of every kind that is possible here", () => {
    expect(outcome.struck).toHaveLength(SIZE.faults);
    expect(outcome.skipped.map(({ fault }) => fault)).not.toContain("http worker");
  });

  test("nothing is lost or doubled", () => {
    const { expected, lost, doubled } = outcome.total;
    expect(expected).toBeGreaterThan(20 * SIZE.faults);
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    expect(outcome.differences).toEqual([]);
  });

  test("after each no process was left over and work went on in time; at the end the stream is whole and no queue stuck", () => {
    expect(
      outcome.struck.flatMap(({ fault, problems }) => problems.map((p) => `${fault}: ${p}`)),
    ).toEqual([]);
  });
});
