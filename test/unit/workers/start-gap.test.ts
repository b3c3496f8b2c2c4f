import { expect, test } from "vitest";
import { createStartGap } from "../../../workers/start-gap.ts";

test("requests to one host that are ready at the same time start one gap after the other", async () => {
  const gap = createStartGap();
  const began = performance.now();
  const starts = await Promise.all(
    [0, 1, 2, 3].map(async () => {
      await gap("a.example", 40);
      return performance.now() - began;
    }),
  );
  const apart = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  expect(starts[0]).toBeLessThan(30);
  // Timers may fire a millisecond early.
  for (const ms of apart) expect(ms).toBeGreaterThanOrEqual(38);
});

test("another host doesn't wait, nor does a host that was asked long ago", async () => {
  const gap = createStartGap();
  await gap("a.example", 30);
  const began = performance.now();
  await gap("b.example", 1000);
  expect(performance.now() - began).toBeLessThan(25);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const later = performance.now();
  await gap("a.example", 30);
  expect(performance.now() - later).toBeLessThan(25);
});
