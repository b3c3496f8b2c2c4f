import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { exitCodeOf } from "../../../../bin/exit.ts";
import { startProcess } from "../../../../bin/tree/role-process.ts";
import { stopClock } from "../../../helpers/clock.ts";
import { testFolder } from "../../../helpers/folder.ts";

test("an HTTP worker's heap is bounded and its young generation doubled, unless we are started otherwise", async () => {
  const dir = await mkdtemp(join(tmpdir(), "newsgather-role-"));
  const roleFile = join(dir, "role.mjs");
  const says = 'process.send({ ready: true, address: process.execArgv.join(" ") });';
  await writeFile(roleFile, `${says} setInterval(() => {}, 1000);`);
  const options = { only: [], env: {}, onMetrics: () => {}, roleFile };
  const own = process.execArgv.join(" ");
  for (const [role, flags] of [
    ["http", "--max-semi-space-size=32 --max-old-space-size=1536"],
    ["scheduler", ""],
  ] as const) {
    const started = await startProcess(role, options);
    await started.stop();
    expect(started.url).toBe(`${flags} ${own}`.trim());
  }
  await rm(dir, { recursive: true });
});

test("a role isn't stuck because the clock jumps, as when a machine wakes up", async () => {
  const roleFile = join(await testFolder(), "role.mjs");
  await writeFile(roleFile, "process.send({ ready: true }); setInterval(() => {}, 1000);");
  const options = { only: [], env: {}, onMetrics: () => {}, roleFile };
  const started = await startProcess("scheduler", options);
  stopClock();
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(await started.inspect()).toBeNull();
  await started.stop();
});

test.each([1, 2, 4])("a start whose role ends with exit code %i ends with it", async (code) => {
  const roleFile = join(await testFolder(), "role.mjs");
  await writeFile(roleFile, `process.exit(${code});`);
  const starting = startProcess("scheduler", { only: [], env: {}, onMetrics: () => {}, roleFile });
  const error = await starting.catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    message: `the role scheduler exited during startup (exit code ${code}); see its log`,
  });
  expect(exitCodeOf(error)).toBe(code);
});
