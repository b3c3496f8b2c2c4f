import { cpus } from "node:os";
import { expect, test } from "vitest";
import { idleCores } from "../../../../articles/reading/parser.ts";

test("a core that works isn't counted as idle", () => {
  const idle = idleCores();
  const until = performance.now() + 500;
  while (performance.now() < until) Math.sqrt(until);
  const found = idle();
  expect(found).toBeGreaterThanOrEqual(0);
  expect(found).toBeLessThan(cpus().length - 0.7);
});
