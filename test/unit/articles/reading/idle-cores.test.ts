import { cpus } from "node:os";
import { expect, test } from "vitest";
import { idleCores } from "../../../../articles/reading/parser.ts";

test("a core that works isn't counted as idle", () => {
  const idle = idleCores();
  const [began, before] = [performance.now(), process.cpuUsage()];
  const until = began + 500;
  while (performance.now() < until) Math.sqrt(until);
  const found = idle();
  const { user, system } = process.cpuUsage(before);
  // Less than one core if this process was stopped meanwhile.
  const worked = Math.min(1, (user + system) / 1000 / (performance.now() - began));
  expect(found).toBeGreaterThanOrEqual(0);
  expect(found).toBeLessThan(cpus().length - worked + 0.3);
});
