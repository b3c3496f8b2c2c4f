import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { dataDir, gatherFacts, ROOT } from "./setup/facts.mjs";
import { withLock } from "./setup/lock.mjs";
import { helpScreen, plan } from "./setup/plan.mjs";
import { CommandFailed, steps } from "./setup/steps.mjs";

// Runs before demo, test and start. It uses only what is part of Node, because it runs before `npm
// ci`.

const began = performance.now();
const log = join(ROOT, "data/setup.log");

function say(text) {
  process.stderr.write(text);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

const NPM_STEPS = ["packages", "build"];

async function perform(facts, todo) {
  mkdirSync(dataDir(process.env), { recursive: true });
  writeFileSync(log, "");
  const lanes = [true, false].map((npm) => todo.filter(({ id }) => NPM_STEPS.includes(id) === npm));
  const done = await Promise.allSettled(lanes.map((lane) => inTurn(facts, lane)));
  for (const { status, reason } of done) if (status === "rejected") throw reason;
}

async function inTurn(facts, lane) {
  for (const step of lane) {
    const start = performance.now();
    say(`set-up: ${step.title} (${step.why}) ...\n`);
    try {
      await steps[step.id](step, { facts, env: process.env, log });
    } catch (error) {
      say(`set-up: ${step.title} failed\n`);
      if (error instanceof CommandFailed) error.step = step;
      throw error;
    }
    say(`set-up: ${step.title} took ${seconds(start)}\n`);
  }
}

function fail(missing, facts, logFile, command) {
  say(`\n${helpScreen(missing, { distro: facts.distro, log: logFile, command })}\n`);
  process.exitCode = 1;
}

const STEP_LABELS = {
  packages: "the npm packages",
  venv: "SecantusDB, the embedded database",
  user: "the system user for the browser",
};

function missingAfter({ id, packages }) {
  if (!packages) return [{ what: STEP_LABELS[id] }];
  return packages.map((what) => ({ what, why: "apt-get failed, see above" }));
}

async function main() {
  if (existsSync(join(ROOT, ".env"))) process.loadEnvFile?.(join(ROOT, ".env"));
  let facts = gatherFacts(process.env);
  let { steps: todo, missing } = plan(facts);
  if (missing.length > 0) return fail(missing, facts, null);
  if (process.argv.includes("--check")) {
    for (const step of todo) say(`set-up still has to run: ${step.title} (${step.why})\n`);
    process.exitCode = todo.length > 0 ? 1 : 0;
    return;
  }
  if (todo.length === 0) return;
  const sayWaiting = (pid) => say(`set-up: waiting for another set-up (pid ${pid})\n`);
  await withLock(join(ROOT, "data/setup.lock"), sayWaiting, async () => {
    facts = gatherFacts(process.env);
    ({ steps: todo, missing } = plan(facts));
    try {
      await perform(facts, todo);
      if (todo.length > 1) say(`set-up: done in ${seconds(began)}\n`);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      appendFileSync(log, `${error.command} ${error.message}\n`);
      say(`\n${error.output.trim().split("\n").slice(-5).join("\n")}\n`);
      if (error.step.id === "build") process.exitCode = 1;
      else fail(missingAfter(error.step), facts, relative(ROOT, log), error.command);
    }
  });
}

try {
  await main();
} catch (error) {
  if (!["EACCES", "EPERM", "EROFS"].includes(error.code)) throw error;
  const what = `the right to write ${error.path}`;
  fail(
    [{ what, why: "run the command as the user that owns this folder" }],
    { distro: "other" },
    null,
  );
}
