import { readFile } from "node:fs/promises";
import { type Document, isMap, isSeq, parse, parseDocument, YAMLMap, YAMLSeq } from "yaml";
import { formatDuration } from "../../lib/time.ts";
import type { Author } from "../../model/operations/audit.ts";
import type { PickerField } from "../../model/sources/selector-picker.ts";
import type { Source } from "../../model/sources/source.ts";
import { type Declared, declared, type FieldChange } from "../../model/sources/version.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { getSource } from "../../store/sources/sources.ts";
import { declareSource, type Making } from "../../store/sources/versions.ts";
import type { Store } from "../../store/store.ts";
import { diffSources, placeFile } from "./apply.ts";
import { draftSource, formatProblem, parseSource, type SourceProblem } from "./load.ts";
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
  for (const declaration of matching) {
    const { source, yaml } = declaration;
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
    const planned = planEdit(declaration, after, { file, topics });
    problems.push(...planned.problems.map(formatProblem));
    if (planned.edited) edited.push(planned.edited);
  }
  return { matched: matching.length, edited, problems };
}

/** Plans to replace the text of a source's file. Null for mistakes, or if no field changes. */
export function planEdit(
  { source, yaml: before }: Declared,
  yaml: string,
  { file, topics }: { file: string; topics: ReadonlySet<string> | null },
): { edited: Edited | null; problems: SourceProblem[] } {
  const { source: changed, problems } = parseSource(yaml, file, topics);
  if (!changed || problems.length > 0) return { edited: null, problems };
  const fields = diffSources(source, changed);
  if (fields.length === 0) return { edited: null, problems };
  const { id, name } = source;
  return { edited: { id, name, file, before, after: declared(changed, yaml), fields }, problems };
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

/** Compares without a regular expression, which could take minutes for a pattern with many `*`. */
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
  edited: readonly Pick<Edited, "id" | "file" | "before" | "after">[],
  making: Making,
): Promise<string[]> {
  const { at, actor, reason } = making;
  const problems: string[] = [];
  for (const { id, file, before, after } of edited) {
    const record = await getSource(store, id);
    const what = { action: "source.change", subject: id };
    const { problem } = await runAudited(store, { actor, now: at, reason }, what, async () => {
      const refused = await placeFile(file, after.yaml, before);
      if (refused) return { problem: refused };
      const isDeclared = await declareSource(store, record ?? undefined, after, making);
      const lost = `${id} was changed at the same moment: only its file has your change; newsgather sources plan shows the difference`;
      return { problem: isDeclared ? null : lost };
    });
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/** Where and when a source's file is changed. */
export interface SourcePlace {
  store: Store;
  file: string;
  now: Date;
}

/** Changes a source's file and stores the source's next version; returns the problem, or null. */
export async function rewriteSource(
  { store, file, now: at }: SourcePlace,
  id: string,
  change: (yaml: string) => string,
  author: Author,
): Promise<string | null> {
  const before = await readFile(file, "utf8").catch(() => null);
  if (before === null) return `${file} can't be read`;
  const yaml = change(before);
  const draft = draftSource(yaml, null);
  if ("problems" in draft) return draft.problems.join("; ");
  const after = declared(draft.source, yaml);
  const [problem = null] = await applyEdits(store, [{ id, file, before, after }], {
    at,
    ...author,
  });
  return problem;
}

/**
 * Returns a source's file with a merge patch (RFC 7396) applied; comments stay. A null in `patch`
 * removes the field.
 */
export function patched(yaml: string, patch: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(yaml);
  merge(document, [], patch);
  return document.toString();
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
