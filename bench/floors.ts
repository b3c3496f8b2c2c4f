import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/table.ts";
import { root } from "../config/root.ts";
import { ALLOWED, judge, regressions } from "./floors/judge.ts";
import { type Costs, openRounds } from "./floors/measure.ts";

/**
 * Holds the CPU of every pure stage against `bench/floors.json`, in a run of some seconds without any
 * service; exit code 1 when one became more than a quarter dearer. `--write` makes what it measures the floors.
 *
 *     node dist/bench/floors.js [--json] [--write]
 */
const FILE = join(root, "bench/floors.json");
/** Rounds until something is said, and until something is wrong: noise dies down, a regress stays. */
const ROUNDS = { least: 12, most: 60 };

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const round = await openRounds();
if (values.write) write();
else hold();

function write(): void {
  let costs = round();
  for (let n = 1; n < ROUNDS.most; n++) costs = round();
  const stages = Object.entries(costs.stages).map(([stage, ms]) => [stage, Number(ms.toFixed(3))]);
  const calibration = Number(costs.calibration.toFixed(3));
  const floors: Costs = { calibration, stages: Object.fromEntries(stages) };
  writeFileSync(FILE, `${JSON.stringify(floors, null, 2)}\n`);
}

function hold(): void {
  const floors = JSON.parse(readFileSync(FILE, "utf8")) as Costs;
  let verdicts = judge(round(), floors);
  let rounds = 1;
  const isDecided = () => rounds >= ROUNDS.least && regressions(verdicts).length === 0;
  for (; rounds < ROUNDS.most && !isDecided(); rounds++) verdicts = judge(round(), floors);
  const over = regressions(verdicts);
  process.exitCode = over.length === 0 ? 0 : 1;
  if (values.json) {
    console.log(JSON.stringify({ rounds, verdicts, over: over.map(({ stage }) => stage) }));
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
