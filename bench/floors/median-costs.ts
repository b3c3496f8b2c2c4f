import { median } from "../median.ts";
import type { Costs } from "./judge.ts";

/** One measurement: CPU ms a page, and of the calibrations around it. */
export interface Sample {
  stage: string;
  /** Which part of the stage's work this was, where it is measured by parts: its cost is their sum. */
  part?: number;
  ms: number;
  calibration: number;
}

/**
 * Costs by the median of what each part of a stage took as a multiple of the calibrations around it. Both move with
 * the machine from second to second: the least that each took may be of two different seconds, and the least of many
 * calibrations is luckier than that of few measurements.
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
