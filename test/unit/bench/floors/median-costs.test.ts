import { expect, test } from "vitest";
import { costsOf } from "../../../../bench/floors/median-costs.ts";

/** Samples of a machine that takes `slow` times as long for everything. */
const samples = (ms: number, slow: readonly number[]) =>
  slow.map((times) => ({ stage: "store", ms: ms * times, calibration: 5 * times }));

test("a machine that is slow now and then makes no stage dearer", () => {
  const calm = costsOf(samples(2, [1, 1, 1, 1]));
  expect(calm).toEqual({ calibration: 5, stages: { store: 2 } });
  expect(costsOf(samples(2, [1, 3, 1.5, 1, 1]))).toEqual(calm);
});

test("a stage that is dearer each time is", () => {
  const { calibration, stages } = costsOf(samples(3, [1.2, 1.1, 2, 1.5]));
  expect((stages["store"] ?? 0) / calibration).toBeCloseTo(3 / 5);
});

test("what disturbs a stage alone, now and then, doesn't count", () => {
  const disturbed = [{ stage: "store", ms: 9, calibration: 5 }];
  expect(costsOf([...samples(2, [1, 1, 1]), ...disturbed, ...disturbed]).stages).toEqual({
    store: 2,
  });
});

test("a stage that is measured by parts costs their sum", () => {
  const parts = [1, 3].flatMap((ms, part) =>
    samples(ms, [1, 2, 1]).map((one) => ({ ...one, part })),
  );
  expect(costsOf(parts).stages).toEqual({ store: 4 });
});
