import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "newsgather-count-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** A report with one file of tests a key, as vitest writes it. */
async function report(name: string, files: Record<string, Record<string, string>>) {
  const testResults = Object.entries(files).map(([file, tests]) => ({
    name: join(process.cwd(), file),
    status:
      Object.values(tests).includes("failed") || file.includes("broken") ? "failed" : "passed",
    message: file.includes("broken") ? "a hook failed" : "",
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({
      fullName,
      status,
      failureMessages: status === "failed" ? ["it took too long\n  at line 7"] : [],
    })),
  }));
  const numTotalTests = testResults.flatMap((one) => one.assertionResults).length;
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ testResults, numTotalTests }));
  return path;
}

async function count(...overrides: string[]): Promise<{ code: number; lines: string[] }> {
  const done = run("node", [".ci/count.mjs", ...overrides]).catch((error) => error);
  const { code = 0, stdout } = await done;
  return { code, lines: stdout.trim().split("\n") };
}

const none = "no-such-file";

const stage = (status: string, first: string, repeat = none) =>
  ["tests", status, first, repeat].join(",");

test("a run without failures is counted with its checks", async () => {
  const first = await report("1.json", { "a.test.ts": { one: "passed", two: "pending" } });
  expect(await count("failed", first)).toEqual({ code: 0, lines: [""] });
  const counted = await count("count", "5", "0", stage("0", first));
  expect(counted).toEqual({ code: 0, lines: ["6 passed, 0 failed, 1 skipped"] });
});

test("all stages are counted together", async () => {
  const first = await report("s1.json", { "a.test.ts": { one: "passed" } });
  const second = await report("s2.json", { "b.test.ts": { two: "passed", three: "failed" } });
  const counted = await count("count", "5", "0", stage("0", first), stage("1", second));
  expect(counted).toEqual({
    code: 1,
    lines: ["failed in tests: b.test.ts > three", "7 passed, 1 failed, 0 skipped"],
  });
});

describe("files that failed", () => {
  let first: string;
  let again: string;
  beforeAll(async () => {
    first = await report("2.json", {
      "a.test.ts": { one: "passed" },
      "b.test.ts": { two: "failed", three: "failed" },
      "broken.test.ts": {},
    });
    again = await report("3.json", {
      "b.test.ts": { two: "passed", three: "failed" },
      "c.test.ts": { four: "passed" },
    });
  });
  const STILL_FAILED = [
    "failed in tests: b.test.ts > three",
    "failed in tests: broken.test.ts > (the file itself)",
  ];
  const UNSTEADY = "not steady in tests: b.test.ts > two failed, then passed: it took too long";

  test("are run again", async () => {
    const { lines } = await count("failed", first);
    expect(lines).toEqual(["b.test.ts", "broken.test.ts"]);
  });

  test("count as failed when nothing ran again, each by its name", async () => {
    const { lines } = await count("count", "5", "1", stage("1", first));
    const two = "failed in tests: b.test.ts > two";
    expect(lines).toEqual([two, ...STILL_FAILED, "5 passed, 4 failed, 0 skipped"]);
  });

  test("count as passed where they pass the second time, and are named", async () => {
    expect(await count("count", "5", "0", stage("1", first, again))).toEqual({
      code: 1,
      lines: [...STILL_FAILED, UNSTEADY, "8 passed, 2 failed, 0 skipped"],
    });
  });
});

test("with many failed files nothing runs again", async () => {
  const files = Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7].map((n) => [`${n}.test.ts`, { it: "failed" }]),
  );
  expect((await count("failed", await report("4.json", files))).lines).toEqual([""]);
});

test.each([
  ["no result at all", "1", null],
  ["no test at all", "0", {}],
  ["an error outside of tests", "1", { "a.test.ts": { one: "passed" } }],
])("%s is a failure", async (name, status, files) => {
  const first = files ? await report(`${name}.json`, files) : none;
  const { code, lines } = await count("count", "5", "0", stage(status, first));
  expect({ code, last: lines.at(-1) }).toMatchObject({
    code: 1,
    last: expect.stringContaining("1 failed"),
  });
});
