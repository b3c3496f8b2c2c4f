export const MAX_COST_RATIO = 1.25;
/** Smaller differences per page arise when other processes use the CPU's caches. */
const MIN_REGRESSION_MS = 0.1;

/** They are part of another stage, so the sum of all stages doesn't include them again. */
const NESTED_STAGES = new Set(["decide"]);

/** CPU ms of one calibration, and of each stage for one page. */
export interface Costs {
  calibration: number;
  stages: Record<string, number>;
}

/** Costs of the pure stages and of the pipeline's stages. Each kind has its own calibration. */
export interface Measured {
  pure: Costs;
  line: Costs;
}

/** A stage's cost and its floor, both in CPU ms per page on this machine now. */
export interface Verdict {
  stage: string;
  ms: number;
  floor: number;
  ratio: number;
}

/**
 * Compares costs with floors that were measured under other conditions: a stage's cost is always
 * divided by the calibration of its run. The verdict `article` is the sum of all stages except
 * those that are part of another stage. Throws an `Error` if a stage has no floor or a floor has no
 * stage.
 */
export function judge(now: Measured, floors: Measured): Verdict[] {
  const verdicts = [...verdictsOf(now.pure, floors.pure), ...verdictsOf(now.line, floors.line)];
  const apart = verdicts.filter(({ stage }) => !NESTED_STAGES.has(stage));
  const sum = (key: "ms" | "floor") => apart.reduce((total, one) => total + one[key], 0);
  return [...verdicts, verdictOf("article", sum("ms"), sum("floor"))];
}

function verdictsOf(now: Costs, floors: Costs): Verdict[] {
  const names = Object.keys(now.stages);
  const strange = names
    .filter((name) => !(name in floors.stages))
    .concat(Object.keys(floors.stages).filter((name) => !(name in now.stages)));
  if (strange.length > 0) {
    throw new Error(`stages and bench/floors.json don't agree: ${strange.join(", ")}`);
  }
  const scale = now.calibration / floors.calibration;
  return names.map((stage) => {
    return verdictOf(stage, now.stages[stage] ?? 0, (floors.stages[stage] ?? 0) * scale);
  });
}

function verdictOf(stage: string, ms: number, floor: number): Verdict {
  return { stage, ms, floor, ratio: ms / floor };
}

export function regressions(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(
    ({ ms, floor, ratio }) => ratio > MAX_COST_RATIO && ms - floor > MIN_REGRESSION_MS,
  );
}
