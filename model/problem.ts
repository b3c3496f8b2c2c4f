import { z } from "zod";
import { nearest } from "../lib/nearest.ts";

/** An error that clients get as problem details (RFC 9457); the message says what to do. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export function invalidRequest(detail: string): ProblemError {
  return new ProblemError(400, "invalid-request", detail);
}

export function notPossible(problem: string): ProblemError {
  return new ProblemError(400, "not-possible", problem);
}

const MAX_QUOTED_CHARS = 60;
const MAX_LISTED_NAMES = 40;

/** Zod's own messages begin like this; other messages were written for the field. */
const ZOD_WORDS = /^(Invalid|Too (small|big)|Unrecognized)/;

type Issue = z.core.$ZodIssue;

/** Explains what is wrong with a value. `noun` is the word for a field, such as `parameter`. */
export function explain(
  { issues }: z.core.$ZodError,
  { schema, input, noun = "field" }: { schema: z.core.$ZodType; input: unknown; noun?: string },
): string {
  return issues.map((issue) => explainIssue(issue, { schema, input, noun })).join(" ");
}

export function unknownName(what: string, name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names);
  const all = names.slice(0, MAX_LISTED_NAMES).join(", ");
  const allowed = names.length > MAX_LISTED_NAMES || all === "" ? "." : `; allowed: ${all}.`;
  return `There is no ${what} "${cut(name)}"${near === null ? allowed : `; did you mean ${near}?`}`;
}

/** Throws a 404 problem with the code `unknown-WHAT`, which names what is known. */
export function throwUnknown(what: string, id: string, known: readonly { _id: string }[]): never {
  const ids = known.map(({ _id }) => _id);
  throw new ProblemError(404, `unknown-${what}`, unknownName(what, id, ids));
}

function explainIssue(
  issue: Issue,
  { schema, input, noun }: { schema: z.core.$ZodType; input: unknown; noun: string },
): string {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const field = path.join(".");
  const at = schemaAt(schema, path);
  if (issue.code === "unrecognized_keys") {
    const known = at instanceof z.ZodObject ? Object.keys(at.shape) : [];
    const what = field === "" ? noun : `field of ${field}`;
    return issue.keys.map((key) => unknownName(what, key, known)).join(" ");
  }
  const value = valueAt(input, path);
  const allowed = allowedBy(issue, at);
  if (value === undefined || value === null) {
    return `${field === "" ? "The body" : `"${field}"`} is missing; ${allowed}.`;
  }
  return `${field === "" ? "" : `${field}: `}${shown(value)} is not allowed; ${allowed}${nearTo(issue, value)}`;
}

function nearTo(issue: Issue, value: unknown): string {
  if (issue.code !== "invalid_value" || typeof value !== "string") return ".";
  const near = nearest(value, issue.values.map(String));
  return near === null ? "." : `; did you mean ${near}?`;
}

function allowedBy(issue: Issue, schema: z.core.$ZodType | null): string {
  if (!ZOD_WORDS.test(issue.message)) return issue.message.replace(/\.$/, "");
  if (issue.code === "invalid_value") return `allowed: ${issue.values.map(String).join(", ")}`;
  if (schema instanceof z.ZodNumber) return numberForm(schema);
  if (issue.code === "invalid_type") return typeForm(issue.expected, schema);
  if (issue.code === "too_small" || issue.code === "too_big") return sizeForm(issue);
  if (issue.code === "invalid_format" && issue.format === "url") {
    return "write a web address, e.g. https://agency.example/news";
  }
  return issue.message.replace(/\.$/, "");
}

function typeForm(expected: string, schema: z.core.$ZodType | null): string {
  if (schema instanceof z.ZodObject) {
    const names = Object.keys(schema.shape).join(", ");
    return names === "" ? "send a JSON object" : `send a JSON object of ${names}`;
  }
  if (expected === "array") return 'send a list, e.g. ["one", "two"]';
  if (expected === "string") return "give one text";
  if (expected === "boolean") return "allowed: true, false";
  return `give ${/^[aeiou]/.test(expected) ? "an" : "a"} ${expected}`;
}

function numberForm({ minValue, maxValue, format }: z.ZodNumber): string {
  const kind = format?.includes("int") ? "a whole number" : "a number";
  const [min, max] = [bound(minValue), bound(maxValue)];
  if (min !== null && max !== null) return `write ${kind} from ${min} to ${max}`;
  if (min !== null) return `write ${kind} of at least ${min}`;
  return max === null ? `write ${kind}` : `write ${kind} of at most ${max}`;
}

/** Returns null for the bounds that zod gives to every whole number. */
function bound(value: number | null): number | null {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
}

function sizeForm(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const units = issue.origin === "string" ? "characters" : "values";
  return issue.code === "too_small"
    ? `give at least ${issue.minimum} ${units}`
    : `give at most ${issue.maximum} ${units}`;
}

function schemaAt(schema: z.core.$ZodType, path: readonly (string | number)[]) {
  let at: z.core.$ZodType | null = bare(schema);
  for (const step of path) {
    let next: z.core.$ZodType | undefined;
    if (at instanceof z.ZodObject) next = at.shape[step];
    else if (at instanceof z.ZodArray) next = at.element;
    if (!next) return null;
    at = bare(next);
  }
  return at;
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType, in: input } = (schema as z.ZodType).def as {
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
  };
  const inner = innerType ?? input;
  return inner ? bare(inner) : schema;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  }
  return at;
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${cut(value)}"` : cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text;
}

export function checked<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code = "invalid-request",
): z.output<T> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new ProblemError(400, code, explain(read.error, { schema, input: value }));
}
