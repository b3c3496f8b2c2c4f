import { beforeAll, describe, expect, test } from "vitest";
import { FAULTS } from "../../../bench/faults/kinds.ts";
import { type Outcome, runFaults } from "../../../bench/faults/run.ts";
import { lateOnes } from "../../../bench/faults/strike.ts";
import { faultTable } from "../../../bench/faults/table.ts";
import { measured } from "../../helpers/measured.ts";
import { isVerify, SIZE } from "../../helpers/size.ts";

/** The kinds whose waves take longest come first with it, so that the end need not wait for them. */
const SEED = 1206;
/** `npm run verify` holds the times that are promised; a machine that is busy otherwise only shows what hangs. */
const SLACK = isVerify ? 1 : 8;

describe("faults under load", () => {
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await runFaults({ seed: SEED, count: SIZE.faults, note: () => {} });
    measured(`\n${faultTable(outcome)}`);
  }, SIZE.faults * 60_000);

  test("enough of them struck, of every kind that is possible here", () => {
    expect(outcome.struck).toHaveLength(SIZE.faults);
    const possible = FAULTS.filter(({ impossible }) => impossible === undefined);
    const struck = outcome.struck.map(({ fault }) => fault);
    expect(struck).toEqual(expect.arrayContaining(possible.map(({ name }) => name)));
    const dealtWith = new Set([...struck, ...outcome.skipped.map(({ fault }) => fault)]);
    expect([...dealtWith].toSorted()).toEqual(FAULTS.map(({ name }) => name).toSorted());
  });

  test("nothing is lost or doubled", () => {
    const { expected, lost, doubled } = outcome.total;
    expect(expected).toBeGreaterThan(20 * SIZE.faults);
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    expect(outcome.differences).toEqual([]);
  });

  test("after each no process was left over, the stream was whole and no job stuck", () => {
    expect(
      outcome.struck.flatMap(({ fault, problems }) => problems.map((p) => `${fault}: ${p}`)),
    ).toEqual([]);
  });

  test("after each work went on in time", () => {
    expect(lateOnes(outcome.struck, SLACK)).toEqual([]);
  });
});
