import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Document, isMap, LineCounter } from "yaml";
import type { Secrets } from "../../config/secrets.ts";
import { hasRange, startOf, yamlDocument } from "../../lib/yaml-file.ts";
import { Source } from "../../model/sources/source.ts";
import { type Declared, declared } from "../../model/sources/version.ts";
import { checkSource, type Finding, toFindings } from "./validate.ts";

/** A mistake in a source's file; lines and columns count from 1. */
export interface SourceProblem {
  file: string;
  line: number;
  column: number;
  /** Field such as `listings.0.link`; empty for the whole file. */
  path: string;
  message: string;
}

/** The valid sources, and the mistakes in the files of the invalid ones. */
export interface LoadedSources {
  sources: Source[];
  declarations: Declared[];
  /** The file path of each valid source, by source id. */
  files: ReadonlyMap<string, string>;
  problems: SourceProblem[];
}

/**
 * A cache for `loadSources`: valid declarations by file path. Calls that share a cache must pass
 * the same topics, and no secrets.
 */
export type KnownFiles = Map<string, Declared>;

const FILES_BETWEEN_YIELDS = 20;

/**
 * Reads a folder's YAML files; sources with mistakes are only in `problems`. If `topics` is null,
 * topics and regions aren't checked. Throws if the folder or a file can't be read.
 */
export async function loadSources(
  dir: string,
  topics: ReadonlySet<string> | null = null,
  secrets: Secrets | null = null,
  known: KnownFiles = new Map(),
): Promise<LoadedSources> {
  const names = (await readdir(dir)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).toSorted();
  const files = new Map<string, string>();
  const loaded: LoadedSources = { sources: [], declarations: [], files, problems: [] };
  for (const [index, name] of names.entries()) {
    const file = join(dir, name);
    if (index % FILES_BETWEEN_YIELDS === 0) await setImmediate();
    // For small files, synchronous reads cost a tenth of going through the thread pool.
    const text = readFileSync(file, "utf8");
    const before = known.get(file);
    const same = before?.yaml === text && !files.has(before.source.id) ? before : null;
    const { source, problems } = same
      ? { ...same, problems: [] }
      : parseSource(text, file, topics, files, secrets);
    loaded.problems.push(...problems);
    known.delete(file);
    if (!source || problems.length > 0) continue;
    const declaration = same ?? declared(source, text);
    known.set(file, declaration);
    files.set(source.id, file);
    loaded.sources.push(source);
    loaded.declarations.push(declaration);
  }
  const there = new Set(names);
  const gone = [...known.keys()].filter((file) => !there.has(basename(file)));
  for (const file of gone) known.delete(file);
  return loaded;
}

export function formatProblem({ file, line, column, path, message }: SourceProblem): string {
  return `${file}:${line}:${column}: ${path ? `${path}: ` : ""}${message}`;
}

/**
 * Parses and checks a source's declaration; `taken` maps ids in use to files. `source` of the
 * result is null only if `text` isn't YAML or doesn't fit the schema.
 */
export function parseSource(
  text: string,
  file: string,
  topics: ReadonlySet<string> | null,
  taken: ReadonlyMap<string, string> = new Map(),
  secrets: Secrets | null = null,
): { source: Source | null; problems: SourceProblem[] } {
  const lines = new LineCounter();
  const document = yamlDocument(text, lines);
  const problem = (at: number, path: string, message: string): SourceProblem => {
    const { line, col } = lines.linePos(at);
    return { file, line, column: col, path, message };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => problem(pos[0], "", message));
    return { source: null, problems };
  }
  const parsed = Source.safeParse(document.toJS() ?? {});
  const findings: Finding[] = parsed.success
    ? [...checkSource(parsed.data, topics, secrets), ...checkId(parsed.data.id, file, taken)]
    : toFindings(parsed.error);
  const problems = findings.map((finding) =>
    problem(startOfFinding(document, finding), finding.path.join("."), finding.message),
  );
  return { source: parsed.data ?? null, problems };
}

function checkId(id: string, file: string, taken: ReadonlyMap<string, string>): Finding[] {
  const other = taken.get(id);
  if (other) return [{ path: ["id"], message: `"${id}" is already the id of ${other}` }];
  const expected = basename(file, extname(file));
  if (id === expected) return [];
  return [{ path: ["id"], message: `"${id}" differs from the file's name: write ${expected}` }];
}

function startOfFinding(document: Document, { path, key }: Finding): number {
  const node = document.getIn(path, true);
  const pair = isMap(node) ? node.items.find((item) => String(item.key) === key) : undefined;
  return pair && hasRange(pair.key) ? pair.key.range[0] : startOf(document, path);
}

/** Parses a declaration; if `topics` is null, topics and regions aren't checked. */
export function draftSource(
  yaml: string,
  topics: ReadonlySet<string> | null,
): { source: Source } | { problems: string[] } {
  const { source, problems } = parseSource(yaml, `${idIn(yaml)}.yaml`, topics);
  if (source && problems.length === 0) return { source };
  return { problems: problems.map(formatProblem) };
}

function idIn(yaml: string): string {
  const document = yamlDocument(yaml);
  const id: unknown = isMap(document.contents) ? document.contents.get("id") : null;
  return typeof id === "string" && document.errors.length === 0 ? id : "source";
}
