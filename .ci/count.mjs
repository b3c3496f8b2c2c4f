import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * Reads vitest's JSON reports for `.ci/run`.
 *
 *     count.mjs failed REPORT                  prints the files to run again, one per line; none if too many failed
 *     count.mjs count CHECKS FAILED STAGE...   prints the totals; exits with 1 if anything failed
 *
 * CHECKS is the number of other checks, and FAILED is how many of them failed. A STAGE is
 * `NAME,STATUS,REPORT,REPEAT`: its name, its exit code, its report, and the report of a second run
 * of its failed files, if there was one.
 */
/** If more files fail, the cause isn't chance, so these files don't run a second time. */
const MAX_REPEATED_FILES = 6;

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);
const isFailed = ({ status }) => status === "failed";
const fileOf = ({ name }) => relative(process.cwd(), name);
/** A test file can fail although none of its tests did: it couldn't be loaded, or a hook failed. */
const failuresOf = (suite) => {
  const tests = suite.assertionResults
    .filter(isFailed)
    .map(({ fullName, failureMessages }) => ({ test: fullName, why: failureMessages[0] ?? "" }));
  return isFailed(suite) && tests.length === 0
    ? [{ test: "(the file itself)", why: suite.message }]
    : tests;
};

function failed([report]) {
  const files = (read(report)?.testResults ?? []).filter((suite) => failuresOf(suite).length > 0);
  if (files.length <= MAX_REPEATED_FILES) for (const suite of files) console.log(fileOf(suite));
}

function countStage(stage) {
  const [name, status, firstFile, repeatFile] = stage.split(",");
  const first = read(firstFile);
  const repeat = read(repeatFile);
  const suites = new Map();
  for (const run of [first, repeat]) {
    for (const suite of run?.testResults ?? []) suites.set(fileOf(suite), suite);
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites.values()) {
    const states = suite.assertionResults.map((test) => test.status);
    counts.passed += states.filter((state) => state === "passed").length;
    counts.skipped += states.filter((state) => !["passed", "failed"].includes(state)).length;
    const failures = failuresOf(suite);
    counts.failed += failures.length;
    for (const { test } of failures) console.log(`failed in ${name}: ${fileOf(suite)} > ${test}`);
  }
  for (const suite of repeat ? first.testResults : []) {
    const still = failuresOf(suites.get(fileOf(suite)) ?? suite).map(({ test }) => test);
    for (const { test, why } of failuresOf(suite).filter((one) => !still.includes(one.test))) {
      const [reason] = why.split("\n", 1);
      console.log(
        `not steady in ${name}: ${fileOf(suite)} > ${test} failed, then passed: ${reason}`,
      );
    }
  }
  if (!first) console.error(`${name} left no results`);
  const isEmpty = !first || first.numTotalTests === 0;
  if (counts.failed === 0 && (isEmpty || (status !== "0" && !repeat))) counts.failed += 1;
  return counts;
}

function count([checks, failedChecks, ...stages]) {
  const total = { passed: checks - failedChecks, failed: Number(failedChecks), skipped: 0 };
  for (const stage of stages) {
    const counts = countStage(stage);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

const [verb, ...args] = process.argv.slice(2);
({ failed, count })[verb](args);
