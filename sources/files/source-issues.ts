import { z } from "zod";
import { nearest } from "../../lib/nearest.ts";
import { Source } from "../../model/source.ts";
import type { Finding } from "./source-checks.ts";

type Issue = z.core.$ZodIssue;

/** The mistakes that the schema found, in words that name what is allowed. */
export function toFindings(error: z.ZodError): Finding[] {
  return error.issues.flatMap((issue) => explain(issue, []));
}

function explain(issue: Issue, outer: readonly PropertyKey[]): Finding[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(path, key));
  if (issue.code === "invalid_union") {
    return closest(issue.errors).flatMap((inner) => explain(inner, path));
  }
  if (issue.code === "invalid_type") {
    // A field with words of its own knows better.
    if (!issue.message.startsWith("Invalid input")) return [{ path, message: issue.message }];
    const missing = issue.message.includes("received undefined") ? "is missing: " : "";
    return [{ path, message: `${missing}give ${article(issue.expected)}` }];
  }
  if (issue.code === "invalid_value") {
    return [{ path, message: `allowed: ${issue.values.map(String).join(", ")}` }];
  }
  return [{ path, message: issue.message }];
}

/** The form that was most likely meant: the one with the fewest fields that are not its own. */
function closest(branches: Issue[][]): Issue[] {
  const strange = (issues: Issue[]) =>
    issues.reduce((sum, issue) => {
      if (issue.code === "unrecognized_keys") return sum + issue.keys.length * 10;
      return sum + 1;
    }, 0);
  return branches.toSorted((a, b) => strange(a) - strange(b))[0] ?? [];
}

function unknownField(path: PropertyKey[], key: string): Finding {
  const known = fieldsAt(path);
  const parent =
    path.length === 0 ? known.find((name) => fieldsAt([name]).includes(key)) : undefined;
  if (parent !== undefined) {
    const message = `there is no field "${key}" here; it stands under ${parent}: ${parent}: { ${key}: ... }`;
    return { path, key, message };
  }
  const near = nearest(key, known);
  const hint = near ? `did you mean ${near}?` : `allowed: ${known.join(", ")}`;
  return { path, key, message: `there is no field "${key}" here; ${hint}` };
}

/** What is wrong with a path to a field, in words: the nearest field, and those that may stand there; null where it is one. */
export function unknownFieldIn(path: readonly string[]): string | null {
  for (const [depth, key] of path.entries()) {
    const known = fieldsAt(path.slice(0, depth));
    if (known.length === 0) return null;
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const meant = near === null ? "" : `; did you mean ${near}?`;
    const where = depth === 0 ? "" : ` in ${path.slice(0, depth).join(".")}`;
    return `there is no field "${key}"${where}${meant} Fields: ${known.join(", ")}`;
  }
  return null;
}

interface Shape {
  properties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: Shape[];
}

/** Names of the fields that may stand at a path. */
function fieldsAt(path: readonly PropertyKey[]): string[] {
  let shapes: Shape[] = [JSON.parse(JSON.stringify(sourceJsonSchema()))];
  for (const step of path) {
    shapes = shapes.flatMap(open).flatMap((shape) => {
      const next = typeof step === "number" ? shape.items : shape.properties?.[String(step)];
      return next ? [next] : [];
    });
  }
  return [...new Set(shapes.flatMap(open).flatMap((shape) => Object.keys(shape.properties ?? {})))];
}

function open(shape: Shape): Shape[] {
  return shape.anyOf?.flatMap(open) ?? [shape];
}

/** The JSON Schema of a source's file, for editors. */
export function sourceJsonSchema(): object {
  return {
    title: "A source of Newsgather",
    ...z.toJSONSchema(Source, { io: "input", unrepresentable: "any" }),
  };
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}
