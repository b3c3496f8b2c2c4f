import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * Reads vitest's JSON reports for `.ci/run`.
 *
 *     count.mjs failed FIRST                               the files to run again, one a line; none when too many failed
 *     count.mjs count CHECKS FAILED STATUS FIRST SECOND    the closing line; exit code 1 unless all is well
 */
/** With more failed files than these it isn't a matter of time, and a second run would only hide the first one's output. */
const MOST_AGAIN = 6;

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);
const isFailed = ({ status }) => status === "failed";
const fileOf = ({ name }) => relative(process.cwd(), name);
/** A file that can't even be loaded, or whose hooks fail, has no failed test of its own. */
const failuresOf = (suite) => {
  const tests = suite.assertionResults.filter(isFailed).map(({ fullName }) => fullName);
  return isFailed(suite) && tests.length === 0 ? ["(the file itself)"] : tests;
};

function failed([first]) {
  const files = (read(first)?.testResults ?? []).filter((suite) => failuresOf(suite).length > 0);
  if (files.length <= MOST_AGAIN) for (const suite of files) console.log(fileOf(suite));
}

function count([checks, failedChecks, status, firstFile, secondFile]) {
  const first = read(firstFile);
  const second = read(secondFile);
  const suites = new Map();
  for (const run of [first, second]) {
    for (const suite of run?.testResults ?? []) suites.set(fileOf(suite), suite);
  }
  const counts = { passed: checks - failedChecks, failed: Number(failedChecks), skipped: 0 };
  for (const suite of suites.values()) {
    const states = suite.assertionResults.map((test) => test.status);
    counts.passed += states.filter((state) => state === "passed").length;
    counts.skipped += states.filter((state) => !["passed", "failed"].includes(state)).length;
    counts.failed += failuresOf(suite).length;
  }
  for (const suite of second ? first.testResults : []) {
    const still = failuresOf(suites.get(fileOf(suite)) ?? suite);
    for (const test of failuresOf(suite).filter((name) => !still.includes(name))) {
      console.log(
        `not steady: ${fileOf(suite)} > ${test} failed once and passed when it ran again`,
      );
    }
  }
  if (!first) console.error("no results of the tests");
  if (counts.failed === 0 && (!first || first.numTotalTests === 0 || (status !== "0" && !second))) {
    counts.failed += 1;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

const [verb, ...given] = process.argv.slice(2);
({ failed, count })[verb](given);
