import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { root } from "../config/root.ts";
import {
  type Costs,
  judge,
  MAX_COST_RATIO,
  type Measured,
  regressions,
  type Verdict,
} from "./floors/judge.ts";
import { measure, type Samples } from "./floors/measure.ts";

/**
 * Compares the CPU time of every stage of an article with `bench/floors.json`. The CPU time of
 * services doesn't count. Exits with 1 if a stage costs over 25 % and over 0.1 ms more than its
 * floor. `--write` stores the measured values as new floors.
 *
 *     node dist/bench/floors.js [--json] [--write]
 */
const FILE = join(root, "bench/floors.json");
/** More rounds average out noise, but not a regression. */
const ROUNDS = { least: 12, most: 30 };
/**
 * Each uses new processes, because V8 and the kernel lay out memory differently in each process.
 */
const MAX_MEASUREMENTS = 3;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
if (values.write) await write();
else await hold();

async function write(): Promise<void> {
  const samples: Samples = { pure: [], line: [] };
  let measured: Measured | undefined;
  for (let time = 0; time < MAX_MEASUREMENTS; time++) {
    for await (const last of measure(samples, ROUNDS.most)) measured = last;
  }
  if (!measured) return;
  const floors: Measured = { pure: rounded(measured.pure), line: rounded(measured.line) };
  writeFileSync(FILE, `${JSON.stringify(floors, null, 2)}\n`);
}

function rounded({ calibration, stages }: Costs): Costs {
  const short = (ms: number) => Number(ms.toFixed(3));
  const each = Object.entries(stages).map(([stage, ms]) => [stage, short(ms)]);
  return { calibration: short(calibration), stages: Object.fromEntries(each) };
}

async function hold(): Promise<void> {
  const floors = JSON.parse(readFileSync(FILE, "utf8")) as Measured;
  let verdicts: Verdict[] = [];
  let over: Verdict[] = [];
  let isSuspect: (verdict: Verdict) => boolean = () => true;
  for (let time = 0; time < MAX_MEASUREMENTS; time++) {
    verdicts = await judged(floors, isSuspect);
    over = regressions(verdicts).filter(isSuspect);
    if (over.length === 0) break;
    console.error(`over its floor: ${over.map(said).join(", ")}`);
    const names = over.map(({ stage }) => stage);
    isSuspect = ({ stage }) => names.includes(stage);
  }
  process.exitCode = over.length === 0 ? 0 : 1;
  if (values.json) {
    console.log(JSON.stringify({ verdicts, over: over.map(({ stage }) => stage) }));
    return;
  }
  const rows = verdicts.map(({ stage, ms, floor, ratio }) => {
    return [stage, ms.toFixed(3), floor.toFixed(3), ratio.toFixed(2)];
  });
  const head = ["stage", "CPU ms/page", "its floor here", "ratio"];
  console.log(plainTable(head, rows, { right: [1, 2, 3] }));
  for (const one of over) {
    console.error(
      `${said(one)} its floor each time, ${MAX_COST_RATIO} x is allowed: make it cheaper, or, ` +
        "if it is worth it, run `npm run bench:floors -- --write` and say why in the commit",
    );
  }
}

async function judged(
  floors: Measured,
  isSuspect: (verdict: Verdict) => boolean,
): Promise<Verdict[]> {
  let verdicts: Verdict[] = [];
  let round = 0;
  for await (const measured of measure({ pure: [], line: [] }, ROUNDS.most)) {
    verdicts = judge(measured, floors);
    round += 1;
    const isFine = round >= ROUNDS.least && !regressions(verdicts).some(isSuspect);
    if (isFine) break;
  }
  return verdicts;
}

function said({ stage, ratio }: Verdict): string {
  return `${stage} at ${ratio.toFixed(2)} x`;
}
