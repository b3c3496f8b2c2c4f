import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

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
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
  }));
  const numTotalTests = testResults.flatMap((one) => one.assertionResults).length;
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ testResults, numTotalTests }));
  return path;
}

async function count(...given: string[]): Promise<{ code: number; lines: string[] }> {
  const done = run("node", [".ci/count.mjs", ...given]).catch((error) => error);
  const { code = 0, stdout } = await done;
  return { code, lines: stdout.trim().split("\n") };
}

const none = "no-such-file";

test("a run without failures is counted with its checks", async () => {
  const first = await report("1.json", { "a.test.ts": { one: "passed", two: "pending" } });
  expect(await count("failed", first)).toEqual({ code: 0, lines: [""] });
  const counted = await count("count", "5", "0", "0", first, none);
  expect(counted).toEqual({ code: 0, lines: ["6 passed, 0 failed, 1 skipped"] });
});

test("what fails twice counts as failed, what passes then is named", async () => {
  const first = await report("2.json", {
    "a.test.ts": { one: "passed" },
    "b.test.ts": { two: "failed", three: "failed" },
    "broken.test.ts": {},
  });
  const { lines } = await count("failed", first);
  expect(lines).toEqual(["b.test.ts", "broken.test.ts"]);
  expect((await count("count", "5", "1", "1", first, none)).lines).toEqual([
    "5 passed, 4 failed, 0 skipped",
  ]);
  const again = {
    "b.test.ts": { two: "passed", three: "failed" },
    "c.test.ts": { four: "passed" },
  };
  const second = await report("3.json", again);
  expect(await count("count", "5", "0", "1", first, second)).toEqual({
    code: 1,
    lines: [
      "not steady: b.test.ts > two failed once and passed when it ran again",
      "8 passed, 2 failed, 0 skipped",
    ],
  });
});

test("with many failed files nothing runs again", async () => {
  const files = Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7].map((n) => [`${n}.test.ts`, { it: "failed" }]),
  );
  expect((await count("failed", await report("4.json", files))).lines).toEqual([""]);
});

test("no result at all, no test at all, and an error outside of tests are failures", async () => {
  const empty = await report("5.json", {});
  const passed = await report("6.json", { "a.test.ts": { one: "passed" } });
  for (const [status, first] of [
    ["1", none],
    ["0", empty],
    ["1", passed],
  ] as const) {
    const { code, lines } = await count("count", "5", "0", status, first, none);
    expect({ code, last: lines.at(-1) }).toMatchObject({
      code: 1,
      last: expect.stringContaining("1 failed"),
    });
  }
});
