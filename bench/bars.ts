import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { plainTable } from "../bin/output.ts";
import { STEPS, type Step, verdictOf } from "./bars/steps.ts";

/**
 * Runs all benchmarks that have a limit, one after the other. Stores their results, and shows the
 * table of all results after each benchmark. Reuses stored results unless `--again` is given, so an
 * interrupted run continues.
 *
 *     node dist/bench/bars.js [--only NAME]... [--again] [--show]
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    again: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
  },
});
const FOLDER = resolve("data/bench/bars");

interface Kept {
  at: string;
  load: number;
  answer: never;
}

await mkdir(FOLDER, { recursive: true });
const wanted = STEPS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const left: Step[] = [];
for (const step of values.show ? [] : wanted) {
  if (values.again || !(await readKept(step))) left.push(step);
}
for (const step of left) {
  process.stderr.write(`${step.name}: about ${step.minutes} minutes on a quiet machine\n`);
  await run(step);
  await show();
}
if (left.length === 0) await show();

async function run({ name, args: [script = "", ...args] }: Step): Promise<void> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const before = loadavg()[0] ?? 0;
  const running = promisify(execFile)(process.execPath, [path, ...args], { maxBuffer: 1 << 28 });
  running.child.stderr?.pipe(process.stderr);
  try {
    const { stdout } = await running;
    const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    const load = Math.max(before, loadavg()[0] ?? 0);
    const kept = { at: new Date().toISOString(), load, answer };
    await writeFile(join(FOLDER, `${name}.json`), JSON.stringify(kept));
  } catch (error) {
    process.stderr.write(`${name} failed: ${String(error).slice(0, 500)}\n`);
    process.exitCode = 1;
  }
}

async function readKept({ name }: Step): Promise<Kept | null> {
  const text = await readFile(join(FOLDER, `${name}.json`), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Kept);
}

async function show(): Promise<void> {
  const rows: string[][] = [];
  for (const step of STEPS) {
    const kept = await readKept(step);
    if (!kept) rows.push([`(${step.name})`, "", "", "", "not run", ""]);
    for (const bar of kept ? step.bars(kept.answer) : []) {
      const { measure, value, floor, goal } = bar;
      const when = kept ? `${kept.at.slice(0, 16)} at a load of ${kept.load.toFixed(0)}` : "";
      rows.push([measure, value.toFixed(2), String(floor), String(goal), verdictOf(bar), when]);
    }
  }
  const head = ["measure", "value", "floor", "goal", "reached", "measured"];
  console.log(plainTable(head, rows, { right: [1, 2, 3] }));
}
