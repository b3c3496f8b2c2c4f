import { parseArgs } from "node:util";
import { runFaults } from "./faults/run.ts";
import { runStorm } from "./faults/storm.ts";
import { lateOnes } from "./faults/strike.ts";
import { faultTable } from "./faults/table.ts";

// Injects faults of every kind into a daemon that crawls the scaled sample world. Measures what is
// lost, duplicated or left behind, and how soon work continues.
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    only: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
    storm: { type: "boolean", default: false },
  },
});

const note = (line: string) => console.error(line);

if (values.storm) {
  const storm = await runStorm({ seed: Number(values.seed), count: Number(values.count), note });
  console.log(JSON.stringify(storm, null, values.json ? 0 : 2));
  const { lost, doubled, leftDue, differing } = storm;
  process.exit(lost + doubled + leftDue + differing.length === 0 ? 0 : 1);
}

const outcome = await runFaults({
  seed: Number(values.seed),
  count: Number(values.count),
  ...(values.only && { kinds: values.only }),
  note,
});
console.log(values.json ? JSON.stringify(outcome) : faultTable(outcome));
const { struck, total, differences } = outcome;
const late = lateOnes(struck);
const problems = [...struck.flatMap((one) => one.problems), ...late, ...differences];
if (problems.length + total.lost + total.doubled > 0) process.exitCode = 1;
