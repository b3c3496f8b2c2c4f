import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { atOnce } from "../../../../articles/reading/parser.ts";
import { sleep } from "../../../../lib/time.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
/** Lets time pass until all work is done. */
const end = async (all: Promise<void>[]) => {
  await vi.runAllTimersAsync();
  await Promise.all(all);
};

/** Work that takes its time, one after another or not, and how many of it run now. */
function workOn(idle: { cores: number }, patience = 40) {
  const run = atOnce(2, patience, () => () => idle.cores);
  let running = 0;
  let most = 0;
  const work = async (ms: number) => {
    running += 1;
    most = Math.max(most, running);
    const until = performance.now() + ms;
    while (performance.now() < until) {
      run.inspect();
      await sleep(2);
    }
    running -= 1;
  };
  return {
    start: (ms: number) => run(() => work(ms)),
    /** The most that ran at once since this was asked last. */
    most() {
      const seen = most;
      most = running;
      return seen;
    },
  };
}

test("one thing runs at a time while nobody waits for long", async () => {
  const { start, most } = workOn({ cores: 2 }, 10_000);
  for (let round = 0; round < 10; round++) await end([start(5), start(5)]);
  expect(most()).toBe(1);
});

test("another one runs once somebody has waited, and one alone again after all had an end", async () => {
  const { start, most } = workOn({ cores: 1 });
  await end([start(150), start(10)]);
  expect(most()).toBe(2);
  await end([start(10), start(10)]);
  expect(most()).toBe(1);
});

test("on cores that are all at work another one has to wait until one is idle", async () => {
  const idle = { cores: 0.3 };
  const { start, most } = workOn(idle);
  const all = [start(300), start(10)];
  await vi.advanceTimersByTimeAsync(150);
  expect(most()).toBe(1);
  idle.cores = 0.7;
  await end(all);
  expect(most()).toBe(2);
});
