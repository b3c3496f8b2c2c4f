import { type Document, isMap, isSeq, parse, parseDocument, YAMLMap, YAMLSeq } from "yaml";
import { formatDuration } from "../../lib/time.ts";
import type { PickerField } from "../../model/sources/selector-picker.ts";
import type { Source } from "../../model/sources/source.ts";
import { type Declared, declared, type FieldChange } from "../../model/sources/version.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { getSource } from "../../store/sources/sources.ts";
import { declareSource, type Making } from "../../store/sources/versions.ts";
import type { Store } from "../../store/store.ts";
import { diffSources, placeFile } from "./apply.ts";
import { formatProblem, parseSource } from "./load.ts";
import { unknownFieldIn } from "./validate.ts";

/** An edit of several sources. */
export interface Edit {
  /** Conditions `FIELD=VALUE`, all required. `*` is any text; `FIELD=` is a missing field. */
  readonly where: readonly string[];
  /** Fields to set, as `FIELD=VALUE` with the value in YAML, such as `pace.delay=5s`. */
  readonly set: readonly string[];
  readonly unset: readonly string[];
}

/** An edit of one source's file, before it is written. */
export interface Edited {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly before: string;
  readonly after: Declared;
  readonly fields: readonly FieldChange[];
}

/**
 * Plans the edits and writes nothing. `files` has the paths by source id. If `topics` is null,
 * topics and regions aren't checked.
 */
