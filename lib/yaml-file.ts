import { type Document, LineCounter, parseDocument, visit, YAMLParseError } from "yaml";
import type { z } from "zod";

/** Returns YAML parsed by `schema`. Throws an error with path, line and column of each mistake. */
export function parseYaml<T extends z.ZodType>(schema: T, text: string, path: string): z.output<T> {
  const lines = new LineCounter();
  const document = yamlDocument(text, lines);
  const complain = (mistakes: { at: number; message: string }[]) => {
    const rows = mistakes.map(({ at, message }) => {
      const { line, col } = lines.linePos(at);
      return `${path}:${line}:${col}: ${message}`;
    });
    return new Error(rows.join("\n"));
  };
  if (document.errors.length > 0) {
    throw complain(document.errors.map(({ pos, message }) => ({ at: pos[0], message })));
  }
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  throw complain(
    result.error.issues.map(({ path: where, message }) => ({
      at: startOf(document, where),
      message: where.length > 0 ? `${where.join(".")}: ${message}` : message,
    })),
  );
}

/**
 * Parses YAML. `errors` of the result include unknown aliases, and aliases that expand to too much
 * data.
 */
export function yamlDocument(text: string, lines = new LineCounter()): Document {
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const anchors = new Set<string>();
  let lastAlias: [number, number] | undefined;
  visit(document, {
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor);
    },
    Alias(_, node) {
      const [start = 0, end = start] = node.range ?? [];
      lastAlias = [start, end];
      if (anchors.has(node.source)) return;
      const message = `put text that begins with * in quotes: "*${node.source}"`;
      document.errors.push(new YAMLParseError([start, end], "BAD_ALIAS", message));
    },
  });
  if (lastAlias && document.errors.length === 0) {
    try {
      document.toJS();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      document.errors.push(new YAMLParseError(lastAlias, "BAD_ALIAS", message));
    }
  }
  return document;
}

/** Returns where a value starts in the text or, if it is missing, the value that should hold it. */
export function startOf(document: Document, path: readonly PropertyKey[]): number {
  const node = document.getIn(path, true);
  if (hasRange(node)) return node.range[0];
  return path.length > 0 ? startOf(document, path.slice(0, -1)) : 0;
}

export function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
