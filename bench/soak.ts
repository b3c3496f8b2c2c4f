import { parseArgs } from "node:util";
import { soak } from "./soak/run.ts";
import { soakTable } from "./soak/table.ts";

// Runs a steady load for a long time. Compares what every process group uses in the last third of
// the time with the second third.
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const soaked = await soak({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  note: (line) => console.error(line),
});
console.log(values.json ? JSON.stringify(soaked) : soakTable(soaked));
if (soaked.problems.length + soaked.lost + soaked.doubled > 0) process.exitCode = 1;
