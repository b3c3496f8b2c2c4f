import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { declaredMetrics } from "../../helpers/every-metric.ts";

const file = (path: string) =>
  readFileSync(new URL(`../../../deploy/${path}`, import.meta.url), "utf8");

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; action: string };
}

interface Panel {
  title: string;
  targets: { expr: string }[];
}

const { groups } = parse(file("prometheus/alerts.yaml")) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(file("grafana/newsgather.json")) as { panels: Panel[] };
const exprs = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr }))),
];

/** Every metric with its labels, as Prometheus sees them. */
function metrics(): Map<string, Set<string>> {
  const known = new Map([["up", new Set(["job", "instance"])]]);
  for (const { name, type, labelNames } of Object.values(declaredMetrics()).flat()) {
    const labels = new Set([...labelNames, "role", "job", "instance", "le"]);
    const parts = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    for (const part of parts) known.set(name + part, labels);
  }
  return known;
}

/** The names and labels in an expression, and where it can't be parsed. */
function read(expr: string) {
  const found = { names: [] as string[], labels: [] as string[], errors: [] as string[] };
  parser.parse(expr).iterate({
    enter({ type, name, from, to }) {
      const text = expr.slice(from, to);
      if (type.isError) found.errors.push(expr.slice(from, from + 20));
      if (name === "Identifier") found.names.push(text);
      if (name === "LabelName") found.labels.push(text);
    },
  });
  return found;
}

describe("alert rules and dashboard", () => {
  const known = metrics();

  it.each(exprs)("$where asks for metrics and labels that exist", ({ expr }) => {
    const { names, labels, errors } = read(expr);
    expect(errors).toEqual([]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const theirs = new Set(names.flatMap((name) => [...(known.get(name) ?? [])]));
    expect(labels.filter((label) => !theirs.has(label))).toEqual([]);
  });

  it("notices a name, a label and a bracket that are wrong", () => {
    expect(read("rate(newsgather_jobs_totl[5m])").names.every((name) => known.has(name))).toBe(
      false,
    );
    expect(read("sum by (hst) (up)").labels).toEqual(["hst"]);
    expect(read("sum(rate(up[5m])").errors).not.toEqual([]);
  });

  it("says of each alarm how bad it is, what it means and what to do", () => {
    expect(rules.length).toBeGreaterThan(5);
    const wrong = rules.filter(
      ({ labels, annotations: { summary, action } }) =>
        !["warning", "critical"].includes(labels.severity) || !summary || !action.endsWith("."),
    );
    expect(wrong).toEqual([]);
  });

  it("shows or watches every metric of ours", () => {
    const queried = new Set(exprs.flatMap(({ expr }) => read(expr).names));
    const ours = [...known.keys()].filter((name) => name.startsWith("newsgather_"));
    const bases = new Set([...queried].map((name) => name.replace(/_(?:bucket|sum|count)$/, "")));
    expect(ours.filter((name) => !bases.has(name.replace(/_(?:bucket|sum|count)$/, "")))).toEqual(
      [],
    );
  });
});
