import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parse,
  parseDocument,
  stringify,
} from "yaml";
import { yamlDocument } from "../../lib/yaml-file.ts";
import type { Source } from "../../model/sources/source.ts";
import type { FieldChange } from "../../model/sources/version.ts";
import { diffSources } from "./apply.ts";
import { parseSource } from "./load.ts";
import { openShape, type Shape, sourceJsonSchema } from "./validate.ts";

/** A key of a source's file as a form field; an empty value removes the key. */
export interface FormField {
  path: string;
  /** `lines`: one entry per line; `yaml`: a table of several keys, or a list of tables. */
  type: "text" | "number" | "choice" | "lines" | "yaml";
  meaning: string;
  /** The default value as written in a file; empty if the key has none. */
  default: string;
  choices: readonly string[];
  /** For a list of tables: the keys of one table; otherwise empty. */
  keys: readonly FormField[];
}

let fields: readonly FormField[] | null = null;

/** Returns every key of a source's file, in the order of the schema, with meaning and default. */
export function sourceFormFields(): readonly FormField[] {
  fields ??= keysOf([sourceJsonSchema()], "", "");
  return fields;
}

function keysOf(shapes: readonly Shape[], path: string, about: string): FormField[] {
  const names = new Set(shapes.flatMap(({ properties = {} }) => Object.keys(properties)));
  return [...names].flatMap((name) => {
    const shape = shapes.flatMap(({ properties }) => properties?.[name] ?? [])[0] ?? {};
    const below = path === "" ? name : `${path}.${name}`;
    const meaning = shape.description ?? about;
    const branches = openShape(shape);
    if (branches.every(({ properties }) => properties)) return keysOf(branches, below, meaning);
    return [{ path: below, meaning, ...kindOf(shape), default: defaultOf(shape) }];
  });
}

function kindOf(shape: Shape): Pick<FormField, "type" | "choices" | "keys"> {
  const nothing = { choices: [], keys: [] };
  if (shape.enum) return { ...nothing, type: "choice", choices: shape.enum.map(String) };
  if (shape.type === "boolean") return { ...nothing, type: "choice", choices: ["true", "false"] };
  if (shape.type === "number" || shape.type === "integer") return { ...nothing, type: "number" };
  if (shape.type === "object") return { ...nothing, type: "yaml" };
  if (shape.type !== "array") return { ...nothing, type: "text" };
  const entries = openShape(shape.items ?? {});
  const isPlain = entries.every(({ properties }) => !properties);
  return isPlain
    ? { ...nothing, type: "lines" }
    : { ...nothing, type: "yaml", keys: keysOf(entries, "", "") };
}

function defaultOf({ default: value }: Shape): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? value.toString() : "";
}

export function formValues(yaml: string): Record<string, string> | null {
  const document = yamlDocument(yaml);
  if (document.errors.length > 0 || (document.contents && !isMap(document.contents))) return null;
  return Object.fromEntries(
    sourceFormFields().map(({ path, type }) => [path, valueAt(document, path, type)]),
  );
}

function valueAt(document: Document, path: string, type: FormField["type"]): string {
  const node = document.getIn(path.split("."), true);
  if (isScalar(node)) return node.source ?? String(node.value);
  if (!isCollection(node)) return "";
  const value: unknown = node.toJS(document);
  if (type === "lines" && Array.isArray(value) && value.every((one) => typeof one !== "object")) {
    return value.map(String).join("\n");
  }
  return stringify(value).trim();
}

