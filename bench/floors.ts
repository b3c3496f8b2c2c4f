import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { root } from "../config/root.ts";
import {
  ALLOWED,
  type Costs,
  judge,
  type Measured,
  regressions,
  type Verdict,
} from "./floors/judge.ts";
import { measure, type Samples } from "./floors/measure.ts";

/**
 * Holds the CPU of every stage of an article against `bench/floors.json`, without that of the services, which it
 * starts; exit code 1 when one became more than a quarter dearer. `--write` makes what it measures the floors.
 *
 *     node dist/bench/floors.js [--json] [--write]
 */
const FILE = join(root, "bench/floors.json");
/** Rounds until something is said, and until something is wrong: noise dies down, a regress stays. */
const ROUNDS = { least: 12, most: 30 };
/** Times that it is measured from the start, in new processes: where V8 and the kernel put things is another matter in each. */
const TIMES = 3;

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
  for (let time = 0; time < TIMES; time++) {
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
  for (let time = 0; time < TIMES; time++) {
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
      `${said(one)} its floor each time, ${ALLOWED} x is allowed: make it cheaper, or, ` +
        "if it is worth it, run `npm run bench:floors -- --write` and say why in the commit",
    );
  }
}

/** What stages cost beside their floors, as soon as none that may be dearer is over it, or after the most rounds. */
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
