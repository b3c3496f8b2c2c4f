import { median } from "../median.ts";
import type { Costs } from "./judge.ts";

/** One measurement: CPU ms per page, and mean CPU ms of the calibrations before and after it. */
export interface Sample {
  stage: string;
  /**
   * Index of the part if the stage is measured in parts. The stage's cost is the sum of its parts.
   */
  part?: number;
  ms: number;
  calibration: number;
}

/**
 * Returns each stage's cost, summed over its parts: the median ratio of the part's time to the
 * calibration, times the median calibration. Minimums would be wrong: costs and calibrations vary
 * from second to second, so their minimums can come from different seconds, and more samples give a
 * lower minimum.
 */
export function costsOf(samples: readonly Sample[]): Costs {
  const calibration = median(samples.map((one) => one.calibration));
  const stages: Record<string, number> = {};
  for (const part of partsOf(samples)) {
    const [{ stage }] = part;
    const ratio = median(part.map((one) => one.ms / one.calibration));
    stages[stage] = (stages[stage] ?? 0) + ratio * calibration;
  }
  return { calibration, stages };
}

function partsOf(samples: readonly Sample[]): Iterable<[Sample, ...Sample[]]> {
  const parts = new Map<string, [Sample, ...Sample[]]>();
  for (const sample of samples) {
    const key = `${sample.stage} ${sample.part ?? 0}`;
    const part = parts.get(key);
    if (part) part.push(sample);
    else parts.set(key, [sample]);
  }
  return parts.values();
}
