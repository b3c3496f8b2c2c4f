import { expect, onTestFinished, test, vi } from "vitest";
import { readNowAndAtHangUp } from "../../../../bin/roles/scheduler.ts";

test("a SIGHUP that comes while sources are read makes the scheduler read them once more", async () => {
  const files = ["a"];
  const seen: string[][] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const starting = readNowAndAtHangUp(async () => {
    const found = [...files];
    await gate;
    seen.push(found);
    return true;
  }, 10_000);
  await Promise.resolve();
  files.push("b");
  process.emit("SIGHUP");
  open();
  const end = await starting;
  await expect.poll(() => seen).toEqual([["a"], ["a", "b"]]);
  await end();
});

test("sources that couldn't be read are read again", async () => {
  const results = [false, false, true];
  let calls = 0;
  const end = await readNowAndAtHangUp(() => Promise.resolve(results[calls++] ?? true), 1);
  await expect.poll(() => calls).toBe(3);
  await end();
  expect(process.listeners("SIGHUP")).toEqual([]);
});

test("a read that fails while the role ends isn't repeated", async () => {
  let calls = 0;
  let fail = () => {};
  const end = await readNowAndAtHangUp(() => {
    calls++;
    if (calls === 1) return Promise.resolve(true);
    return new Promise((resolve) => {
      fail = () => resolve(false);
    });
  }, 0);
  process.emit("SIGHUP");
  await expect.poll(() => calls).toBe(2);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const ended = end();
  fail();
  await ended;
  expect(vi.getTimerCount()).toBe(0);
});
