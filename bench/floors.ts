import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/table.ts";
import { root } from "../config/root.ts";
import { ALLOWED, type Costs, judge, type Measured, regressions } from "./floors/judge.ts";
import { openRounds } from "./floors/measure.ts";

/**
 * Holds the CPU of every stage of an article against `bench/floors.json`, without that of the services, which it
 * starts; exit code 1 when one became more than a quarter dearer. `--write` makes what it measures the floors.
 *
 *     node dist/bench/floors.js [--json] [--write]
 */
const FILE = join(root, "bench/floors.json");
/** Rounds until something is said, and until something is wrong: noise dies down, a regress stays. */
const ROUNDS = { least: 12, most: 40 };

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const rounds = await openRounds();
try {
  if (values.write) await write();
  else await hold();
} finally {
  await rounds.close();
}

async function write(): Promise<void> {
  let measured = await rounds.next();
  for (let n = 1; n < ROUNDS.most; n++) measured = await rounds.next();
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
  let verdicts = judge(await rounds.next(), floors);
  let run = 1;
  const isDecided = () => run >= ROUNDS.least && regressions(verdicts).length === 0;
  for (; run < ROUNDS.most && !isDecided(); run++) verdicts = judge(await rounds.next(), floors);
  const over = regressions(verdicts);
  process.exitCode = over.length === 0 ? 0 : 1;
  if (values.json) {
    console.log(JSON.stringify({ rounds: run, verdicts, over: over.map(({ stage }) => stage) }));
    return;
  }
  const rows = verdicts.map(({ stage, ms, floor, ratio }) => {
    return [stage, ms.toFixed(3), floor.toFixed(3), ratio.toFixed(2)];
  });
  const head = ["stage", "CPU ms/page", "its floor here", "ratio"];
  console.log(plainTable(head, rows, { right: [1, 2, 3] }));
  for (const { stage, ratio } of over) {
    console.error(
      `${stage} costs ${ratio.toFixed(2)} x its floor, ${ALLOWED} x is allowed: make it cheaper, or, ` +
        "if it is worth it, run `npm run bench:floors -- --write` and say why in the commit",
    );
  }
}