function writeValues(
  yaml: string,
  values: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Pick<SourceDraft, "yaml" | "problems"> {
  const document = parseDocument(yaml);
  const problems: SourceDraft["problems"] = [];
  let isChanged = false;
  for (const { path, type } of sourceFormFields()) {
    const value = plain(values[path] ?? before[path] ?? "");
    if (value === plain(before[path] ?? "")) continue;
    const steps = path.split(".");
    try {
      if (value === "") removeAt(document, steps);
      else document.setIn(steps, document.createNode(readValue(value, type)));
      isChanged = true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push({ path, line: 0, message });
    }
  }
  return { yaml: isChanged ? document.toString({ lineWidth: 0 }) : yaml, problems };
}

function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

function removeAt(document: Document, steps: string[]): void {
  document.deleteIn(steps);
  const parent = steps.slice(0, -1);
  const around = parent.length > 0 && document.getIn(parent, true);
  if (isMap(around) && around.items.length === 0) removeAt(document, parent);
}

function readValue(text: string, type: FormField["type"]): unknown {
  if (type === "number") return Number.isNaN(Number(text)) ? text : Number(text);
  if (type === "choice") return text === "true" ? true : text === "false" ? false : text;
  if (type === "lines")
    return text
      .split("\n")
      .map(plain)
      .filter((line) => line !== "");
  if (type === "yaml") return parse(text);
  return text;
}

export interface SourceDraft {
  yaml: string;
  values: Record<string, string>;
  problems: { path: string; line: number; message: string }[];
  /** The changes to the source; null while the declaration has mistakes. */
  changes: FieldChange[] | null;
  source: Source | null;
}

interface TypedSource {
  yaml: string;
  values: Readonly<Record<string, string>>;
  base: string;
}

/**
 * Writes the changed form values into the text, and checks the text. `id` and `current` are null
 * for a new source. If `topics` is null, topics and regions aren't checked.
 */
export function checkSourceDraft(
  { yaml: text, values, base }: TypedSource,
  {
    id,
    current,
    topics,
  }: { id: string | null; current: Source | null; topics: ReadonlySet<string> | null },
): SourceDraft {
  const typed = text.replaceAll("\r\n", "\n");
  const before = formValues(base.replaceAll("\r\n", "\n"));
  const isReadable = before !== null && formValues(typed) !== null;
  const written = isReadable ? writeValues(typed, values, before) : { yaml: typed, problems: [] };
  const { yaml } = written;
  const unwritten = Object.fromEntries(
    written.problems.map(({ path }) => [path, values[path] ?? ""]),
  );
  const after = formValues(yaml);
  const read = parseSource(yaml, `${id ?? after?.["id"] ?? "source"}.yaml`, topics);
  const mistakes = read.problems.map(({ path, line, message }) => ({ path, line, message }));
  const problems = [...written.problems, ...mistakes];
  const source = problems.length === 0 ? read.source : null;
  // The first run verifies a source, whatever its file says.
  const known = source && current && { ...current, verified: source.verified };
  const changes = source && (known ? diffSources(known, source) : []);
  const shown = after ? { ...after, ...unwritten } : { ...values };
  return { yaml, values: shown, problems, changes, source };
}

/**
 * Merges two edits of the text `opened`: the user's `yaml` and somebody else's `current`. Returns
 * null if one of the three texts can't be parsed.
 */
export function mergeDraft(
  yaml: string,
  opened: string,
  current: string,
): { yaml: string; conflicts: { path: string; theirs: string }[] } | null {
  const [mine, before, theirs] = [yaml, hideSecrets(opened), hideSecrets(current)].map((text) =>
    formValues(text.replaceAll("\r\n", "\n")),
  );
  if (!mine || !before || !theirs) return null;
  const valueIn = (values: Record<string, string>, path: string) => plain(values[path] ?? "");
  const changed = sourceFormFields()
    .map(({ path }) => path)
    .filter((path) => valueIn(before, path) !== valueIn(theirs, path))
    .filter((path) => valueIn(mine, path) !== valueIn(theirs, path));
  const isMine = (path: string) => valueIn(mine, path) !== valueIn(before, path);
  const added = changed.filter((path) => !isMine(path));
  const values = {
    ...mine,
    ...Object.fromEntries(added.map((path) => [path, theirs[path] ?? ""])),
  };
  const [typed, old, latest] = [yaml, opened, current].map(secretsIn);
  const secrets = [...(typed ?? [])].filter(
    ([path, value]) => value !== HIDDEN && latest?.has(path) && latest.get(path) !== old?.get(path),
  );
  const conflicts = [
    ...changed.filter(isMine).map((path) => ({ path, theirs: theirs[path] ?? "" })),
    ...secrets.map(([path]) => ({ path, theirs: HIDDEN })),
  ];
  return { yaml: writeValues(yaml.replaceAll("\r\n", "\n"), values, mine).yaml, conflicts };
}

const HIDDEN = "***";

/** Hides header values, which can be secret, as `***`; returns "" for YAML that can't be parsed. */
export function hideSecrets(yaml: string): string {
  return mapHeaders(yaml, () => HIDDEN) ?? "";
}

/** The keys are paths such as `headers.x-key`. */
type Secrets = ReadonlyMap<string, unknown>;

export function secretsIn(yaml: string): Secrets {
  const found = new Map<string, unknown>();
  mapHeaders(yaml, (path, value) => {
    found.set(path, value);
    return value;
  });
  return found;
}

/** Merges header values: `mine` where it differs from `before`, otherwise `theirs`. */
export function mergeSecrets(mine: Secrets, before: Secrets, theirs: Secrets): Secrets {
  const changed = [...mine].filter(([path, value]) => value !== before.get(path));
  return new Map([...mine, ...theirs, ...changed]);
}

export function restoreSecrets(
  yaml: string,
  known: Secrets,
): Pick<SourceDraft, "yaml" | "problems"> {
  const problems: SourceDraft["problems"] = [];
  const restored = mapHeaders(yaml, (path, value) => {
    if (value !== HIDDEN || known.has(path)) return value === HIDDEN ? known.get(path) : value;
    const message =
      "The value of this header is hidden. Enter it again, because the header is new or renamed.";
    problems.push({ path, line: 0, message });
    return value;
  });
  return { yaml: restored ?? yaml, problems };
}

function mapHeaders(
  yaml: string,
  change: (path: string, value: unknown) => unknown,
): string | null {
  const document = yamlDocument(yaml);
  if (document.errors.length > 0) return null;
  let isChanged = false;
  const mapBelow = (nodeOrAlias: unknown, path: string): void => {
    const node = isAlias(nodeOrAlias) ? nodeOrAlias.resolve(document) : nodeOrAlias;
    if (isMap(node)) {
      for (const { key, value } of node.items)
        mapBelow(value, `${path}.${isScalar(key) ? String(key.value) : String(key)}`);
    } else if (isSeq(node)) {
      for (const [n, item] of node.items.entries()) mapBelow(item, `${path}.${n}`);
    } else if (isScalar(node)) {
      const next = change(path, node.value);
      if (next === node.value) return;
      node.value = next;
      // Let the new value determine the quoting.
      delete node.tag;
      delete node.type;
      isChanged = true;
    }
  };
  if (isMap(document.contents)) mapBelow(document.get("headers", true), "headers");
  return isChanged ? document.toString({ lineWidth: 0 }) : yaml;
}
