import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { addProcess } from "../../../bin/roles/context.ts";
import { root } from "../../../config/root.ts";
import { createMeter } from "../../../workers/runtime/telemetry.ts";

const RULES = `${root}/deploy/prometheus`;
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

/** All that the tool says. */
function promtool(args: string[], input = ""): string {
  const { stdout, stderr } = spawnSync("promtool", args, { input, cwd: RULES, encoding: "utf8" });
  return stdout + stderr;
}

it("every alert has a case in which it fires", () => {
  const read = (name: string) => readFileSync(`${RULES}/${name}`, "utf8");
  const alerts = [...read("alerts.yaml").matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const cases = read("alerts.test.yaml");
  expect(alerts.length).toBeGreaterThan(5);
  expect(alerts.filter((name) => !cases.includes(`alertname="${name}"`))).toEqual([]);
});

describe.skipIf(!hasPromtool)("by Prometheus' own tool", () => {
  it("each alert fires when it should, and none while all is well", () => {
    expect(promtool(["test", "rules", "alerts.test.yaml"])).toMatch(/SUCCESS/);
  });

  it("names of metrics are as Prometheus wants them", async () => {
    const registry = addProcess(new Registry());
    createMeter(registry);
    const text = await registry.metrics();
    expect(promtool(["check", "metrics"], text)).toBe("");
  });
});
