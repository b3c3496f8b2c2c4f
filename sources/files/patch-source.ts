import { type Document, isMap, parseDocument } from "yaml";
import { type Declared, declared } from "../../model/version.ts";
import { diffSources } from "./diff-sources.ts";
import type { Edited } from "./edit-sources.ts";
import { parseSource } from "./sources.ts";

/**
 * What a JSON merge patch (RFC 7396) makes of a source's file, whose comments stay; null where it changes nothing. Mistakes are
 * told by field.
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