export function editSources(
  declarations: readonly Declared[],
  files: ReadonlyMap<string, string>,
  { where, set, unset }: Edit,
  topics: ReadonlySet<string> | null,
): { matched: number; edited: Edited[]; problems: string[] } {
  const tests = where.map(pairOf);
  const values = set.map(valueOf);
  const fields = [...tests, ...values].flatMap((pair) => (pair ? [pair.path] : []));
  const mistakes = [
    ...where.filter((_, at) => !tests[at]).map((text) => `"${text}": write FIELD=VALUE`),
    ...set.filter((_, at) => !values[at]).map((text) => `"${text}": write FIELD=VALUE in YAML`),
    ...[...fields, ...unset.map((field) => field.split("."))].flatMap(
      (path) => unknownFieldIn(path) ?? [],
    ),
  ];
  if (mistakes.length > 0) return { matched: 0, edited: [], problems: [...new Set(mistakes)] };
  const edited: Edited[] = [];
  const problems: string[] = [];
  const matching = declarations.filter(({ source }) =>
    tests.every((test) => test !== null && matches(source, test)),
  );
  for (const { source, yaml } of matching) {
    const file = files.get(source.id) ?? `${source.id}.yaml`;
    const document = parseDocument(yaml);
    let after: string;
    try {
      for (const pair of values) if (pair) document.setIn(pair.path, pair.value);
      for (const field of unset) document.deleteIn(field.split("."));
      after = document.toString();
    } catch (error) {
      // The field is inside a value that has no fields, or another value refers to it.
      problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    const read = parseSource(after, file, topics, new Map());
    problems.push(...read.problems.map(formatProblem));
    if (!read.source || read.problems.length > 0 || after === yaml) continue;
    if (read.source.id !== source.id) problems.push(`${file}: the id of a source can't change`);
    const changes = diffSources(source, read.source);
    if (changes.length === 0) continue;
    const { id, name } = source;
    const made = { before: yaml, after: declared(read.source, after), fields: changes };
    edited.push({ id, name, file, ...made });
  }
  return { matched: matching.length, edited, problems };
}

interface Pair {
  path: string[];
  value: string;
}

function valueOf(text: string): { path: string[]; value: unknown } | null {
  const pair = pairOf(text);
  try {
    return pair && { ...pair, value: parse(pair.value) as unknown };
  } catch {
    return null;
  }
}

function pairOf(text: string): Pair | null {
  const [, field, value] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
  return field === undefined || value === undefined ? null : { path: field.split("."), value };
}

function matches(source: Source, { path, value }: Pair): boolean {
  let found: unknown = source;
  for (const step of path) {
    found = typeof found === "object" && found !== null ? Reflect.get(found, step) : undefined;
  }
  const texts = [found].flat().flatMap((one) => (one === undefined ? [] : wordsFor(one)));
  if (value === "") return texts.length === 0;
  return texts.some((text) => isLike(text, value));
}

function wordsFor(value: unknown): string[] {
  if (typeof value === "number") return [String(value), formatDuration(value)];
  return [typeof value === "string" ? value : JSON.stringify(value)];
}

function isLike(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === pattern;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const next = text.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  return at <= text.length - last.length;
}

export async function applyEdits(
  store: Store,
  edited: readonly Edited[],
  { at, actor, reason }: Making,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { id, file, before, after } of edited) {
    const record = await getSource(store, id);
    const what = { action: "source.change", subject: id };
    const { problem } = await runAudited(store, { actor, now: at, reason }, what, async () => {
      const refused = await placeFile(file, after.yaml, before);
      if (refused) return { problem: refused };
      const isDeclared = await declareSource(store, record ?? undefined, after, {
        at,
        actor,
        reason,
      });
      const lost = `${id} was changed at the same moment: only its file has your change; newsgather sources plan shows the difference`;
      return { problem: isDeclared ? null : lost };
    });
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/**
 * Returns the edit that a merge patch (RFC 7396) makes in a source's file; comments stay. If
 * `topics` is null, topics and regions aren't checked.
 */
export function patchSource(
  { source, yaml }: Declared,
  patch: Readonly<Record<string, unknown>>,
  { file, topics }: { file: string; topics: ReadonlySet<string> | null },
): { edited: Edited | null; problems: string[] } {
  const document = parseDocument(yaml);
  merge(document, [], patch);
  const after = document.toString();
  const read = parseSource(after, file, topics, new Map());
  const problems = read.problems.map(({ path, message }) =>
    path ? `${path}: ${message}` : message,
  );
  if (!read.source || problems.length > 0) return { edited: null, problems };
  const fields = diffSources(source, read.source);
  if (fields.length === 0) return { edited: null, problems: [] };
  const { id, name } = source;
  const change = { id, name, file, before: yaml, after: declared(read.source, after), fields };
  return { edited: change, problems: [] };
}

function merge(document: Document, path: string[], patch: object): void {
  for (const [name, value] of Object.entries(patch) as [string, unknown][]) {
    const at = [...path, name];
    if (value === null) {
      document.deleteIn(at);
    } else if (typeof value === "object" && !Array.isArray(value)) {
      if (!isMap(document.getIn(at))) document.setIn(at, document.createNode({}));
      merge(document, at, value);
    } else {
      document.setIn(at, document.createNode(value));
    }
  }
}

/**
 * Returns the text of a source's file with `selector` for a field. Changes the latest `select`
 * entry, or adds one if `from` is after that entry's `validFrom`.
 */
export function withSelector(
  yaml: string,
  { field, selector, from }: { field: PickerField; selector: string; from: Date | null },
): string {
  const document = parseDocument(yaml);
  const there = document.get("select");
  const selects = isSeq(there) ? there : new YAMLSeq();
  if (selects !== there) document.set("select", selects);
  selects.flow = false;
  const entries = selects.items.filter((item): item is YAMLMap => isMap(item));
  const latest = entries.toSorted((a, b) => since(a) - since(b)).at(-1);
  if (latest && (from === null || since(latest) >= from.getTime())) latest.set(field, selector);
  else {
    const next = latest?.clone();
    const entry = isMap(next) ? next : new YAMLMap();
    if (from !== null) entry.set("validFrom", from.toISOString());
    entry.set(field, selector);
    selects.add(entry);
  }
  return document.toString({ lineWidth: 0 });
}

function since(entry: YAMLMap): number {
  const from: unknown = entry.get("validFrom");
  if (from instanceof Date) return from.getTime();
  return typeof from === "string" ? Date.parse(from) : 0;
}
