import type { Costs } from "./judge.ts";

/** One measurement: CPU ms a page, and of the calibration around it. */
export interface Sample {
  stage: string;
  ms: number;
  calibration: number;
}

/**
 * Costs by the lower quartile of what a stage took as a multiple of the calibration around it. Both move with the
 * machine from second to second, so their least values need not be of the same second, as those of shorter ones are.
 */
export function costsOf(samples: readonly Sample[]): Costs {
  const calibration = quartile(samples.map((one) => one.calibration));
  const stages = [...new Set(samples.map(({ stage }) => stage))].map((stage) => {
    const own = samples.filter((one) => one.stage === stage);
    return [stage, quartile(own.map((one) => one.ms / one.calibration)) * calibration] as const;
  });
  return { calibration, stages: Object.fromEntries(stages) };
}

function quartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 4)] ?? Number.NaN;
}
