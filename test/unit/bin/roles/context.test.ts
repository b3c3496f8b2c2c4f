import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { runEvery } from "../../../../bin/roles/context.ts";
import { ReleaseStack } from "../../../../lib/async.ts";

function clock() {
  const stack = new ReleaseStack();
  onTestFinished(() => stack.close());
  const problems: unknown[] = [];
  return { stack, problems, name: "clock", report: (err: unknown) => void problems.push(err) };
}

test("a check that still runs isn't started again, and is once it has ended", async () => {
  let started = 0;
  const running = new AbortController();
  const check = async () => {
    started++;
    if (!running.signal.aborted) await once(running.signal, "abort");
  };
  runEvery(1, check, { ...clock(), atOnce: true });
  expect(started).toBe(1);
  let ticks = 0;
  runEvery(1, async () => void ticks++, clock());
  await vi.waitFor(() => expect(ticks).toBeGreaterThan(5));
  expect(started).toBe(1);
  running.abort();
  await vi.waitFor(() => expect(started).toBeGreaterThan(1));
});

test("a check that fails is reported and started again", async () => {
  const { problems, ...watched } = clock();
  runEvery(1, () => Promise.reject(new Error("no answer")), watched);
  await vi.waitFor(() => expect(problems.length).toBeGreaterThan(1));
});

test("a closed stack ends the checks", async () => {
  const { stack, ...watched } = clock();
  let checks = 0;
  runEvery(1, async () => void checks++, { ...watched, stack });
  await vi.waitFor(() => expect(checks).toBeGreaterThan(0));
  await stack.close();
  const before = checks;
  let ticks = 0;
  runEvery(1, async () => void ticks++, clock());
  await vi.waitFor(() => expect(ticks).toBeGreaterThan(5));
  expect(checks).toBe(before);
});
